"""What a role brings to a node."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from meridian.cloud import tags
from meridian.cloud.lifecycle import order
from meridian.common import paths
from meridian.topology import Layers, TopologyError, expand, node_pillar, roles
from meridian.topology.roles import Role


@pytest.mark.parametrize(
    ("settings", "wanted"),
    [
        ({}, True),
        ({"mesos": {"source": None}}, True),
        ({"mesos": {"source": "artifact"}}, True),
        ({"mesos": {"source": "package"}}, False),
        ({"mesos": {"source": "image"}}, False),
    ],
)
@pytest.mark.parametrize("role", ["mesos-master", "mesos-agent", "marathon"])
def test_a_tarball_of_mesos_is_needed_only_where_mesos_comes_as_one(
    settings: dict[str, dict[str, str | None]], wanted: bool, role: str
) -> None:
    found = roles.artifacts(settings, [role])
    assert ("mesos" in found) == wanted
    assert "meridian" in found
    assert ("marathon" in found) == (role == "marathon")


def _documented() -> tuple[str, Role]:
    """Return the entry that docs/extending.md shows."""
    text = (paths.repository() / "docs/extending.md").read_text()
    [entry] = re.findall(r"```python\n(\s*\"echo\": Role\(.*?\n)```", text, flags=re.DOTALL)
    [(name, role)] = eval(f"{{{entry}}}", {"Role": Role}).items()
    return name, role


def test_a_role_is_one_entry_of_the_table(
    monkeypatch: pytest.MonkeyPatch, bent: Callable[..., Layers]
) -> None:
    name, role = _documented()
    monkeypatch.setitem(roles.TABLE, name, role)
    group = f"{{ears: {{count: 1, roles: [{name}], size: small}}}}"
    topology = expand(bent(f"overrides: {{central: {{nodes: {group}}}}}"), "local")
    node = next(node for node in topology.nodes if node.group == "ears")
    pillar = node_pillar(topology, node.id)
    assert pillar["meridian"]["node"]["formulas"] == ["node", "pki", *role.formulas]
    assert roles.services(node.roles) == (role.service,)
    assert set(roles.artifacts({}, node.roles)) == {"meridian", *role.artifacts}
    there = {"a": "zookeeper", "b": name, "c": "kafka"}
    machines = {machine: {"tags": {tags.ROLE: of}} for machine, of in there.items()}
    assert order.removal(machines) == [["b"], ["c"], ["a"]]


def test_an_unknown_role_is_refused_with_those_there_are(bent: Callable[..., Layers]) -> None:
    with pytest.raises(TopologyError, match=r"expected .zookeeper., .objectstore.,"):
        expand(bent("overrides: {central: {nodes: {b: {count: 1, roles: [kafak], size: small}}}}"), "local")


def test_every_formula_of_a_role_is_there() -> None:
    folder: Path = paths.repository() / "salt"
    wanted = {formula for role in roles.TABLE.values() for formula in role.formulas}
    assert {formula for formula in wanted if not (folder / formula / "init.sls").exists()} == set()


def test_what_a_node_runs_is_applied_in_order_and_once() -> None:
    found = roles.formulas(["connect", "kafka", "zookeeper"], ["proxy", "kafka", "kafka_scheduler"])
    assert found == ("node", "pki", "proxy", "java", "zookeeper", "kafka", "connect", "kafka-scheduler")
    assert roles.formulas(["connect"], ["kafka_scheduler"]) == ("node", "pki", "java", "connect")
