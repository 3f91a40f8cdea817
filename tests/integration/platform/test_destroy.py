"""The end: an environment goes with all that it had."""

import shutil
import sys
from pathlib import Path

from tests.integration.clone import REPOSITORY, Clone


def test_destroy_asks_and_leaves_nothing(platform: Clone) -> None:
    made = platform.platform
    assert platform.meridian("destroy", code=1).code == 1, "it must not go on when nobody can be asked"
    assert platform.status()["ok"]
    platform.meridian("destroy", "--yes", timeout=300)
    # What comes next extends this environment as it is shipped, not as a test has moved it, whatever is left.
    shipped = Path("pillar/environments/local.sls")
    shutil.copy2(REPOSITORY / shipped, platform.folder / shipped)
    assert platform.left_of(made) == []
    assert running_below(platform.folder) == []
    assert [path.name for path in (platform.folder / ".platform").iterdir()] == ["venv"]


def running_below(folder: Path) -> list[str]:
    """Return the command lines of processes that run out of a folder."""
    if not sys.platform.startswith("linux"):
        return []
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(folder) in command:
            found.append(command)
    return found
