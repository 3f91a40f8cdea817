import os
import subprocess
import sys
from pathlib import Path

import pytest
from meridian.common.errors import MeridianError
from meridian.operations import lock

HOLD = """
import sys
from pathlib import Path
from meridian.operations import lock
lock.acquire("local", Path(sys.argv[1]), "deploy")
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path: Path):
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()


def test_second_deployment_is_told_who_holds_the_lock(holder: subprocess.Popen, tmp_path: Path) -> None:
    with pytest.raises(MeridianError, match=rf"local is locked: deploy by process {holder.pid} since"):
        lock.acquire("local", tmp_path, "deploy")


def test_another_environment_is_free(holder: subprocess.Popen, tmp_path: Path) -> None:
    lock.acquire("other", tmp_path, "deploy")
    lock.release("other")


def test_a_killed_deployment_leaves_no_lock(holder: subprocess.Popen, tmp_path: Path) -> None:
    os.kill(holder.pid, 9)
    holder.wait()
    lock.acquire("local", tmp_path, "deploy")
    lock.release("local")
