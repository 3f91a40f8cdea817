"""May a broker go down, and is all well again? By table."""

from dataclasses import replace

import pytest
from kafka_scheduler.core.model import Instance, Requirement, Task, TaskState
from kafka_scheduler.kafka import availability
from kafka_scheduler.kafka.availability import Seen
from meridian.services.kafka.cluster import Cluster, Partition


def instances(state: TaskState = TaskState.RUNNING, *idle: int) -> dict[str, Instance]:
    found = {}
    for one in range(4):
        task = None if one in idle else Task(f"t{one}", "a", "a", state, {})
        found[str(one)] = Instance(str(one), {}, Requirement(), True, task)
    return found


def seen(*in_sync: int, up: tuple[int, ...] = (0, 1, 2, 3)) -> Seen:
    cluster = Cluster("c", dict.fromkeys(up, ""), (Partition("t", 0, 0, (0, 1, 2), in_sync),))
    return Seen(1.0, cluster, {"t": 2}, None, frozenset(f"t{one}" for one in up))


@pytest.mark.parametrize(
    ("broker", "look", "why"),
    [
        (0, seen(0, 1, 2), ""),
        (0, seen(0, 1), "t/0 would have 1 replicas in sync, and needs 2"),
        (3, seen(0, 1), ""),
        (2, seen(0, 1), ""),
        (0, Seen(1.0, problem="no broker answers: timed out"), "no broker answers: timed out"),
    ],
)
def test_may_it_go_down(broker: int, look: Seen, why: str) -> None:
    assert availability.why_not_stop(broker, look, instances()) == why


def test_one_without_a_task_may_and_one_that_mesos_has_not_told_of_is_judged_by_kafka() -> None:
    assert availability.why_not_stop(0, seen(0, 1), instances(TaskState.RUNNING, 0)) == ""
    assert "needs 2" in availability.why_not_stop(0, seen(0, 1), instances(TaskState.LAUNCHING))


@pytest.mark.parametrize(
    ("look", "why"),
    [
        (seen(0, 1, 2), ""),
        (seen(1, 2), "1 partitions are not fully replicated yet (t/0)"),
        (replace(seen(0, 1, 2), answering=frozenset()), "does not answer yet"),
        (replace(seen(0, 1, 2, up=(1, 2)), answering=frozenset({"t0"})), "is not registered yet"),
        (Seen(1.0, problem="no broker runs"), "no broker runs"),
    ],
)
def test_is_all_well_after_a_start(look: Seen, why: str) -> None:
    assert availability.why_not_whole(0, look, instances()) == why


def test_replicas_of_a_broker_that_was_stopped_on_purpose_do_not_count() -> None:
    assert availability.why_not_whole(0, seen(0, 1), instances(TaskState.RUNNING, 2)) == ""


def test_the_active_controller_goes_last() -> None:
    assert availability.order([2, 0, 1], replace(seen(0), controller=0)) == [1, 2, 0]
    assert availability.order([2, 0, 1], None) == [0, 1, 2]


def test_numbers_of_brokers() -> None:
    found = availability.metrics(seen(0, 1))
    assert found[0] == {"partitions": 1, "leaders": 1, "underReplicated": 0, "preferredLeaders": 1}
    assert found[2]["underReplicated"] == 1
    assert availability.metrics(None) == {}


@pytest.mark.parametrize(
    ("look", "why"),
    [
        (seen(1, 2, up=(1, 2, 3)), ""),
        (seen(1, up=(1, 2, 3)), "t/0 has 1 other replicas in sync, and needs 2"),
        (seen(1, 2), "it still answers"),
        (Seen(1.0, problem="no broker runs"), "no broker runs"),
    ],
)
def test_are_the_data_of_one_that_is_away_needed(look: Seen, why: str) -> None:
    assert availability.why_not_without(0, look) == why


def test_the_data_of_a_partitions_only_replica_are_always_needed() -> None:
    single = Cluster("c", {1: ""}, (Partition("t", 0, None, (0,), ()),))
    assert availability.why_not_without(0, Seen(1.0, single, {"t": 1})) == (
        "t/0 has 0 other replicas in sync, and needs 1"
    )
