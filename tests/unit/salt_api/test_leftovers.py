"""A process of Salt's that ends without a word about what Salt has not closed."""

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import sys
import salt.config
import salt.minion
import salt.runner
from meridian.salt_api import leftovers

defaults = dict(salt.config.DEFAULT_MASTER_OPTS, root_dir=sys.argv[1], file_roots=dict(base=[]))
opts = salt.config.master_config("/nowhere", defaults=defaults)
{first}
kept = salt.minion.MasterMinion(opts)
salt.runner.RunnerClient(opts)
"""


@pytest.mark.parametrize(("first", "told"), [("", True), ("leftovers.close_at_exit()", False)])
def test_a_process_ends_quietly(tmp_path: Path, first: str, told: bool) -> None:
    command = [sys.executable, "-c", PROGRAM.format(first=first), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert ("unclosed" in done.stderr) is told
    assert "Traceback" not in done.stderr
