"""Golden files, and the environment that single formulas are rendered for."""

import difflib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import salt.config
from meridian.common import paths
from meridian.salt_api.pillar_files import load_layers
from meridian.topology import Source, Topology, expand

from tests.render import rendering

#: Golden files of formulas.
FORMULAS = Path(__file__).parent / "formulas"


def topology(region: str, overrides: Mapping[str, Any]) -> Topology:
    """Return the environment ``local`` with settings of one region changed."""
    opts = salt.config.minion_config(None)
    opts["pillar_roots"] = {"base": [str(paths.repository() / "pillar")]}
    layers = load_layers(opts, "local")
    added = Source("tests/render", {"overrides": {region: overrides}})
    layers = replace(layers, environments=(*layers.environments, added))
    return expand(layers, "local", network=rendering.NETWORK, slot=0)


def compare(rendered: str, golden: Path, request: pytest.FixtureRequest) -> None:
    """Fail with the difference of a rendering to its golden file, or accept it where that is asked for."""
    if request.config.getoption("--update-golden"):
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(rendered, encoding="utf-8")
        return
    known = golden.read_text(encoding="utf-8") if golden.exists() else ""
    lines = difflib.unified_diff(known.splitlines(), rendered.splitlines(), "golden", "rendered", lineterm="")
    difference = "\n".join(lines)
    if difference:
        pytest.fail(f"accept with --update-golden when it is meant:\n{difference[:6000]}", pytrace=False)
