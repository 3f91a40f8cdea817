"""What a machine must have before a local environment comes onto it."""

from dataclasses import replace
from pathlib import Path

import pytest
from meridian.common.errors import MeridianError
from meridian.operations import preflight

from tests.render.rendering import topology

GIB = 1024**3


def test_an_environment_that_does_not_fit_is_refused_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preflight, "available_memory", lambda: 4 * GIB)
    with pytest.raises(MeridianError, match=r"local-global needs 15.1 GiB .* 32 nodes, 4.0 GiB are free"):
        preflight.check(topology("local-global"), tmp_path)


def test_nodes_that_run_already_have_their_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight, "available_memory", lambda: 4 * GIB)
    preflight.check(topology("local-global"), tmp_path, running=32)
    preflight.check(topology("local-global"), tmp_path, running=25)


def test_machines_that_would_let_nobody_in_are_refused(tmp_path: Path) -> None:
    aws = topology("aws")
    preflight.reachable(aws)
    closed = [
        replace(region, settings={**region.settings, "firewall": {"operator": []}})
        if region.name == "eu-west"
        else region
        for region in aws.regions
    ]
    with pytest.raises(
        MeridianError, match=r"firewall.operator is empty for eu-west, .*environments/aws.sls"
    ):
        preflight.reachable(replace(aws, regions=tuple(closed)))
    preflight.reachable(topology("local"))
