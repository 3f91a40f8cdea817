"""What makes a platform's status a problem: connectors of ours that run and that no flow has."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from meridian.operations import readers, status, work_dirs
from meridian.services.elasticsearch import operator
from meridian.topology import Topology

from tests.unit.topology.conftest import local, salt_options, shipped

__all__ = ["local", "salt_options", "shipped"]

NAME = "us-east-to-central-central.source"


def gathered(
    monkeypatch: pytest.MonkeyPatch,
    topology: Topology,
    state: str | None,
    flows: dict[str, Any] | None = None,
    archive: Callable[[Topology], Any] = lambda _: {},
    held_up: Sequence[str] = (),
) -> dict[str, Any]:
    """Return the facts of a platform that is well, but for a connector in a state, and these flows."""

    class Described:
        brokers = (1, 2, 3)
        under_replicated = ()

    found = {NAME: {"region": "central", "state": state}} if state else {}
    monkeypatch.setattr(status, "_nodes", lambda opts, _: {node.id: True for node in topology.nodes})
    monkeypatch.setattr(status, "_cluster", lambda region, _: Described)
    running = {"state": "RUNNING", "lag_records": 0, "lag_seconds": 0.0}
    well = {flow.name: running for flow in topology.flows}
    monkeypatch.setattr(status, "_flows", lambda _: well | (flows or {}))
    monkeypatch.setattr(status, "_unmanaged", lambda _: found)
    monkeypatch.setattr(status, "_restarts", lambda opts, _: {})
    monkeypatch.setattr(status, "_overlaps", lambda _: [])
    monkeypatch.setattr(status, "_archive", archive)
    monkeypatch.setattr(operator, "of_topology", lambda _: {})
    monkeypatch.setattr(work_dirs, "problems", lambda opts, _: [])
    monkeypatch.setattr(readers, "ask", lambda opts, _: held_up)
    return status.gather({}, topology)


@pytest.mark.parametrize("state", ["RUNNING", "FAILED", "UNASSIGNED"])
def test_a_connector_that_no_flow_has_is_a_problem(
    monkeypatch: pytest.MonkeyPatch, local: Topology, state: str
) -> None:
    facts = gathered(monkeypatch, local, state)
    assert facts["ok"] is False
    (problem,) = facts["problems"]
    assert problem.startswith(f"connector {NAME} in central is {state}, and no flow of the pillar has it")


@pytest.mark.parametrize("state", ["PAUSED", "STOPPED", None])
def test_one_that_waits_to_be_removed_is_listed_and_no_problem(
    monkeypatch: pytest.MonkeyPatch, local: Topology, state: str | None
) -> None:
    facts = gathered(monkeypatch, local, state)
    assert (facts["ok"], facts["problems"]) == (True, [])
    assert list(facts["unmanaged_connectors"]) == ([NAME] if state else [])


def test_an_archive_that_is_blocked_is_a_problem_with_its_reason(
    monkeypatch: pytest.MonkeyPatch, local: Topology
) -> None:
    reason = "archiver on services-1.us-east.local: again/0: the topic was deleted and made again"
    facts = gathered(monkeypatch, local, None, held_up=[reason])
    assert (facts["ok"], facts["problems"]) == (False, [reason])


def test_what_is_kept_from_a_flow_is_a_problem(monkeypatch: pytest.MonkeyPatch, local: Topology) -> None:
    name = local.flows[0].name
    line = "neg/0 of us-east: 90 records were removed"
    ill = {"state": "RUNNING", "lag_records": 0, "lag_seconds": 0.0, "error": "", "problems": [line]}
    facts = gathered(monkeypatch, local, None, {name: ill})
    assert (facts["ok"], facts["problems"]) == (False, [f"flow {name}: {line}"])


def test_a_flow_whose_lag_nobody_knows_is_a_problem_with_the_reason(
    monkeypatch: pytest.MonkeyPatch, local: Topology
) -> None:
    name = local.flows[0].name
    ill = {"state": "RUNNING", "lag_records": None, "lag_seconds": None, "error": "source does not answer"}
    facts = gathered(monkeypatch, local, None, {name: ill})
    assert facts["problems"] == [f"flow {name} is RUNNING: source does not answer"]


def test_a_part_that_is_late_is_told_and_the_rest_as_well(
    monkeypatch: pytest.MonkeyPatch, local: Topology
) -> None:
    never = threading.Event()
    monkeypatch.setattr(status, "SECONDS", 0.5)
    facts = gathered(monkeypatch, local, None, archive=lambda _: never.wait(30))
    never.set()
    assert facts["problems"] == ["archive: no answer within 0.5 s"]
    assert facts["flows"][local.flows[0].name]["state"] == "RUNNING"
