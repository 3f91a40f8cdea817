"""The external pillar, found by Salt's own loader through the package's entry point."""

from pathlib import Path
from typing import Any

import pytest
import salt.config
import salt.loader
from meridian import pki
from meridian.common import paths
from meridian.salt_api.pillar_files import load_topology


@pytest.fixture
def external(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The function as a master calls it, over the shipped pillar and a fresh clone's state."""
    monkeypatch.setattr(paths, "state", lambda: tmp_path)
    options = {**salt.config.master_config(None), "pillar_roots": {}, "cachedir": str(tmp_path / "cache")}
    topology = load_topology(options, "local")
    pki.ensure(topology, paths.secrets("local"))
    return salt.loader.pillars(options, {})["meridian"]


def test_a_node_gets_its_slice_with_its_keys(external: Any) -> None:
    pillar = external("kafka-1.eu-west.local", {})
    assert pillar["meridian"]["region"] == "eu-west"
    assert set(pillar["pki"]["certificates"]) == {"kafka"}


@pytest.mark.parametrize("minion", ["kafka-4.eu-west.local", "kafka-1.eu-west.nowhere", "local", "stranger"])
def test_a_minion_that_no_environment_has_gets_nothing(external: Any, minion: str) -> None:
    assert external(minion, {}) == {}
