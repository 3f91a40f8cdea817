"""What the states of Marathon do on one of three servers, against a golden file; what must not show in them.

Accept a change that is meant with ``--update-golden``.
"""

from pathlib import Path
from typing import Any

import pytest
import yaml
from meridian.topology import node_pillar

from tests.render import rendering
from tests.render.comparing import compare, topology

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


@pytest.fixture
def rendered(tmp_path: Path, node: None) -> str:
    """Render the states in the order of a node's life."""
    return "".join(rendering.states("local", NODE, tmp_path, [sls]) for sls in STATES)


@pytest.fixture
def node(monkeypatch: pytest.MonkeyPatch) -> None:
    """The node, as states find it."""
    pillar = node_pillar(
        topology("central", yaml.safe_load(PILLAR)),
        NODE,
        secrets=SECRETS,
        certificates={"ca": "<CA>\n", "certificates": {"marathon": {"certificate": "<c>\n", "key": "<k>\n"}}},
        artifacts={
            name: {"version": "1", "sha256": "0" * 64, "file": f"{name}.tar.zst"}
            for name in ("mesos", "marathon")
        },
    )
    monkeypatch.setattr(rendering, "pillar", lambda environment, node: pillar)


def test_the_states_are_as_they_were(rendered: str, request: pytest.FixtureRequest) -> None:
    compare(rendered, "marathon", request)


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


def test_its_driver_speaks_as_masters_do(rendered: str, node: None, tmp_path: Path) -> None:
    """All settings of TLS agree, but for whose certificate it is."""
    masters = rendering.states("local", NODE, tmp_path / "masters", ["mesos"])
    found = [
        _tls(text, file) for text, file in ((rendered, "marathon/environment"), (masters, "mesos/master"))
    ]
    assert found[0] == found[1]
    assert found[0]["VERIFY_SERVER_CERT"] == "true"
    assert found[0]["SUPPORT_DOWNGRADE"] == "false"
    assert found[0]["HOSTNAME_VALIDATION_SCHEME"] == "openssl"


def _tls(text: str, file: str) -> dict[str, str]:
    arguments = next(
        functions["file.managed"]
        for state in yaml.safe_load(text)
        for key, functions in state.items()
        if key.split(" ")[0] == f"/etc/meridian/{file}"
    )
    lines = [line.partition("=") for line in arguments["~ rendered"].splitlines()]
    found = {
        name.removeprefix("LIBPROCESS_SSL_"): value for name, _, value in lines if "LIBPROCESS_SSL" in name
    }
    return {name: value.replace("/marathon.", "/mesos.") for name, value in found.items()}
