"""Verification fails where records are kept from a flow, and says why."""

import pytest
from meridian.services.mirror import status
from meridian.topology import Topology
from meridian.verification import kept_back

from tests.unit.topology.conftest import local, salt_options, shipped

__all__ = ["local", "salt_options", "shipped"]


def test_a_flow_whose_records_were_removed_fails_with_the_numbers(
    monkeypatch: pytest.MonkeyPatch, local: Topology
) -> None:
    line = "neg/0 of us-east: 90 records were removed"
    found = {flow.name: {"problems": []} for flow in local.flows} | {
        "us-east-to-central": {"problems": [line]}
    }
    monkeypatch.setattr(status, "of_topology", lambda *_: found)
    rows = {row.name.partition(":")[0]: row for row in kept_back.check(local)}
    assert (rows["us-east-to-central"].ok, rows["us-east-to-central"].note) == (False, line)
    assert rows["eu-west-to-central"].ok
