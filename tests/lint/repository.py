"""The repository's files, as the checks see them."""

import subprocess
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


def tracked(*suffixes: str) -> list[str]:
    """Return the repository's files, those not yet committed among them, whose names end so.

    :param suffixes: of names; none for all files.
    """
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    return sorted(name for name in listed if name.endswith(suffixes or "") and (REPOSITORY / name).is_file())
