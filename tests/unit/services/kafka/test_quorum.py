"""Controllers are restarted one at a time, and only while the others are a quorum."""

from collections.abc import Mapping
from typing import Any

import pytest
from meridian.common.errors import MeridianError
from meridian.services.kafka import quorum
from meridian.services.kafka.cluster import Cluster, Partition

NODES = {1001: "masters-1", 1002: "masters-2", 1003: "masters-3"}


class Quorum:
    """Three controllers; the first leads until it is restarted."""

    def __init__(self) -> None:
        self.answers: dict[str, dict[str, Any]] = {
            node: {"up": True, "leader": 1001, "epoch": 4} for node in NODES.values()
        }
        self.restarted: list[str] = []

    def ask(self, nodes: list[str]) -> Mapping[str, Mapping[str, Any]]:
        return {node: self.answers[node] for node in nodes}

    def restart(self, node: str) -> None:
        self.restarted.append(node)
        self.answers[node] = {**self.answers[node], "up": True}


def pending(**reasons: list[str]) -> dict[int, dict[str, Any]]:
    return {
        one: {"restart": reasons.get(node.replace("-", "_"), []), "leader": 1001, "epoch": 4}
        for one, node in NODES.items()
    }


def test_the_active_controller_goes_last() -> None:
    cluster = Quorum()
    why = {"masters_1": ["CONFIG a"], "masters_2": ["CONFIG a"], "masters_3": ["CONFIG a"]}
    done = quorum.roll(NODES, pending(**why), cluster.ask, cluster.restart, deadline=5)
    assert cluster.restarted == ["masters-2", "masters-3", "masters-1"]
    assert done == dict.fromkeys(NODES.values(), "CONFIG a")


def test_without_a_reason_none_is_restarted() -> None:
    cluster = Quorum()
    assert quorum.roll(NODES, pending(), cluster.ask, cluster.restart, deadline=5) == {}
    assert cluster.restarted == []


def test_none_is_restarted_while_another_is_away() -> None:
    cluster = Quorum()
    cluster.answers["masters-3"]["up"] = False
    with pytest.raises(MeridianError, match=r"no whole quorum after 0 s: masters-3: does not listen"):
        quorum.roll(NODES, {**pending(masters_2=["JAR"])}, cluster.ask, cluster.restart, deadline=0)
    assert cluster.restarted == []


def test_one_that_does_not_come_back_ends_the_roll() -> None:
    cluster = Quorum()
    cluster.restart = lambda node: cluster.answers[node].update(up=False, epoch=3)  # type: ignore[method-assign]
    why = {"masters_2": ["JAR"], "masters_3": ["JAR"]}
    with pytest.raises(MeridianError, match=r"masters-2: does not listen"):
        quorum.roll(NODES, pending(**why), cluster.ask, cluster.restart, deadline=0)


def test_one_that_is_down_is_restarted_first() -> None:
    cluster = Quorum()
    cluster.answers["masters-3"] = {"up": False, "leader": 1001, "epoch": 4}
    why = {"masters_2": ["JAR"], "masters_3": ["JAR"]}
    quorum.roll(NODES, pending(**why), cluster.ask, cluster.restart, deadline=5)
    assert cluster.restarted == ["masters-3", "masters-2"]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ({"up": True, "leader": -1, "epoch": 4}, "knows no leader"),
        ({"up": True, "leader": 1001, "epoch": 2}, "is in epoch 2, the newest is 4"),
    ],
)
def test_a_controller_that_does_not_follow_is_told(answer: dict[str, Any], why: str) -> None:
    cluster = Quorum()
    cluster.answers["masters-2"] = answer
    assert quorum.not_well(NODES, cluster.answers) == {"masters-2": why}


def test_a_broker_that_becomes_a_mere_controller_is_told_with_its_replicas() -> None:
    parts = tuple(Partition("t", number, 1001, (1001, 1002, 4), (1001, 1002, 4)) for number in range(3))
    found = quorum.still_broker(Cluster("c", {}, parts), NODES, [1001, 1003])
    assert found == {"masters-1": 3}
