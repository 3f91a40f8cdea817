"""Looking at the world: who is asked, and what silence becomes."""

from collections.abc import Iterator
from typing import Any

import pytest
from meridian.common.errors import MeridianError
from meridian.operations import create_machines, observe
from meridian.plan import compare
from meridian.services.connect.client import ConnectClient
from meridian.services.kafka.cluster import Cluster
from meridian.topology import Topology

from tests.doubles.connect_rest import ConnectDouble
from tests.unit.plan.conftest import TRUE_STATE, connectors, world_of
from tests.unit.topology.conftest import local, salt_options, shipped  # noqa: F401

DEAD = "kafka-2.us-east.local"
ALL_UP = {number: f"broker-{number}:9094" for number in range(1, 4)}


class Minions:
    """Salt's client: every node that is asked finds its states true, but for one that says nothing."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.refuses = False
        self.answers: dict[str, Any] = {
            "state.highstate": TRUE_STATE,
            "kafka_broker.pending": {"restart": [], "dynamic": {}, "stated": {}, "leader": 1, "epoch": 1},
            "connect_worker.pending": [],
            "elasticsearch.pending": [],
        }

    def __enter__(self) -> "Minions":
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is open."""

    def silent(self, nodes: list[str], deadline: float) -> list[str]:
        """Stand for the listener, too: return who says nothing."""
        if self.refuses:
            raise MeridianError("the master is not running")
        return [node for node in nodes if node == DEAD]

    def cmd(self, nodes: list[str], function: str, arg: Any, **arguments: Any) -> dict[str, Any]:
        if function == "state.highstate":
            assert arguments["kwarg"] == {"test": True}
            self.asked = nodes
        return dict.fromkeys(nodes, self.answers[function])


class Described:
    """What the providers tell."""

    def __init__(self, topology: Topology) -> None:
        self.existing = {node.id: {"state": "RUNNING"} for node in topology.nodes}
        self.incomplete: list[str] = []
        self.replace: dict[str, str] = {}

    def __call__(self, opts: Any, topology: Topology) -> dict[str, Any]:
        rest = {"incomplete": self.incomplete, "unmanaged": [], "replace": self.replace, "missing": []}
        return {"existing": self.existing, **rest}


@pytest.fixture
def minions(monkeypatch: pytest.MonkeyPatch) -> Minions:
    made = Minions()
    monkeypatch.setattr("salt.client.get_local_client", lambda mopts: made)
    monkeypatch.setattr(observe, "Listener", lambda opts: made)
    return made


@pytest.fixture
def described(monkeypatch: pytest.MonkeyPatch, local: Topology) -> Described:  # noqa: F811
    made = Described(local)
    monkeypatch.setattr(create_machines, "describe", made, raising=False)
    return made


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch, local: Topology) -> Iterator[ConnectDouble]:  # noqa: F811
    """The centre's workers, and brokers that have every topic as it should be."""
    double = ConnectDouble()
    for name, entry in connectors(local).items():
        double.add(name, entry["config"])
    right = world_of(local).topics
    with double.worker() as url:
        monkeypatch.setattr(observe, "operator_client", lambda *_: ConnectClient([url], patience=1))
        monkeypatch.setattr(observe.kafka_client, "admin", lambda bootstrap, tls: [bootstrap])
        monkeypatch.setattr(observe.kafka_cluster, "describe", lambda admin: Cluster("", ALL_UP, ()))
        monkeypatch.setattr(observe, "overridden", lambda admin, broker: {})
        monkeypatch.setattr(observe.kafka_topics, "read", lambda admin, name: right["us-east"][name])
        yield double


def wrong(topology: Topology) -> list[str]:
    found = compare(topology, observe.world({}, topology))
    return [f"{one.kind} {one.id} {one.verdict}: {one.why}" for one in found if one.verdict != "same"]


def test_a_node_that_says_nothing_is_the_only_one_that_is_not_known(
    local: Topology,  # noqa: F811
    minions: Minions,
    described: Described,
    cluster: ConnectDouble,
) -> None:
    assert wrong(local) == [f"state {DEAD} unknown: states could not be compared: its minion does not answer"]
    assert len(minions.asked) == 11


def test_who_is_not_there_or_does_not_run_is_not_asked(
    local: Topology,  # noqa: F811
    minions: Minions,
    described: Described,
    cluster: ConnectDouble,
) -> None:
    del described.existing["kafka-1.us-east.local"], described.existing[DEAD]
    described.incomplete = [DEAD]
    described.existing["kafka-3.us-east.local"] = {"state": "STOPPED"}
    described.replace = {"services-1.us-east.local": "other size"}
    wrong(local)
    assert [node for node in minions.asked if ".us-east." in node] == ["services-1.us-east.local"]
    assert len(minions.asked) == 9


def test_workers_and_master_that_do_not_answer_are_told(
    local: Topology,  # noqa: F811
    minions: Minions,
    described: Described,
    cluster: ConnectDouble,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def nobody(*_: Any) -> ConnectClient:
        raise MeridianError("no Connect worker answers")

    minions.refuses = True
    monkeypatch.setattr(observe, "operator_client", nobody)
    told = wrong(local)
    assert "flow central unknown: flows could not be compared: no Connect worker answers" in told
    assert len([line for line in told if "the master is not running" in line]) == 12


def test_a_connector_paused_by_hand_is_seen(
    local: Topology,  # noqa: F811
    minions: Minions,
    described: Described,
    cluster: ConnectDouble,
) -> None:
    name = "eu-west-to-central.source"
    cluster.answer("PUT", f"/connectors/{name}/pause", None)
    assert f"flow eu-west-to-central differs: {name} state PAUSED → RUNNING" in wrong(local)


def test_services_that_run_with_other_files_than_are_there(
    local: Topology,  # noqa: F811
    minions: Minions,
    described: Described,
    cluster: ConnectDouble,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stated = {"message.max.bytes": "2", "num.io.threads": "8"}
    changed = {"restart": ["CONFIG log.dirs"], "dynamic": {"message.max.bytes": "2"}, "stated": stated}
    minions.answers["kafka_broker.pending"] = changed
    minions.answers["connect_worker.pending"] = ["/etc/meridian/connect/worker.properties"]
    by_hand = {"log.retention.ms": "1", "leader.replication.throttled.rate": "9"}
    monkeypatch.setattr(observe, "overridden", lambda admin, broker: by_hand)
    told = [line for line in wrong(local) if "kafka-1.central.local" in line]
    assert told == [
        "state kafka-1.central.local: broker differs: CONFIG log.dirs as it was started → as its file is; "
        "message.max.bytes none → 2",
        "state kafka-1.central.local: broker setting log.retention.ms unmanaged: 1 in the running broker, "
        "which its file does not say; it is left alone",
        "state kafka-1.central.local: worker differs: /etc/meridian/connect/worker.properties as it was "
        "started → as its file is",
    ]


def test_a_broker_that_is_down_is_told_and_not_waited_for(
    local: Topology,  # noqa: F811
    minions: Minions,
    described: Described,
    cluster: ConnectDouble,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[int] = []

    def overridden(admin: Any, broker: int) -> dict[str, str]:
        asked.append(broker)
        return {}

    without = {number: where for number, where in ALL_UP.items() if number != 2}
    monkeypatch.setattr(observe.kafka_cluster, "describe", lambda admin: Cluster("", without, ()))
    monkeypatch.setattr(observe, "overridden", overridden)
    told = [line for line in wrong(local) if "kafka-2.central.local" in line]
    assert told == ["state kafka-2.central.local: broker unknown: could not be compared: broker 2 is not up"]
    assert set(asked) == {1, 3}


def test_a_service_that_cannot_tell_is_not_taken_for_right(
    local: Topology,  # noqa: F811
    minions: Minions,
    described: Described,
    cluster: ConnectDouble,
) -> None:
    minions.answers["kafka_broker.pending"] = "/etc/meridian/kafka/server.properties is missing"
    told = [line for line in wrong(local) if "kafka-1.us-east.local" in line]
    assert told == [
        "state kafka-1.us-east.local: broker unknown: could not be compared: "
        "/etc/meridian/kafka/server.properties is missing"
    ]


@pytest.mark.parametrize(
    ("answer", "read"),
    [
        (TRUE_STATE, TRUE_STATE),
        (["Rendering SLS 'kafka' failed:\n  no such thing"], "Rendering SLS 'kafka' failed: no such thing"),
        (
            'The function "state.highstate" is running as PID 7',
            'The function "state.highstate" is running as PID 7',
        ),
        (False, "False"),
        ({}, "{}"),
    ],
)
def test_answers_of_minions(answer: Any, read: Any) -> None:
    assert observe.read_states(answer) == read
