"""What the states of Marathon do on one of three servers, against a golden file; what must not show in them.

Accept a change that is meant with ``--update-golden``.
"""

import difflib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import salt.config
import yaml
from meridian import paths
from meridian.edge.pillar_source import load_layers
from meridian.topology import Source, Topology, expand, node_pillar

from tests.render import rendering

GOLDEN = Path(__file__).parent / "formulas" / "marathon.yaml"
NODE = "masters-2.central.local"
PILLAR = """
nodes:
  masters: {count: 3, roles: [zookeeper, mesos-master, marathon], size: small}
marathon:
  heap_mb: 256
  config: {max_running_deployments: 20}
  groups:
    /shop: {apps: [{id: db, cmd: exec ./db}]}
  apps:
    /kafka-scheduler:
      cmd: exec /opt/meridian/kafka-scheduler/current/bin/kafka-scheduler
      secret_env: {API_SECRET: marathon:password}
"""
SECRETS: dict[str, Any] = {
    "zookeeper": {"marathon": "<password of ZooKeeper>"},
    "mesos": {"marathon": "<password of Mesos>"},
    "marathon": {"admin": "<password of the API>"},
}
STATES = [f"marathon{verb}" for verb in ("", ".check", ".apps", ".clean")]


def topology() -> Topology:
    opts = salt.config.minion_config(None)
    opts["pillar_roots"] = {"base": [str(paths.repository() / "pillar")]}
    layers = load_layers(opts, "local")
    added = Source("tests/render", {"overrides": {"central": yaml.safe_load(PILLAR)}})
    return expand(
        replace(layers, environments=(*layers.environments, added)),
        "local",
        network=rendering.NETWORK,
        slot=0,
    )


@pytest.fixture
def rendered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Render the states in the order of a node's life."""
    pillar = node_pillar(
        topology(),
        NODE,
        secrets=SECRETS,
        certificates={"ca": "<CA>\n", "certificates": {"marathon": {"certificate": "<c>\n", "key": "<k>\n"}}},
        artifacts={
            name: {"version": "1", "sha256": "0" * 64, "file": f"{name}.tar.zst"}
            for name in ("mesos", "marathon")
        },
    )
    monkeypatch.setattr(rendering, "pillar", lambda environment, node: pillar)
    return "".join(rendering.states("local", NODE, tmp_path, [sls]) for sls in STATES)


def test_the_states_are_as_they_were(rendered: str, request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--update-golden"):
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_text(rendered, encoding="utf-8")
        return
    known = GOLDEN.read_text(encoding="utf-8") if GOLDEN.exists() else ""
    lines = difflib.unified_diff(known.splitlines(), rendered.splitlines(), "golden", "rendered", lineterm="")
    difference = "\n".join(lines)
    if difference:
        pytest.fail(f"accept with --update-golden when it is meant:\n{difference[:6000]}", pytrace=False)


def test_passwords_are_in_files_of_their_own_and_nowhere_else(rendered: str) -> None:
    at: dict[str, set[str]] = {}
    for chunk in yaml.safe_load(rendered):
        [(name, arguments)] = chunk.items()
        for secret in (one[user] for one in SECRETS.values() for user in one):
            if secret in yaml.safe_dump(arguments, width=1000):
                at.setdefault(name.split(" ")[0], set()).add(secret)
    assert set(at) == {"/etc/meridian/marathon/environment", "/etc/meridian/marathon/credentials"}
    modes = {
        name.split(" ")[0]: arguments["file.managed"]["mode"]
        for chunk in yaml.safe_load(rendered)
        for name, arguments in chunk.items()
        if name.split(" ")[0] in at
    }
    assert modes == {
        "/etc/meridian/marathon/environment": "0640",
        "/etc/meridian/marathon/credentials": "0600",
    }
