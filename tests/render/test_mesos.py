"""What the states of Mesos do on a master and on agents, on Debian and the RHEL family, against golden files;
the flags that they come to; what must not show in them.

Accept a change that is meant with ``--update-golden``.
"""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from meridian.topology import node_pillar

from tests.doubles.mesos.flags import AGENT_FLAGS, MASTER_FLAGS, Flags
from tests.doubles.mesos.security import Acls
from tests.render import rendering
from tests.render.comparing import compare, topology

PILLAR = """
nodes:
  masters: {count: 3, roles: [zookeeper, mesos-master], size: medium}
  agents: {count: 2, roles: [mesos-agent], size: small}
  hosts: {count: 3, roles: [mesos-agent, kafka], size: medium}
mesos:
  agent:
    attributes: {rack: r1}
    resources: {cpus: 3.5, mem_mb: 6000}
    reserved: {kafka: {cpus: 2, disk_mb: 20000, ports: [9200-9299]}}
  config: {master: {role_sorter: drf}, agent: {max_completed_executors_per_framework: 20}}
"""
SECRETS: dict[str, Any] = {
    "zookeeper": {"mesos": "<password of ZooKeeper>"},
    "mesos": {
        name: f"<secret of {name}>"
        for name in ("agent", "elasticsearch-scheduler", "kafka-scheduler", "marathon", "operator")
    },
}
REDHAT = {
    "os": "AlmaLinux",
    "os_family": "RedHat",
    "osfinger": "AlmaLinux-9",
    "oscodename": "",
    "osmajorrelease": 9,
}
UBUNTU = {"os": "Ubuntu", "os_family": "Debian", "osfinger": "Ubuntu-24.04", "oscodename": "noble"}
# Name of the golden file, node, further pillar, grains that differ.
CASES = [
    ("mesos-master", "masters-2", {}, {}),
    ("mesos-agent", "hosts-1", {}, {}),
    ("mesos-package-debian", "agents-1", {"source": "package"}, {}),
    ("mesos-package-ubuntu", "agents-1", {"source": "package"}, UBUNTU),
    ("mesos-package-redhat", "agents-1", {"source": "package"}, REDHAT),
    ("mesos-package-redhat-master", "masters-2", {"source": "package"}, REDHAT),
    ("mesos-image", "agents-1", {"source": "image", "image": {"name": "example/mesos:1.11"}}, {}),
]


def render(
    node: str, changed: dict[str, Any], grains: dict[str, Any], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> str:
    """Render the states in the order of a node's life."""
    node_id = f"{node}.central.local"
    overrides = yaml.safe_load(PILLAR)
    overrides["mesos"] |= changed
    pillar = node_pillar(
        topology("central", overrides),
        node_id,
        secrets=SECRETS,
        certificates={"ca": "<CA>\n", "certificates": {"mesos": {"certificate": "<c>\n", "key": "<k>\n"}}},
        artifacts={"mesos": {"version": "1", "sha256": "0" * 64, "file": "mesos.tar.zst"}},
    )
    monkeypatch.setattr(rendering, "pillar", lambda environment, node: pillar)
    monkeypatch.setattr(rendering, "_GRAINS", rendering._GRAINS | grains)
    states = [f"mesos{verb}" for verb in ("", ".check", ".clean")]
    return "".join(rendering.states("local", node_id, folder, [sls]) for sls in states)


@pytest.mark.parametrize(("name", "node", "changed", "grains"), CASES, ids=[case[0] for case in CASES])
def test_the_states_are_as_they_were(
    name: str,
    node: str,
    changed: dict[str, Any],
    grains: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    rendered = render(node, changed, grains, tmp_path, monkeypatch)
    compare(rendered, name, request)


def files(node: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, Any]]:
    """Return the arguments of the file states of a node, by file."""
    rendered = yaml.safe_load(render(node, {}, {}, tmp_path, monkeypatch))
    return {
        key.split(" ")[0].rpartition("/")[2]: functions["file.managed"]
        for state in rendered
        for key, functions in state.items()
        if key.startswith("/etc/") and "file.managed" in functions
    }


def environment(text: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in text.splitlines() if line and not line.startswith("#"))


@pytest.mark.parametrize(
    ("node", "file", "known"), [("masters-1", "master", MASTER_FLAGS), ("hosts-1", "agent", AGENT_FLAGS)]
)
def test_mesos_knows_every_flag(
    node: str, file: str, known: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = files(node, tmp_path, monkeypatch)[file]["~ rendered"]
    names = {name[6:].lower() for name in environment(text) if name.startswith("MESOS_")}
    assert names <= set(known)
    # Read back as Mesos reads them, apart from files that are on nodes only.
    plain = {name: value for name, value in environment(text).items() if not value.startswith("file://")}
    flags = Flags("mesos", known).load([], plain)
    assert flags.text("hostname") == f"{node}.central.local"


def test_the_quorum_follows_from_the_number_of_masters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = files("masters-1", tmp_path, monkeypatch)["master"]["~ rendered"]
    assert environment(text)["MESOS_QUORUM"] == "2"


def test_an_agent_tells_where_it_is_and_what_it_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = environment(files("hosts-1", tmp_path, monkeypatch)["agent"]["~ rendered"])
    assert told["MESOS_ATTRIBUTES"] == "region:central;zone:us-east-2a;role:kafka;rack:r1"
    assert told["MESOS_RESOURCES"] == (
        "cpus:3.5;mem:6000;ports:[9092-9092,9094-9094,7000-7000,31000-32000];cpus(kafka):2;disk(kafka):20000;"
        "ports(kafka):[9200-9299]"
    )


def test_access_is_what_the_platform_needs_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    acls = Acls(json.loads(files("masters-1", tmp_path, monkeypatch)["acls.json"]["~ rendered"]))
    assert acls.allows("register_frameworks", "kafka-scheduler", ["kafka"])
    assert not acls.allows("register_frameworks", "kafka-scheduler", ["*"])
    assert not acls.allows("register_frameworks", "agent", ["*"])
    assert acls.allows("register_frameworks", "elasticsearch-scheduler", ["elasticsearch"])
    assert not acls.allows("register_frameworks", "elasticsearch-scheduler", ["kafka"])
    assert acls.allows("run_tasks", "elasticsearch-scheduler", ["elasticsearch"])
    assert acls.allows("run_tasks", "kafka-scheduler", ["kafka"])
    assert not acls.allows("run_tasks", "kafka-scheduler", ["root"])
    assert acls.allows("run_tasks", "marathon", ["nobody"])
    assert acls.allows("register_agents", "agent")
    assert not acls.allows("register_agents", "marathon")
    assert acls.allows("destroy_volumes", "kafka-scheduler", ["kafka-scheduler"])
    assert not acls.allows("destroy_volumes", "marathon", ["kafka-scheduler"])
    for action in ("drain_agents", "mark_agents_gone", "teardown_frameworks", "update_maintenance_schedules"):
        assert acls.allows(action, "operator", ["x"])
        assert not acls.allows(action, "kafka-scheduler", ["x"])


def test_secrets_are_in_files_of_their_own_and_nowhere_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = {}
    for node in ("masters-1", "hosts-1"):
        for name, arguments in files(node, tmp_path / node, monkeypatch).items():
            if "<secret" in arguments.get("~ rendered", "") or "<password" in arguments.get("~ rendered", ""):
                at[name] = arguments["mode"]
    assert at == dict.fromkeys(
        ("zookeeper", "credentials.json", "credential.json", "http-credentials.json"), "0640"
    )
    held = files("hosts-1", tmp_path / "again", monkeypatch)["http-credentials.json"]["~ rendered"]
    assert "operator" not in held
