"""A node leaves its cluster and comes back: in which order, what is told when it cannot, how it goes on."""

from pathlib import Path

import pytest
from meridian.common.errors import MeridianError
from meridian.services.mesos import departure, maintenance
from meridian.services.mesos import drain as draining
from meridian.services.mesos.away import AWAY, LEAVING, REMOVED, Record
from meridian.services.mesos.operator import OperatorClient

from tests.integration.mesos.framework import Framework
from tests.unit.services.mesos.conftest import NODE, Small
from tests.unit.services.mesos.test_drain import STUBBORN, running


class Hosted:
    """Brokers, and what was asked of them."""

    def __init__(self, *on: int, stays_up: str = "", lags: str = "") -> None:
        self.up = list(on)
        self.stays_up, self.lags = stays_up, lags
        self.asked: list[str] = []

    def on(self, node: str) -> list[int]:
        assert node == NODE
        return list(self.up)

    def stop(self, broker: int, seconds: float) -> None:
        self.asked.append(f"stop {broker}")
        if self.stays_up:
            raise MeridianError(self.stays_up)
        self.up.remove(broker)

    def start(self, brokers: tuple[int, ...], seconds: float) -> None:
        self.asked.append(f"start {','.join(map(str, brokers))}")
        self.up += brokers

    def wait_in_sync(self, seconds: float) -> None:
        self.asked.append("whole")
        if self.lags:
            raise MeridianError(self.lags)

    def give_up(self, node: str, agent_id: str) -> list[str]:
        self.asked.append(f"give up {agent_id}")
        return ["kafka-1-data-x"]


@pytest.fixture
def record(tmp_path: Path) -> Record:
    return Record(tmp_path / "away.json")


def in_use(client: OperatorClient) -> bool:
    """Whether something may be placed on the node."""
    return not client.agents()[0].get("deactivated")


def test_a_node_leaves_and_comes_back(small: Small, record: Record) -> None:
    framework = running(small, {"value": "exec sleep 1000"})
    client, brokers = small.client(), Hosted(1, 2)
    said: list[str] = []
    assert departure.leave(client, brokers, NODE, record, 20, said.append)
    assert brokers.asked == ["whole", "stop 1", "stop 2"]
    assert said == [
        f"{NODE}: broker 1 stops",
        f"{NODE}: broker 2 stops",
        f"{NODE}: draining, 1 tasks end",
    ]
    assert framework.update("one", "TASK_KILLED")["reason"] == "REASON_AGENT_DRAINING"
    assert not in_use(client)
    held = record.all()[NODE]
    assert (held.state, held.brokers, held.agent_id) == (
        AWAY,
        (1, 2),
        draining.identity(client.agents()[0]),
    )
    assert not departure.leave(client, brokers, NODE, record)
    brokers.asked.clear()
    assert departure.come_back(client, brokers, NODE, record, 20)
    assert brokers.asked == ["start 1,2", "whole"]
    assert in_use(client)
    assert record.all() == {}
    assert framework.offer()
    assert not departure.come_back(client, brokers, NODE, record, 20)
    framework.leave()


def test_what_remains_is_named_and_the_record_says_how_to_go_on(small: Small, record: Record) -> None:
    framework = running(small, STUBBORN)
    with pytest.raises(MeridianError) as told:
        departure.leave(small.client(), None, NODE, record, 1)
    line = str(told.value)
    assert "\n" not in line
    assert "mesos.drain" not in line
    assert line.startswith(
        f"{NODE}: 1 tasks of its Mesos agent have not ended within 1 s ({framework.id}/one)"
    )
    held = record.all()[NODE]
    assert (held.state, held.why) != (AWAY, "")
    assert held.next == (
        f"salt-run mesos.leave {NODE} goes on, salt-run mesos.come_back {NODE} takes it back into service"
    )
    assert line.endswith(held.next)
    # Its executor kills it in the end.
    assert departure.leave(small.client(), None, NODE, record, 20)
    assert record.all()[NODE].why == ""
    framework.leave()


@pytest.mark.parametrize(
    ("brokers", "asked"),
    [
        (
            Hosted(1, stays_up="broker 1 stays up: flights-0 would have 1 replicas in sync"),
            ["whole", "stop 1"],
        ),
        (Hosted(1, lags="1 partitions are not fully replicated (flights-0)"), ["whole"]),
    ],
)
def test_tasks_go_on_while_a_broker_must_stay(
    small: Small, record: Record, brokers: Hosted, asked: list[str]
) -> None:
    framework = running(small, {"value": "exec sleep 1000"})
    with pytest.raises(MeridianError, match=rf"^{NODE} is not drained: .*flights-0.*; salt-run mesos.leave"):
        departure.leave(small.client(), brokers, NODE, record, 5)
    assert brokers.asked == asked
    assert framework.states("one")[-1] == "TASK_RUNNING"
    assert (record.all()[NODE].state, record.all()[NODE].brokers) == (LEAVING, (1,))
    assert not in_use(small.client())
    brokers.stays_up = brokers.lags = ""
    assert departure.leave(small.client(), brokers, NODE, record, 20)
    framework.leave()


def test_brokers_that_were_stopped_before_an_interruption_start_again(small: Small, record: Record) -> None:
    client, brokers = small.client(), Hosted(1, 2)
    brokers.stays_up = "broker 1 stays up"
    with pytest.raises(MeridianError):
        departure.leave(client, brokers, NODE, record, 5)
    brokers.stays_up = ""
    brokers.stop(1, 5)
    brokers.asked.clear()
    # With broker 1 down its replicas are not in sync: that must not keep broker 2.
    brokers.lags = "not in sync"
    assert departure.leave(client, brokers, NODE, record, 20)
    assert brokers.asked == ["stop 2"]
    brokers.lags = ""
    departure.come_back(client, brokers, NODE, record, 20)
    assert sorted(brokers.up) == [1, 2]


def test_a_broker_that_does_not_come_back_is_left_on_record(small: Small, record: Record) -> None:
    client, brokers = small.client(), Hosted(1)
    departure.leave(client, brokers, NODE, record, 20)
    brokers.lags = "broker 1 is starting: no offer"
    with pytest.raises(MeridianError, match=rf"{NODE}: in use again, but .*salt-run mesos.come_back {NODE}"):
        departure.come_back(client, brokers, NODE, record, 20)
    assert record.all()[NODE].brokers == (1,)
    brokers.lags = ""
    assert departure.come_back(client, brokers, NODE, record, 20)
    assert record.all() == {}


def test_a_node_whose_machine_is_gone_is_given_up(small: Small, record: Record) -> None:
    client, brokers = small.client(), Hosted(1)
    departure.leave(client, brokers, NODE, record, 20)
    agent_id = record.all()[NODE].agent_id
    said: list[str] = []
    departure.removed(client, brokers, NODE, record, said.append)
    assert brokers.asked[-1] == f"give up {agent_id}"
    assert said == [f"{NODE}: volume kafka-1-data-x is given up"]
    assert record.all()[NODE].state == REMOVED
    assert record.all()[NODE].brokers == (1,)
    # The agent would be refused if it came back.
    assert small.processes["agent"].wait(20) == 1


def test_a_node_without_an_agent_has_nothing_to_leave(small: Small, record: Record) -> None:
    assert not departure.leave(small.client(), None, "services-1.us-east.test", record)
    assert record.all() == {}


@pytest.mark.parametrize(
    ("others", "said"),
    [
        (("leading", "standing by"), ""),
        (
            ("leading", "connection refused or lost"),
            "1 other Mesos masters work, the quorum is 2 (https://c:5050: connection refused or lost)",
        ),
    ],
)
def test_a_master_stays_that_the_others_need(others: tuple[str, str], said: str) -> None:
    health = {"https://a:5050": "standing by", "https://b:5050": others[0], "https://c:5050": others[1]}
    assert departure.masters_objection(health, "https://a:5050") == said


def test_a_damaged_record_is_named(tmp_path: Path) -> None:
    file = tmp_path / "away.json"
    file.write_text("[1")
    with pytest.raises(MeridianError, match=r"away.json is damaged .*: remove it"):
        Record(file).all()


def test_a_node_leaves_whose_maintenance_was_announced(small: Small, record: Record) -> None:
    client = small.client()
    client.plan_maintenance([maintenance.window(maintenance.machines(client, [NODE]), 0, 60, now=1000)])
    with pytest.raises(MeridianError, match="is part of a maintenance schedule"):
        draining.drain(client, NODE, None, 5)
    assert departure.leave(client, None, NODE, record, 20)
    assert client.schedule().get("windows", []) == []


def test_a_window_alone_moves_nobody(small: Small) -> None:
    framework: Framework = running(small, {"value": "exec sleep 1000"})
    client = small.client()
    client.plan_maintenance([maintenance.window(maintenance.machines(client, [NODE]), 0, 60, now=1000)])
    assert maintenance.end(client, [NODE])
    assert not maintenance.end(client, [NODE])
    assert framework.states("one")[-1] == "TASK_RUNNING"
    framework.leave()
