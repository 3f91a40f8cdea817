"""What a topic needs to be as wanted."""

import pytest
from confluent_kafka.admin import AdminClient
from meridian.common.errors import MeridianError
from meridian.services.kafka import topics

RACKS = {1: "a", 2: "b", 3: "c"}
THREE = {0: (1, 2, 3), 1: (2, 3, 1)}


def actual(
    config: dict[str, str] | None = None,
    partitions: dict[int, tuple[int, ...]] | None = None,
    moving: bool = False,
) -> topics.Topic:
    replicas = partitions or THREE
    settings = {"min.insync.replicas": "2"} | (config or {})
    return topics.Topic("t", len(replicas), min(map(len, replicas.values())), settings, replicas, moving)


def test_a_topic_that_is_not_there_is_created_whole() -> None:
    plan = topics.plan(topics.wanted("t", 2, config={"preallocate": True}), None, RACKS)
    assert plan.changes() == {
        "topic": {
            "old": None,
            "new": {
                "partitions": 2,
                "replication_factor": 3,
                "min.insync.replicas": "2",
                "preallocate": "true",
            },
        }
    }


def test_a_topic_that_is_right_needs_nothing() -> None:
    plan = topics.plan(topics.wanted("t", 2), actual(), RACKS)
    assert not plan
    assert plan.changes() == {}


def test_a_setting_that_kafka_writes_in_another_way_needs_nothing() -> None:
    """``min.cleanable.dirty.ratio: 1`` is told as ``1.0``."""
    config = {
        "min.cleanable.dirty.ratio": 1,
        "cleanup.policy": ["delete", "compact"],
        "retention.ms": 86400000.0,
        "preallocate": True,
    }
    told = {
        "min.cleanable.dirty.ratio": "1.0",
        "cleanup.policy": "compact,delete",
        "retention.ms": "86400000",
        "preallocate": "true",
    }
    assert not topics.plan(topics.wanted("t", 2, config=config), actual(told), RACKS)
    changes = topics.plan(topics.wanted("t", 2, config=config | {"preallocate": False}), actual(told), RACKS)
    assert set(changes.changes()) == {"preallocate"}


def test_growth_settings_and_replicas_are_told_with_old_and_new() -> None:
    there = actual({"retention.ms": "1"}, {0: (1,), 1: (2,)})
    changes = topics.plan(topics.wanted("t", 3, config={"retention.bytes": 5}), there, RACKS).changes()
    assert changes == {
        "partitions": {"old": 2, "new": 3},
        "replicas of partition 0": {"old": [1], "new": [1, 3, 2]},
        "replicas of partition 1": {"old": [2], "new": [2, 1, 3]},
        "retention.bytes": {"old": None, "new": "5"},
        "retention.ms": {"old": "1", "new": None},
    }


def test_partitions_are_never_taken_away() -> None:
    with pytest.raises(MeridianError, match="t has 2 partitions and 1 are wanted"):
        topics.plan(topics.wanted("t", 1), actual(), RACKS)


def test_a_move_that_was_interrupted_is_taken_up_again() -> None:
    plan = topics.plan(topics.wanted("t", 2), actual(moving=True), RACKS)
    assert plan.replicas == {0: (THREE[0], THREE[0]), 1: (THREE[1], THREE[1])}


def test_too_few_brokers_are_told_before_anything_is_done() -> None:
    with pytest.raises(MeridianError, match="3 replicas need 3 brokers, 1 are up"):
        topics.plan(topics.wanted("t", 1), None, {1: "a"})


def test_a_topic_that_could_never_be_written_to_is_refused() -> None:
    with pytest.raises(MeridianError, match="min_insync_replicas 2 is more than its 1 replicas"):
        topics.wanted("t", 1, replication_factor=1)


@pytest.mark.parametrize(
    ("name", "confirm"), [("t", ""), ("t", "T"), ("__consumer_offsets", "__consumer_offsets")]
)
def test_deleting_is_refused_without_asking_the_cluster(name: str, confirm: str) -> None:
    with pytest.raises(MeridianError, match="not deleted"):
        topics.delete(AdminClient({"bootstrap.servers": "localhost:1", "log_level": 0}), name, confirm)
