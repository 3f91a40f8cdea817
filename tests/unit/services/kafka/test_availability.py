"""May this broker go down now?"""

import pytest
from meridian.services.kafka.availability import why_not_stop
from meridian.services.kafka.cluster import Cluster, Partition

HOSTS = {1: "one:9092", 2: "two:9092", 3: "three:9092"}


def cluster(*partitions: Partition, up: tuple[int, ...] = (1, 2, 3)) -> Cluster:
    return Cluster("id", {number: HOSTS[number] for number in up}, partitions)


def part(replicas: tuple[int, ...], in_sync: tuple[int, ...]) -> Partition:
    return Partition("flights", 0, in_sync[0] if in_sync else None, replicas, in_sync)


@pytest.mark.parametrize(
    ("replicas", "in_sync", "minimum", "allowed"),
    [
        ((1, 2, 3), (1, 2, 3), 2, True),
        ((1, 2, 3), (1, 2), 2, False),
        ((1, 2, 3), (2, 3), 2, True),  # it is out of sync itself: nothing gets worse
        ((2, 3), (2, 3), 2, True),  # it has no replica
        ((1,), (1,), 1, True),  # one replica is away for a restart whatever we do
        ((1, 2), (1, 2), 2, True),
        ((1, 2), (1,), 1, False),
    ],
)
def test_partitions_must_go_on_taking_writes(
    replicas: tuple[int, ...], in_sync: tuple[int, ...], minimum: int, allowed: bool
) -> None:
    why = why_not_stop(cluster(part(replicas, in_sync)), 1, [1, 2, 3], {"flights": minimum})
    assert (why == "") is allowed
    if why:
        assert "flights/0" in why


def test_controllers_must_keep_a_majority() -> None:
    assert "no majority" in why_not_stop(cluster(up=(1, 2)), 1, [1, 2, 3], {})
    assert why_not_stop(cluster(up=(1,)), 1, [1], {}) == ""


def test_a_broker_that_is_down_may_always_be_restarted() -> None:
    assert why_not_stop(cluster(part((1, 2, 3), (2,)), up=(2,)), 1, [1, 2, 3], {"flights": 2}) == ""
