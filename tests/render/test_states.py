"""The states and files of a node of each kind, in each environment, against golden ones.

A change of a formula shows here as a change of what nodes would do: read it, then accept it with
``./meridian test --fast -k render --update-golden``.
"""

from pathlib import Path

import pytest
from meridian.topology import Node

from tests.render import catalogue, rendering
from tests.render.comparing import compare, neutral

ENVIRONMENTS = (
    "local",
    "local-global",
    "local-mesos",
    "local-zookeeper",
    "local-search",
    "aws",
    "multicloud",
    "openstack",
)
# What is applied by hand is the same everywhere, but for checks of what only machines of clouds have.
BY_HAND = {"local": ("check", "clean"), "multicloud": ("check",)}
# Of single formulas, by the other tests of this folder.
CASES = {
    "elasticsearch-direct",
    "elasticsearch-mesos",
    "elasticsearch-proxy",
    "kafka-with-zookeeper",
    "marathon",
    "mesos-agent",
    "mesos-image",
    "mesos-master",
    "mesos-package-debian",
    "mesos-package-redhat",
    "mesos-package-redhat-master",
    "mesos-package-ubuntu",
    "proxy-of-a-client",
    "proxy-with-all",
    "proxy-with-systemd",
    "zookeeper",
}
NODES = [
    (environment, node, what)
    for environment in ENVIRONMENTS
    for node in rendering.kinds(environment)
    for what in ("highstate", *BY_HAND.get(environment, ()))
]


def _name(node: Node, what: str) -> str:
    return node.id if what == "highstate" else f"{node.id}.{what}"


@pytest.mark.parametrize(
    ("environment", "node", "what"), NODES, ids=[_name(node, what) for _, node, what in NODES]
)
def test_render(
    environment: str, node: Node, what: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    sls = None if what == "highstate" else rendering.by_hand(node, what)
    rendered = rendering.states(environment, node.id, tmp_path, sls)
    compare(neutral(rendered, rendering.topology(environment), node), _name(node, what), request)


def test_no_golden_node_is_left_over(request: pytest.FixtureRequest) -> None:
    known = {_name(node, what) for _, node, what in NODES} | CASES
    if request.config.getoption("--update-golden"):
        catalogue.forget(known)
        return
    assert catalogue.load().keys() == known


def test_golden_files_stay_readable() -> None:
    lines = {path.name: len(path.read_text().splitlines()) for path in catalogue.GOLDEN.glob("*.yaml")}
    assert sum(lines.values()) < 6000, lines
