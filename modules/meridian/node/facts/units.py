"""systemd units of the platform, as systemd sees them."""

import subprocess
from typing import Any

_PROPERTIES = (
    "Id",
    "ActiveState",
    "SubState",
    "UnitFileState",
    "Restart",
    "User",
    "Group",
    "LimitNOFILE",
    "NRestarts",
    "StandardOutput",
    "StandardError",
    "MainPID",
    "NoNewPrivileges",
)


def read(pattern: str = "meridian-*.service") -> dict[str, dict[str, str]]:
    """Return the properties of loaded units.

    :param pattern: glob of unit names.
    :return: unit name without its suffix to its properties, as ``systemctl show`` prints them.
    """
    text = _run("systemctl", "show", pattern, "--all", "--no-pager", "--property", ",".join(_PROPERTIES))
    return parse(text)


def parse(text: str) -> dict[str, dict[str, str]]:
    """Read ``systemctl show``: blocks of ``Key=value``, an empty line between units."""
    units = {}
    for block in text.strip().split("\n\n"):
        found = dict(line.split("=", 1) for line in block.splitlines() if "=" in line)
        if "Id" in found:
            units[found.pop("Id").removesuffix(".service")] = found
    return units


def failed() -> list[str]:
    """Return the names of all units that failed, ours or not."""
    text = _run("systemctl", "list-units", "--failed", "--plain", "--no-legend", "--no-pager")
    return [line.split()[0] for line in text.splitlines() if line.strip()]


def in_journal() -> list[str]:
    """Return the names of the units that the journal has lines of."""
    return _run("journalctl", "--quiet", "--field", "_SYSTEMD_UNIT").split()


def _run(*command: str) -> str:
    done: Any = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    return str(done.stdout)
