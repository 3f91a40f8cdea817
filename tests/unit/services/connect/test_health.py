"""What counts as running, and what is done about the rest."""

from typing import Any

import pytest
from meridian.common.errors import MeridianError
from meridian.services.connect import health
from meridian.services.connect.client import ConnectClient
from meridian.services.connect.health import Health, judge

from tests.doubles.connect_rest import ConnectDouble

TRACE = """org.apache.kafka.connect.errors.ConnectException: Tolerance exceeded
\tat org.apache.kafka.connect.Something.run(Something.java:1)
Caused by: java.lang.RuntimeException: in between
\t... 3 more
Caused by: org.apache.kafka.common.errors.SslAuthenticationException: SSL handshake failed
\tat sun.security.Something.run(Something.java:1)
"""


def status(connector: str, *tasks: str) -> dict[str, Any]:
    return {
        "connector": {"state": connector},
        "tasks": [{"id": number, "state": state, "trace": TRACE} for number, state in enumerate(tasks)],
    }


@pytest.mark.parametrize(
    ("seen", "state"),
    [
        (status("RUNNING", "RUNNING", "RUNNING"), "RUNNING"),
        (status("RUNNING", "RUNNING", "UNASSIGNED"), "STARTING"),
        (status("RUNNING"), "STARTING"),
        (status("RUNNING", "RUNNING", "FAILED"), "FAILED"),
        (status("PAUSED", "PAUSED"), "PAUSED"),
        (status("PAUSED", "RUNNING"), "STARTING"),
        (status("STOPPED"), "STOPPED"),
        (status("UNASSIGNED"), "STARTING"),
        ({}, "STARTING"),
    ],
)
def test_a_connector_is_what_its_worst_part_is(seen: dict[str, Any], state: str) -> None:
    assert judge(seen).state == state


def test_a_connector_that_may_lack_tasks_runs_without_any() -> None:
    assert judge(status("RUNNING"), needs_tasks=False) == Health("RUNNING")


def test_a_failure_is_told_by_its_exception_and_its_last_cause() -> None:
    error = judge(status("RUNNING", "RUNNING", "FAILED")).error
    assert error == (
        "task 1: org.apache.kafka.connect.errors.ConnectException: Tolerance exceeded | "
        "Caused by: org.apache.kafka.common.errors.SslAuthenticationException: SSL handshake failed"
    )


def fail(connector: dict[str, Any]) -> None:
    connector["tasks"][0] |= {"state": "FAILED", "trace": TRACE}


def test_what_failed_is_restarted_until_it_runs(
    cluster: ConnectDouble, client: ConnectClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "_POLL", 0.01)
    monkeypatch.setattr(health, "_STEADY", 0.05)
    cluster.add("good", {})
    bad = cluster.add("bad", {})
    fail(bad)
    tries = []

    def restart(connector: dict[str, Any]) -> None:
        tries.append(connector)
        if len(tries) == 2:
            connector["tasks"][0]["state"] = "RUNNING"

    cluster.on_restart = restart
    told: list[str] = []
    restarts = health.wait_running(client, ["good", "bad"], deadline=10, backoff=0.01, report=told.append)
    assert restarts == told
    assert len(restarts) == 2
    assert "SSL handshake failed" in restarts[0]
    asked = [request for request in cluster.requests if "restart" in request]
    assert asked == ["POST /connectors/bad/restart?includeTasks=true&onlyFailed=true"] * 2


def test_a_restart_counts_only_when_it_lasts(
    cluster: ConnectDouble, client: ConnectClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A task that cannot work runs for a moment before it fails again."""
    monkeypatch.setattr(health, "_POLL", 0.01)
    monkeypatch.setattr(health, "_STEADY", 2)
    fail(cluster.add("bad", {}))
    looks = 0
    answer = cluster.answer

    def failing_again(method: str, path: str, body: Any) -> tuple[int, Any]:
        nonlocal looks
        entry = cluster.connectors["bad"]
        if entry["tasks"][0]["state"] == "RUNNING":
            looks += 1
            if looks % 3 == 0:
                fail(entry)
        return answer(method, path, body)

    monkeypatch.setattr(cluster, "answer", failing_again)
    cluster.on_restart = lambda connector: connector["tasks"][0].update(state="RUNNING")
    # Where the time is up, it may just run or have failed: what is told names the reason either way.
    with pytest.raises(MeridianError, match=r"bad is .*SSL handshake failed"):
        health.wait_running(client, ["bad"], deadline=3, backoff=0.01)


def test_what_never_runs_is_named_with_its_state(
    cluster: ConnectDouble, client: ConnectClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "_POLL", 0.01)
    cluster.add("good", {})
    cluster.add("idle", {}, state="PAUSED")
    with pytest.raises(MeridianError, match="after 0 s: gone is MISSING; idle is PAUSED"):
        health.wait_running(client, ["good", "idle", "gone"], deadline=0.05)
