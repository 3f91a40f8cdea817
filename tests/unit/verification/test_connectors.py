"""Verification names the connectors that run beside the pillar's flows."""

import pytest
from meridian.mirror import status
from meridian.topology import Topology
from meridian.verification import connectors

from tests.unit.topology.conftest import local, salt_options, shipped

__all__ = ["local", "salt_options", "shipped"]


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
