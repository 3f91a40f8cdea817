"""Verification names what runs beside the pillar's flows, and topics that two of them carry."""

from collections.abc import Callable

import pytest
from meridian.services.mirror import overlaps, status
from meridian.topology import Layers, Topology, expand
from meridian.verification import connectors

from tests.unit.topology.conftest import bent, local, salt_options, shipped

__all__ = ["bent", "local", "salt_options", "shipped"]


@pytest.mark.parametrize(
    ("state", "ok", "seen"), [("RUNNING", False, "old.source"), ("PAUSED", True, "none")]
)
def test_one_that_runs_fails_and_is_named(
    monkeypatch: pytest.MonkeyPatch, local: Topology, state: str, ok: bool, seen: str
) -> None:
    found = {"old.source": {"region": "central", "state": state}}
    monkeypatch.setattr(status, "unmanaged", lambda *_: found)
    (row,) = connectors.check(local)
    assert (row.name, row.ok, row.seen) == ("central: running connectors that no flow has", ok, seen)
    assert ("old.source in central is RUNNING" in row.note) is not ok


TWO = "{us: {target: central, topics: ['orders-.*']}, eu: {target: central, topics: ['.*-eu'], enabled: %s}}"


@pytest.mark.parametrize(("there", "seen"), [(["orders-us", "bills-eu"], "0"), (["orders-eu", "__x"], "1")])
def test_a_topic_that_two_expressions_match_fails_and_is_named(
    monkeypatch: pytest.MonkeyPatch, bent: Callable[..., Layers], there: list[str], seen: str
) -> None:
    topology = expand(bent(f"overrides: {{us-east: {{flows: {TWO % 'true'}}}}}"), "local")
    monkeypatch.setattr(status, "unmanaged", lambda *_: {})
    monkeypatch.setattr(overlaps, "_topics", lambda *_: there)
    row = connectors.check(topology)[-1]
    assert (row.name, row.ok, row.seen) == ("topics that two flows carry", seen == "0", seen)
    wanted = "topic orders-eu of us-east is carried to central by us-east-to-central-us and "
    assert (wanted in row.note) is (seen == "1")


def test_flows_that_are_off_carry_nothing_twice(bent: Callable[..., Layers]) -> None:
    topology = expand(bent(f"overrides: {{us-east: {{flows: {TWO % 'false'}}}}}"), "local")
    assert {one.name for pair in overlaps.pairs(topology.flows) for one in pair} == {
        "us-east-to-central",
        "us-east-to-central-us",
    }


def test_what_no_flow_ever_carries_is_in_none_twice(local: Topology) -> None:
    flow = local.flows[0]
    both = {**flow.settings, "topics": [".*"]}
    one = type(flow)("a", "us-east", "central", both)
    assert overlaps.shared(one, one, ["a", "mm2-x.internal", "b.replica", "__c"]) == ["a"]
