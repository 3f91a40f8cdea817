"""What the states of the proxy do on nodes of several kinds, against golden files; what must not show.

Accept a change that is meant with ``--update-golden``.
"""

from pathlib import Path
from typing import Any

import pytest
import yaml
from meridian.topology import node_pillar, roles

from tests.render import rendering
from tests.render.comparing import compare, topology

MESOS = """
kafka: {runtime: mesos}
nodes:
  kafka: {roles: [mesos-agent, kafka], size: medium}
  masters: {count: 3, roles: [zookeeper, mesos-master, marathon, kafka-controller], size: large}
zookeeper: {heap_mb: 64}
marathon: {heap_mb: 64}
"""
ALL = """
proxy:
  apps: {pipeline: 20080}
  mesos_dns: {source: /srv/mesos-dns, resolvers: [10.0.0.2]}
"""
# By golden file: pillar of the region, node, and whether its image has HAProxy.
KINDS = {
    "proxy-of-a-client": (MESOS, "services-1.us-east.local", True),
    "proxy-with-all": (MESOS + ALL, "kafka-2.us-east.local", False),
    "proxy-with-systemd": ("proxy: {enabled: true}", "services-1.us-east.local", True),
}
SECRETS: dict[str, Any] = {
    "kafka-scheduler": {"reader": "<password of the scheduler's reader>"},
    "marathon": {"admin": "<password of Marathon>"},
    "mesos": {"mesos-dns": "<password of Mesos-DNS>"},
}
STATES = [f"proxy{verb}" for verb in ("", ".check", ".clean")]


@pytest.fixture(params=sorted(KINDS))
def kind(request: pytest.FixtureRequest) -> str:
    """Each kind of node in turn."""
    return str(request.param)


@pytest.fixture
def rendered(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Render the states in the order of a node's life."""
    text, name, in_the_image = KINDS[kind]
    whole = topology("us-east", yaml.safe_load(text))
    node = whole.node(name)
    pillar = node_pillar(
        whole,
        name,
        secrets=SECRETS,
        certificates={
            "ca": "<CA>\n",
            "certificates": {
                one: {"certificate": "<c>\n", "key": "<k>\n"} for one in roles.services(node.roles)
            },
        },
        artifacts={"meridian": {"version": "1", "sha256": "0" * 64, "file": "meridian.tar.zst"}},
    )
    monkeypatch.setattr(rendering, "pillar", lambda environment, node: pillar)
    if not in_the_image:
        monkeypatch.setattr(rendering, "_IN_THE_IMAGE", set())
    return "".join(rendering.states("local", name, tmp_path, [sls]) for sls in STATES)


def test_the_states_are_as_they_were(kind: str, rendered: str, request: pytest.FixtureRequest) -> None:
    compare(rendered, kind, request)


def test_a_password_shows_in_no_file_that_others_may_read(rendered: str) -> None:
    for chunk in yaml.safe_load(rendered):
        [(name, arguments)] = chunk.items()
        if "<password of" in yaml.safe_dump(arguments, width=1000):
            assert name.startswith("/etc/meridian/proxy/mesos-dns.json")
            assert arguments["file.managed"]["mode"] == "0640"
            assert arguments["file.managed"]["show_changes"] is False
