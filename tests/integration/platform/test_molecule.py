"""The kafka formula on a machine of its own."""

import os
import subprocess

from tests.integration.clone import Clone


def test_kafka_formula(platform: Clone) -> None:
    """Made, converged, converged again without a change, looked at and used, destroyed."""
    tools = platform.folder / ".platform" / "venv" / "bin"
    done = subprocess.run(
        [str(tools / "molecule"), "test", "--scenario-name", "kafka"],
        cwd=platform.folder,
        env=os.environ | {"PATH": f"{tools}{os.pathsep}{os.environ['PATH']}", "NO_COLOR": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
        check=False,
    )
    if done.returncode != 0:
        platform.fail("molecule test --scenario-name kafka", done.stdout)
