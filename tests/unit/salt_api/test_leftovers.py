"""A process of Salt's that ends without a word about what Salt has not closed."""

import gc
import subprocess
import sys
from pathlib import Path

import pytest
from meridian.salt_api import leftovers

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


def test_garbage_is_collected_between_steps_and_never_within() -> None:
    class Finalized:
        ended = 0

        def __del__(self) -> None:
            Finalized.ended += 1

    def circle() -> None:
        one = Finalized()
        one.itself = one  # type: ignore[attr-defined]

    try:
        leftovers.collect_between_steps.__wrapped__()
        gc.collect()
        for _ in range(5000):
            circle()
        assert Finalized.ended == 0
        leftovers.collect()
        assert Finalized.ended == 5000
    finally:
        gc.enable()
