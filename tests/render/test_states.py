"""The states and files of a node of each kind, in each environment, against golden files.

A change of a formula shows here as a change of what nodes would do: read it, then accept it with
``./meridian test --fast -k render --update-golden``.
"""

from pathlib import Path

import pytest
from meridian.topology import Node

from tests.render import rendering
from tests.render.comparing import compare

GOLDEN = Path(__file__).parent / "golden"
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
NODES = [
    (environment, node, what)
    for environment in ENVIRONMENTS
    for node in rendering.kinds(environment)
    for what in ("highstate", *BY_HAND.get(environment, ()))
]


@pytest.mark.parametrize(
    ("environment", "node", "what"), NODES, ids=[f"{node.id}-{what}" for _, node, what in NODES]
)
def test_render(
    environment: str, node: Node, what: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    golden = GOLDEN / environment / f"{node.id}.{what}.yaml"
    sls = None if what == "highstate" else rendering.by_hand(node, what)
    rendered = rendering.states(environment, node.id, tmp_path, sls)
    compare(rendered, golden, request)


def test_no_golden_file_is_left_over() -> None:
    known = {f"{environment}/{node.id}.{what}.yaml" for environment, node, what in NODES}
    assert {str(path.relative_to(GOLDEN)) for path in GOLDEN.rglob("*.yaml")} <= known
