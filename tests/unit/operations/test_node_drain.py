"""A node removed from a living environment, and agents rolled: in which order, and what stops it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from meridian.common import paths
from meridian.common.errors import MeridianError
from meridian.operations import clusters, mesos_clusters, node_drain
from meridian.salt_api import minions
from meridian.salt_api.pillar_files import load_topology
from meridian.services.mesos import departure
from meridian.services.mesos.away import AWAY, REMOVED, MaintenanceRecord
from meridian.topology import Topology

from tests.unit.topology.conftest import salt_options  # noqa: F401

NODE = "kafka-1.us-east.local-mesos"
OTHER = "kafka-2.us-east.local-mesos"
MASTER = "masters-1.us-east.local-mesos"


class Masters:
    """What the masters say of themselves."""

    def __init__(self, topology: Topology, sick: str = "") -> None:
        nodes = topology.region("us-east").with_role("mesos-master")
        urls = {node.id: f"https://{node.addresses.management}:5050" for node in nodes}
        self._health = {url: "timed out" if name == sick else "standing by" for name, url in urls.items()}

    def health(self) -> dict[str, str]:
        return self._health


@pytest.fixture
def topology(salt_options: dict[str, Any]) -> Topology:  # noqa: F811
    return load_topology(salt_options, "local-mesos")


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, topology: Topology) -> list[str]:
    """What was done, in order; nodes leave and come back without fail."""
    events: list[str] = []

    def note(what: str) -> Callable[..., bool]:
        def act(client: Any, brokers: Any, node: str, record: Any, *rest: Any) -> bool:
            events.append(f"{what} {node.split('.')[0]}{' with brokers' if brokers else ''}")
            held = record.find(node) or MaintenanceRecord(node, "S1", (1,))
            if what == "come_back":
                record.forget(node)
            else:
                record.put(replace(held, state=AWAY if what == "leave" else REMOVED))
            return True

        return act

    for what in ("leave", "come_back", "removed"):
        monkeypatch.setattr(departure, what, note(what))
    monkeypatch.setattr(paths, "state", lambda: tmp_path)
    monkeypatch.setattr(mesos_clusters, "operator", lambda *_: Masters(topology))
    monkeypatch.setattr(clusters, "scheduler", lambda *_: object())
    monkeypatch.setattr(node_drain, "_wait_in_sync", lambda *_: events.append("whole"))
    return events


def remove(topology: Topology, node: str, done: list[str], lost: bool = False) -> list[str]:
    said: list[str] = []
    take_away = lambda: done.append(f"machine of {node.split('.')[0]}")  # noqa: E731
    return node_drain.remove({}, topology, node, take_away, lost, 10, said.append)


def test_an_agent_is_drained_before_its_machine_goes(topology: Topology, done: list[str]) -> None:
    assert remove(topology, NODE, done) == [f"{NODE} drained", f"{NODE} removed"]
    assert done == ["leave kafka-1 with brokers", "machine of kafka-1", "removed kafka-1 with brokers"]
    # It is made anew next; asked again before that, nothing more is removed.
    done.clear()
    assert remove(topology, NODE, done) == []
    assert done == []
    shown = node_drain.shown("local-mesos")[NODE]
    assert shown["next"] == "./meridian deploy local-mesos makes it anew, or is done with it"


def test_a_dead_machine_is_not_drained(topology: Topology, done: list[str]) -> None:
    remove(topology, NODE, done, lost=True)
    assert done[0] == "machine of kafka-1"


def test_a_node_that_cannot_leave_keeps_its_machine(
    topology: Topology, done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stays(*_: Any) -> bool:
        raise MeridianError(f"{NODE}: 1 tasks of its Mesos agent have not ended")

    monkeypatch.setattr(departure, "leave", stays)
    with pytest.raises(MeridianError, match="1 tasks"):
        remove(topology, NODE, done)
    assert done == []


def test_a_node_that_the_pillar_has_left_leaves_its_cluster_and_the_record(
    topology: Topology, done: list[str]
) -> None:
    gone = "kafka-9.us-east.local-mesos"
    remove(topology, gone, done)
    assert done == ["leave kafka-9 with brokers", "machine of kafka-9", "removed kafka-9 with brokers"]
    assert node_drain.shown("local-mesos") == {}


def test_a_master_stays_when_the_others_have_no_quorum(
    topology: Topology, done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        mesos_clusters, "operator", lambda *_: Masters(topology, "masters-2.us-east.local-mesos")
    )
    with pytest.raises(MeridianError, match=rf"{MASTER} must not go now: 1 other Mesos masters work"):
        remove(topology, MASTER, done)
    assert done == []


def test_a_broker_of_systemd_goes_when_every_replica_is_in_sync(topology: Topology, done: list[str]) -> None:
    remove(topology, "kafka-1.central.local-mesos", done)
    assert done == ["whole", "machine of kafka-1"]
    done.clear()
    # What one does that the pillar names no more is not known.
    remove(topology, "kafka-9.central.local-mesos", done)
    assert done == ["whole", "machine of kafka-9"]


def test_agents_are_rolled_one_after_the_other(
    topology: Topology, done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask(opts: Any, nodes: list[str], function: str, seconds: float) -> dict[str, Any]:
        if function == "mesos.pending":
            return {one: ["attribute zone 'b' for 'a'"] if one in (NODE, OTHER) else [] for one in nodes}
        done.append(f"renew {nodes[0].split('.')[0]}")
        return dict.fromkeys(nodes, True)

    monkeypatch.setattr(minions, "ask", ask)
    away = "kafka-3.us-east.local-mesos"
    node_drain.record("local-mesos").put(MaintenanceRecord(away, "S3", (3,), REMOVED))
    gone = MaintenanceRecord("kafka-9.us-east.local-mesos", "S9", (9,), REMOVED)
    node_drain.record("local-mesos").put(gone)
    region = node_drain.NodeDrains({}, topology, topology.region("us-east"), 10, lambda line: None)
    assert region.roll() == {
        away: "taken back into service",
        NODE: "attribute zone 'b' for 'a'",
        OTHER: "attribute zone 'b' for 'a'",
    }
    assert [one.removesuffix(" with brokers") for one in done] == [
        "come_back kafka-3",
        *("leave kafka-1", "renew kafka-1", "come_back kafka-1"),
        *("leave kafka-2", "renew kafka-2", "come_back kafka-2"),
    ]
    assert node_drain.shown("local-mesos") == {}
