"""nftables, asked in its own words, so that only real differences show (nft(8))."""

import difflib
from pathlib import Path

from meridian.artifacts.commands import run
from meridian.common.errors import MeridianError

FILE = "/etc/meridian/firewall.nft"
TABLE = ("inet", "meridian")
UNIT = "meridian-firewall.service"


def in_effect() -> str:
    """Return our table as the kernel has it; empty when it has none.

    :raises MeridianError: when nft cannot be asked.
    """
    tables = run(["nft", "list", "tables"])
    if f"table {' '.join(TABLE)}" not in tables.splitlines():
        return ""
    return run(["nft", "--stateless", "list", "table", *TABLE])


def meant(path: str = FILE) -> str:
    """Return our table as the kernel would have it from a file.

    The file is loaded into a network namespace of its own, which nothing else sees and which ends with the
    call.

    :raises MeridianError: with nft's reason when the file is wrong, or there is none.
    """
    if not Path(path).exists():
        raise MeridianError(f"{path} is not there")
    script = 'nft --file "$1" && nft --stateless list table inet meridian'
    return run(["unshare", "--net", "sh", "-c", script, "sh", path])


def difference(path: str = FILE) -> list[str]:
    """Return what a file would change, as lines of a unified diff; empty when it is in effect."""
    lines = difflib.unified_diff(
        in_effect().splitlines(), meant(path).splitlines(), "in effect", path, lineterm="", n=0
    )
    return list(lines)


def load() -> None:
    """Put the file into effect, through the unit that does so at boot.

    :raises MeridianError: with the reason; what was in effect stays so.
    """
    run(["systemctl", "reload-or-restart", UNIT])
