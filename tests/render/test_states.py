"""The states and files of a node of each kind, in each environment, against golden files.

A change of a formula shows here as a change of what nodes would do: read it, then accept it with
``./meridian test --fast -k render --update-golden``.
"""

import difflib
from pathlib import Path

import pytest
from meridian.topology import Node

from tests.render import rendering

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
    if request.config.getoption("--update-golden"):
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(rendered, encoding="utf-8")
        return
    known = golden.read_text(encoding="utf-8") if golden.exists() else ""
    lines = difflib.unified_diff(
        known.splitlines(), rendered.splitlines(), str(golden.name), "rendered", lineterm=""
    )
    difference = "\n".join(lines)
    if difference:
        pytest.fail(f"accept with --update-golden when it is meant:\n{difference[:6000]}", pytrace=False)


def test_no_golden_file_is_left_over() -> None:
    known = {f"{environment}/{node.id}.{what}.yaml" for environment, node, what in NODES}
    assert {str(path.relative_to(GOLDEN)) for path in GOLDEN.rglob("*.yaml")} <= known
