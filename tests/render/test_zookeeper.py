"""What states do on a ZooKeeper server, and on a broker that keeps its metadata there, against golden files.

Accept a change that is meant with ``--update-golden``.
"""

from pathlib import Path
from typing import Any

import pytest
import yaml
from meridian.topology import node_pillar, roles

from tests.render import rendering
from tests.render.comparing import compare, topology

PILLAR = """
nodes:
  masters: {count: 3, roles: [zookeeper], size: small}
kafka: {mode: zookeeper, version: 3.9.2}
"""
SECRETS: dict[str, Any] = {
    "zookeeper": {
        name: f"<password of {name}>"
        for name in (
            "admin",
            "quorum",
            "kafka",
            "mesos",
            "marathon",
            "kafka-scheduler",
            "elasticsearch-scheduler",
        )
    }
}
STATES = {
    "zookeeper": [f"zookeeper{verb}" for verb in ("", ".check", ".paths", ".clean")],
    "kafka": ["kafka", "kafka.check"],
}
NODES = {"zookeeper": "masters-2.us-east.local", "kafka": "kafka-2.us-east.local"}
# Where a password may stand, and with which mode.
PRIVATE = {
    "zookeeper": {"/etc/meridian/zookeeper/jaas.conf": "0640"},
    "kafka": {"/etc/meridian/kafka/zookeeper-jaas.conf": "0640"},
}


@pytest.fixture(params=sorted(NODES))
def formula(request: pytest.FixtureRequest) -> str:
    """Each formula in turn."""
    return str(request.param)


@pytest.fixture
def rendered(formula: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Render the states in the order of a node's life."""
    whole = topology("us-east", yaml.safe_load(PILLAR))
    node = whole.node(NODES[formula])
    certificate = {"certificate": "<c>\n", "key": "<k>\n"}
    pillar = node_pillar(
        whole,
        node.id,
        secrets=SECRETS,
        certificates={"ca": "<CA>\n", "certificates": {formula: certificate}},
        artifacts={
            name: {"version": "1", "sha256": "0" * 64, "file": f"{name}.tar.zst"}
            for name in roles.artifacts(whole.region(node.region).settings, node.roles)
        },
    )
    monkeypatch.setattr(rendering, "pillar", lambda environment, node: pillar)
    return "".join(rendering.states("local", node.id, tmp_path, [sls]) for sls in STATES[formula])


def test_the_states_are_as_they_were(formula: str, rendered: str, request: pytest.FixtureRequest) -> None:
    name = {"zookeeper": "zookeeper", "kafka": "kafka-with-zookeeper"}[formula]
    compare(rendered, name, request)


def test_passwords_are_in_files_of_their_own_and_nowhere_else(formula: str, rendered: str) -> None:
    found = {}
    for chunk in yaml.safe_load(rendered):
        [(name, arguments)] = chunk.items()
        if "<password of" in yaml.safe_dump(arguments, width=1000):
            assert arguments["file.managed"]["show_changes"] is False
            found[name.split(" ")[0]] = arguments["file.managed"]["mode"]
    assert found == PRIVATE[formula]
