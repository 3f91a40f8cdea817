from typing import Any

import pytest
from meridian.common.errors import MeridianError
from meridian.services.elasticsearch import health, roll


class Cluster:
    """A cluster whose nodes are well, or not after a restart."""

    def __init__(self, held: str | None = None) -> None:
        self.persistent: dict[str, str] = {roll.ALLOCATION: held} if held else {}
        self.told: list[str] = []
        self.broken = False

    def health(self) -> dict[str, Any]:
        return {"status": "red" if self.broken else "green", "unassigned_shards": 1, "initializing_shards": 0}

    def nodes(self) -> dict[str, Any]:
        return {name: {"master": name == "a"} for name in "abc"}

    def settings(self) -> dict[str, str]:
        return self.persistent

    def set_settings(self, changes: dict[str, Any]) -> None:
        value = changes[roll.ALLOCATION]
        self.told.append(value or "all")
        self.persistent = {roll.ALLOCATION: value} if value else {}

    def flush(self) -> None:
        self.told.append("flush")


def rolled(cluster: Any, pending: dict[str, list[str]], deadline: float = 5) -> dict[str, str]:
    return roll.roll(cluster, pending, cluster.told.append, deadline=deadline)


def test_the_master_goes_last_and_replicas_stay_where_they_are_meanwhile() -> None:
    cluster = Cluster()
    done = rolled(cluster, {"a": ["x"], "b": [], "c": ["x", "y"]})
    assert done == {"c": "changed: x, y", "a": "changed: x"}
    assert cluster.told == ["primaries", "flush", "c", "all", "primaries", "flush", "a", "all"]


def test_nothing_to_do_touches_nothing() -> None:
    cluster = Cluster()
    assert rolled(cluster, {"a": [], "b": [], "c": []}) == {}
    assert cluster.told == []


def test_what_an_interrupted_run_left_is_put_back() -> None:
    cluster = Cluster("primaries")
    rolled(cluster, {"a": [], "b": [], "c": []})
    assert cluster.told == ["all"]


def test_what_a_person_has_switched_off_is_not_switched_on() -> None:
    cluster = Cluster("none")
    with pytest.raises(MeridianError, match=r"someone has set cluster\.routing\.allocation\.enable to none"):
        rolled(cluster, {"a": ["x"], "b": [], "c": []})
    assert cluster.told == []


def test_a_node_that_does_not_come_back_stops_the_run_with_allocation_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(health, "_POLL", 0)
    cluster: Any = Cluster()

    def restart(name: str) -> None:
        cluster.told.append(name)
        cluster.broken = True

    with pytest.raises(MeridianError, match="restart of b: Elasticsearch is not yellow"):
        roll.roll(cluster, {"a": ["x"], "b": ["x"], "c": ["x"]}, restart, deadline=0)
    assert cluster.told == ["primaries", "flush", "b", "all"]
