"""What a service says about itself: log lines for people, a status file for programs."""

import json
import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from meridian.services.daemon.notify import notify

_REPEAT = 300.0
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass
class Problems:
    """Problems by where they arise. Each is logged when it comes, every five minutes, and when it is over.

    :ivar log: the service's logger.
    """

    log: logging.Logger
    current: dict[str, str] = field(default_factory=dict)
    _logged: dict[str, float] = field(default_factory=dict)

    def update(self, where: str, problem: str, now: float) -> None:
        """Note the state of one place; an empty problem means that all is well."""
        before = self.current.get(where, "")
        if not problem:
            if before:
                self.log.info("over: %s", before)
                del self.current[where]
            return
        self.current[where] = problem
        if problem != before or now - self._logged.get(where, -_REPEAT) >= _REPEAT:
            self.log.error("%s", problem)
            self._logged[where] = now


def write(path: str, facts: Mapping[str, Any]) -> None:
    """Replace the status file; one that cannot be written is no reason to stop working."""
    temporary = Path(f"{path}.new")
    try:
        temporary.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
        temporary.replace(path)
    except OSError as error:
        logging.getLogger("meridian").debug("%s: %s", path, error)


def alive(summary: str) -> None:
    """Tell systemd that the service works, and how."""
    notify("WATCHDOG=1", f"STATUS={summary}")


def resident_bytes() -> int:
    """Return the memory that the process occupies."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * _PAGE
