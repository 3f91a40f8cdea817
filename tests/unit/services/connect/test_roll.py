"""Workers are restarted one at a time, and only those that have to be."""

from typing import Any

import pytest
from meridian.common.errors import MeridianError
from meridian.services.connect import health
from meridian.services.connect.client import ConnectClient
from meridian.services.connect.roll import roll

from tests.doubles.connect_rest import ConnectDouble


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_POLL", 0.01)


def test_nothing_pending_restarts_nothing(client: ConnectClient, worker: str) -> None:
    restarted: list[str] = []
    assert roll(client, {"a": worker, "b": worker}, {"a": [], "b": []}, restarted.append) == {}
    assert restarted == []


def test_workers_with_a_reason_are_restarted_in_turn(client: ConnectClient, worker: str) -> None:
    restarted: list[str] = []
    pending = {"b": ["/etc/x"], "a": ["/etc/x", "/opt/y"], "c": []}
    done = roll(client, dict.fromkeys("abc", worker), pending, restarted.append)
    assert restarted == ["a", "b"]
    assert done == {"a": "changed: /etc/x, /opt/y", "b": "changed: /etc/x"}


def test_the_next_worker_waits_for_the_connectors_of_the_one_before(
    cluster: ConnectDouble, client: ConnectClient, worker: str
) -> None:
    cluster.add("flow", {})
    restarted: list[str] = []

    def restart(node: str) -> None:
        restarted.append(node)
        cluster.connectors["flow"]["tasks"][0]["state"] = "UNASSIGNED"

    with pytest.raises(MeridianError, match="flow is STARTING"):
        roll(client, {"a": worker, "b": worker}, {"a": ["x"], "b": ["x"]}, restart, deadline=0.1)
    assert restarted == ["a"]


def test_connectors_that_did_not_run_before_are_not_waited_for(
    cluster: ConnectDouble, client: ConnectClient, worker: str
) -> None:
    cluster.add("paused", {}, state="PAUSED")
    broken: dict[str, Any] = cluster.add("broken", {})
    broken["tasks"][0]["state"] = "FAILED"
    assert list(roll(client, {"a": worker}, {"a": ["x"]}, lambda node: None, deadline=1)) == ["a"]
