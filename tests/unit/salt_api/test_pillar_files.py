"""Rendering the pillar's files, and keeping what came of them."""

import json
import logging
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
import salt.config
from meridian.common import paths
from meridian.common.errors import MeridianError
from meridian.salt_api import pillar_files


@pytest.fixture
def options(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Options over a copy of the shipped pillar, and a clone's state folder of its own."""
    shutil.copytree(paths.repository() / "pillar", tmp_path / "pillar")
    monkeypatch.setattr(paths, "state", lambda: tmp_path / "state")
    (tmp_path / "state").mkdir()
    return {**salt.config.master_config(None), "pillar_roots": {"base": [str(tmp_path / "pillar")]}}


def write(options: dict[str, Any], name: str, text: str) -> None:
    path = Path(options["pillar_roots"]["base"][0]) / name
    before = path.stat().st_mtime_ns if path.exists() else 0
    path.write_text(text)
    os.utime(path, ns=(before + 1_000_000, before + 1_000_000))


def test_a_topology_is_kept_until_a_file_changes(options: dict[str, Any]) -> None:
    first = pillar_files.load_topology(options, "local")
    assert pillar_files.load_topology(options, "local") is first
    write(options, "defaults/pki.sls", "pki: {validity_days: 90, renew_before_days: 10}")
    again = pillar_files.load_topology(options, "local")
    assert again.regions[0].settings["pki"]["validity_days"] == 90


def test_the_clones_allotment_decides_the_network(options: dict[str, Any]) -> None:
    assert pillar_files.load_topology(options, "local").settings["local"]["network"] == "10.213.0.0/16"
    record = {"network": "10.215.0.0/16", "slots": {"local": 2}, "platform": "0"}
    (paths.state() / "networks.json").write_text(json.dumps(record))
    node = pillar_files.load_topology(options, "local").nodes[0]
    assert node.addresses.management == "10.215.2.10"


def test_an_environment_without_a_slot_is_expanded_for_the_one_it_will_get(options: dict[str, Any]) -> None:
    record = {"network": "10.215.0.0/16", "slots": {"local": 0, "test": 2}, "platform": "0"}
    (paths.state() / "networks.json").write_text(json.dumps(record))
    node = pillar_files.load_topology(options, "local-global").nodes[0]
    assert node.addresses.management == "10.215.1.10"


def test_a_file_may_be_a_template(options: dict[str, Any]) -> None:
    write(options, "defaults/pki.sls", "pki: {validity_days: {{ 9 * 10 }}, renew_before_days: 10}")
    assert pillar_files.load_topology(options, "local").regions[0].settings["pki"]["validity_days"] == 90


def test_files_that_cannot_be_rendered_are_told_together(
    options: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL + 1, "salt")
    write(options, "regions/us-east.sls", "nodes:\n  kafka: {count: 3}\n  kafka: {count: 4}\n")
    write(options, "defaults/pki.sls", "pki: {{ nonsense(")
    write(options, "defaults/kafka.sls", "- a\n- list\n")
    with pytest.raises(MeridianError) as caught:
        pillar_files.load_topology(options, "local")
    lines = str(caught.value).splitlines()
    assert lines[0] == "pillar/defaults/kafka.sls: expected a mapping of sections"
    assert lines[1].startswith("pillar/defaults/pki.sls: cannot be rendered: Jinja syntax error")
    assert lines[2] == "pillar/regions/us-east.sls: nodes.kafka: expected each key once, found it again"
    assert len(lines) == 3


def test_an_unknown_environment_names_the_nearest(options: dict[str, Any]) -> None:
    with pytest.raises(
        MeridianError, match=r"no environment 'locl' in pillar/environments/; did you mean 'local'\?"
    ):
        pillar_files.load_topology(options, "locl")


@pytest.mark.parametrize(
    ("base", "message"),
    [
        ("locale", "environment.extends: no environment 'locale'; did you mean 'local'?"),
        ("odd", "environment.extends: extends itself: odd > odd"),
    ],
)
def test_an_environment_extends_a_real_other_one(options: dict[str, Any], base: str, message: str) -> None:
    write(options, "environments/odd.sls", f"environment: {{extends: {base}}}")
    with pytest.raises(MeridianError) as caught:
        pillar_files.load_topology(options, "odd")
    assert str(caught.value) == f"pillar/environments/odd.sls: {message}"
