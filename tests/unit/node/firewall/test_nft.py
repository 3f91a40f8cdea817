"""The rules in effect beside those of the file, in a network namespace that ends with the test."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from meridian.common.errors import MeridianError
from meridian.node.firewall import nft

RULES = """table inet meridian
delete table inet meridian
table inet meridian {
	chain input {
		type filter hook input priority filter; policy drop;
		ct state established,related accept
		ip saddr { 192.0.2.1, 192.0.2.2/31 } tcp dport 9092 accept
	}
}
"""

HEAD = """
import subprocess, sys
from meridian.node.firewall import nft

def run(*command):
    subprocess.run(command, check=True)

"""


def possible() -> bool:
    """Tell whether this machine lets us have a network namespace with nftables."""
    if os.geteuid() != 0 or shutil.which("nft") is None:
        return False
    asked = subprocess.run(["unshare", "--net", "nft", "list", "tables"], capture_output=True, check=False)
    return asked.returncode == 0


pytestmark = pytest.mark.skipif(not possible(), reason="needs root, nftables and network namespaces")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "firewall.nft"
    path.write_text(RULES)
    return path


def apart(script: str, *arguments: str) -> str:
    """Run Python in a network namespace of its own; return what it prints."""
    done = subprocess.run(
        ["unshare", "--net", sys.executable, "-c", HEAD + script, *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_what_was_loaded_is_in_effect_and_what_somebody_changed_is_told(file: Path) -> None:
    said = apart(
        "path = sys.argv[1]\n"
        "print(len(nft.difference(path)) > 3)\n"
        "run('nft', '-f', path); run('nft', '-f', path)\n"
        "print(nft.difference(path))\n"
        "run('nft', 'add', 'rule', 'inet', 'meridian', 'input', 'tcp', 'dport', '22', 'accept')\n"
        "print([line for line in nft.difference(path) if line.startswith('-\\t')])\n"
        "run('nft', 'flush', 'ruleset')\n"
        "print(len(nft.difference(path)) > 3)\n",
        str(file),
    )
    assert said.splitlines() == ["True", "[]", "['-\\t\\ttcp dport 22 accept']", "True"]


def test_tables_of_others_stay(file: Path) -> None:
    said = apart(
        "run('nft', 'add', 'table', 'ip', 'docker'); run('nft', '-f', sys.argv[1])\n"
        "run('nft', 'list', 'tables')\n",
        str(file),
    )
    assert said.splitlines() == ["table ip docker", "table inet meridian"]


def test_a_wrong_file_is_refused_with_the_reason(file: Path) -> None:
    file.write_text(RULES.replace("dport 9092", "dport nowhere"))
    with pytest.raises(MeridianError, match="nowhere"):
        nft.meant(str(file))
    with pytest.raises(MeridianError, match="is not there"):
        nft.meant(str(file.parent / "none"))
