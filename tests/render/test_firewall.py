"""The rules of nodes that filter for themselves, as nftables takes them."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from meridian.topology import firewall

from tests.render import rendering

NODES = [
    node.id
    for region in rendering.topology("multicloud").regions
    if firewall.on_node(region)
    for node in region.nodes
]


@pytest.mark.parametrize(
    "node", [next(node for node in NODES if name in node) for name in ("kafka", "services")]
)
def test_nftables_takes_the_rules(node: str, tmp_path: Path) -> None:
    if os.geteuid() != 0 or shutil.which("nft") is None:
        pytest.skip("needs root and nftables")
    rendered = yaml.safe_load(rendering.states("multicloud", node, tmp_path, ["node.firewall"]))
    texts = [
        arguments["~ rendered"]
        for chunk in rendered
        for arguments in next(iter(chunk.values())).values()
        if arguments.get("source") == "salt://node/files/firewall.nft"
    ]
    rules = tmp_path / "firewall.nft"
    rules.write_text(texts[0])
    done = subprocess.run(["nft", "--check", "--file", rules], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
