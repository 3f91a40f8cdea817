"""What states do with topics, on real brokers."""

import pytest
from meridian.common.errors import MeridianError
from meridian.services.kafka import reassignment, topics

from tests.integration.kafka.conftest import Lab
from tests.waiting import wait_until


def have(lab: Lab, topic: topics.Topic, throttle: int = 50 * 2**20) -> dict[str, object]:
    """Do what ``kafka_topic.present`` does on a node; return the changes."""
    todo = topics.plan_now(lab.admin, topic)
    tool = reassignment.JavaTool(lab.bootstrap, lab.tls, lab.arguments)
    if todo:
        topics.apply(
            lab.admin, todo, lambda name, to: reassignment.reassign(lab.admin, tool, name, to, throttle, 60)
        )
    return todo.changes()


def test_a_topic_is_created_once_with_three_replicas_in_three_racks(lab: Lab) -> None:
    wanted = topics.wanted("created", 4, config={"retention.ms": 3600000})
    assert set(have(lab, wanted)) == {"topic"}
    there = topics.read(lab.admin, "created")
    assert there is not None
    assert {len(set(brokers)) for brokers in there.partitions.values()} == {3}
    assert dict(there.config) == {"retention.ms": "3600000", "min.insync.replicas": "2"}
    assert have(lab, wanted) == {}


def test_settings_that_kafka_writes_in_another_way_are_applied_once(lab: Lab) -> None:
    config = {
        "min.cleanable.dirty.ratio": 1,
        "cleanup.policy": "delete, compact",
        "retention.ms": "086400000",
        "preallocate": "FALSE",
    }
    wanted = topics.wanted("written", 1, config=config)
    have(lab, wanted)
    assert have(lab, wanted) == {}
    other = topics.wanted("written", 1, config=config | {"min.cleanable.dirty.ratio": 0.25})
    assert have(lab, other) == {"min.cleanable.dirty.ratio": {"old": "1.0", "new": "0.25"}}
    with pytest.raises(MeridianError, match=r"Invalid value .* for configuration retention.ms"):
        have(lab, topics.wanted("written", 1, config=config | {"retention.ms": "two weeks"}))


def test_partitions_and_settings_change_in_place_and_never_shrink(lab: Lab) -> None:
    have(lab, topics.wanted("grown", 2, config={"retention.ms": 1000000, "cleanup.policy": "compact"}))
    changes = have(lab, topics.wanted("grown", 5, config={"retention.ms": 2000000}))
    assert changes == {
        "partitions": {"old": 2, "new": 5},
        "retention.ms": {"old": "1000000", "new": "2000000"},
        "cleanup.policy": {"old": "compact", "new": None},
    }
    with pytest.raises(MeridianError, match=r"has 5 partitions and 3 are wanted.*set partitions to 5"):
        have(lab, topics.wanted("grown", 3))
    there = topics.read(lab.admin, "grown")
    assert there is not None
    assert there.partition_count == 5


def test_replicas_are_moved_within_a_bound_and_verified(lab: Lab) -> None:
    have(lab, topics.wanted("widened", 3, replication_factor=1, min_insync_replicas=1))
    changes = have(lab, topics.wanted("widened", 4), throttle=10 * 2**20)
    assert len([what for what in changes if what.startswith("replicas of partition")]) == 3
    there = topics.read(lab.admin, "widened")
    assert there is not None
    assert [sorted(brokers) for brokers in there.partitions.values()] == [[1, 2, 3]] * 4
    assert not there.moving
    wait_until("nothing is bounded", lambda: not reassignment.throttled(lab.admin, "widened"))
    lab.healthy()


def test_a_move_that_was_interrupted_is_finished_and_its_bound_taken_away(lab: Lab) -> None:
    have(lab, topics.wanted("interrupted", 1))
    mark = dict.fromkeys(reassignment.THROTTLES, "*")
    topics.alter(lab.admin, topics.ConfigResource(topics.ResourceType.TOPIC, "interrupted"), mark)
    wait_until("its traffic is bounded", lambda: reassignment.throttled(lab.admin, "interrupted"))
    wait_until(
        "the move is finished",
        lambda: set(have(lab, topics.wanted("interrupted", 1))) == {"replicas of partition 0"},
    )
    wait_until("nothing is bounded", lambda: not reassignment.throttled(lab.admin, "interrupted"))
    wait_until("nothing is left to do", lambda: have(lab, topics.wanted("interrupted", 1)) == {})


def test_deleting_wants_the_name_twice(lab: Lab) -> None:
    have(lab, topics.wanted("doomed", 1))
    with pytest.raises(MeridianError, match="name twice"):
        topics.delete(lab.admin, "doomed", "domed")
    assert topics.read(lab.admin, "doomed") is not None
    topics.delete(lab.admin, "doomed", "doomed")


def test_what_kafka_refuses_is_told_in_its_words(lab: Lab) -> None:
    with pytest.raises(MeridianError, match=r"create topic wrong: .*retention"):
        have(lab, topics.wanted("wrong", 1, config={"retention.ms": "soon"}))
