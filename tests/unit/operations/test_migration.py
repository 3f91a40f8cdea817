"""A migration as the runner drives it."""

from collections.abc import Callable
from typing import Any

import pytest
from meridian.common.errors import MeridianError
from meridian.operations import migration
from meridian.topology import Region

KAFKA = {"mode": "kraft", "runtime": "mesos", "brokers": 3, "ids": {"brokers": 1, "controllers": 1001}}
REGION = Region("here", 0, ("a",), True, (), {"kafka": KAFKA}, "", "")


class Node:
    """A node whose cluster has 1, 2, 3 and 11, 12; each step moves a partition."""

    def __init__(self, moves: int) -> None:
        self.moves = moves
        self.asked: list[tuple[list[int], list[int]]] = []

    def registered(self) -> list[int]:
        return [1, 2, 3, 11, 12]

    def plan(self, old: list[int], new: list[int], batch: int) -> dict[str, Any]:
        self.asked.append((old, new))
        steps = [f"move {self.moves} partitions"] * bool(self.moves)
        nothing: list[int] = []
        return {"missing": nothing, "cancel": 0, "moves": self.moves, "settle": nothing, "steps": steps}

    def step(self, old: list[int], new: list[int], *bounds: object) -> dict[str, Any]:
        self.moves -= 1
        return self.plan(old, new, 1)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((None, None, False), ([11, 12], [1, 2, 3])),
        ((None, None, True), ([1, 2, 3], [11, 12])),
        (("2,1", [4, 5], False), ([1, 2], [4, 5])),
        ((None, "11,12", False), ([1, 2, 3], [11, 12])),
    ],
)
def test_what_is_old_and_new_follows_from_topology_and_cluster_unless_it_is_said(
    arguments: tuple[Any, Any, bool], expected: tuple[list[int], list[int]]
) -> None:
    node: Any = Node(0)
    migration.Migration(node, REGION, *arguments).plan(20)
    assert node.asked == [expected]


def test_it_goes_on_step_by_step_until_nothing_is_left() -> None:
    node: Any = Node(3)
    told: list[str] = []
    moved, left = migration.Migration(node, REGION, "11,12", "1,2,3", False).run(1, 50, 60, told.append)
    assert (moved, left["moves"]) == (3, 0)
    assert told == [f"move {count} partitions" for count in (3, 2, 1)]


@pytest.mark.parametrize(
    "act", [lambda: migration.ids("1,two"), lambda: migration.Node({}, REGION)], ids=["ids", "region"]
)
def test_what_is_no_cluster_or_broker_is_told(act: Callable[[], object]) -> None:
    with pytest.raises(MeridianError, match=r"expected numbers such as 1,2,3, found '1,two'|no KRaft quorum"):
        act()


def test_the_node_is_asked_with_what_its_function_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A batch's own deadline is told to the node, and waited for here a while longer."""
    asked: dict[str, Any] = {}

    class Local:
        def __enter__(self) -> "Local":
            return self

        def __exit__(self, *_: object) -> None: ...

        def cmd(self, nodes: list[str], function: str, arg: Any, **more: Any) -> dict[str, Any]:
            asked.update(more, function=function)
            return {nodes[0]: {"ret": {"moves": 0}, "retcode": 0}}

    monkeypatch.setattr("salt.client.get_local_client", lambda mopts: Local())
    node = migration.Node.__new__(migration.Node)
    node._opts, node._node = {}, "kafka-1.here"
    assert node.step([1], [4], 20, 50, 600.0) == {"moves": 0}
    assert asked["function"] == "kafka_migration.step"
    assert asked["kwarg"] == {"old": [1], "new": [4], "batch": 20, "throttle_mb": 50, "seconds": 600.0}
    assert asked["timeout"] > 600
