"""Units of the platform that do not stay up: systemd starts them again and again."""

import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from meridian.common.errors import MeridianError
from meridian.common.retry import until
from meridian.node.facts import units

_PROPERTIES = ("Id", "ActiveState", "SubState", "Restart", "NRestarts", "ActiveEnterTimestampMonotonic")
#: Starts of a unit's that may have been those of its peers, which were not there yet.
_FEW = 3
#: Seconds after which a unit that was started again counts as one that stays.
STAYS_SECONDS = 10.0
_POLL_SECONDS = 1.0
_LINES = 50


def restarting(pattern: str = "meridian-*.service") -> list[dict[str, Any]]:
    """Return the units that were started again and do not stay, or have failed. One look, no wait.

    :param pattern: glob of unit names.
    :return: of each ``unit``, ``restarts`` (how often systemd has started it again) and ``line``, the last of
        its own log.
    """
    command = ["systemctl", "show", pattern, "--all", "--no-pager", "--property", ",".join(_PROPERTIES)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    now = time.monotonic()
    return [
        {"unit": name, "restarts": int(of.get("NRestarts") or 0), "line": last_line(name)}
        for name, of in sorted(units.parse(done.stdout).items())
        if not stays(of, now)
    ]


def stays(of: Mapping[str, str], now: float) -> bool:
    """Return whether a unit is one that stays, as far as one look can tell. Pure.

    :param of: its properties, as ``systemctl show`` tells them.
    :param now: seconds of the monotonic clock.
    """
    if of.get("ActiveState") == "failed" or of.get("SubState") == "auto-restart":
        return False
    if int(of.get("NRestarts") or 0) < _FEW or of.get("ActiveState") == "inactive":
        return True
    since = int(of.get("ActiveEnterTimestampMonotonic") or 0) / 1e6
    return of.get("ActiveState") == "active" and now - since >= STAYS_SECONDS


def told(node: str, found: Mapping[str, Any]) -> str:
    """Return in one line what does not stay. Pure."""
    times = f"was started again {found['restarts']} times" if found["restarts"] else "does not stay up"
    return f"{node}: {found['unit']} {times}; it said last: {found['line'] or 'nothing'}"


def must_stay(
    node: str,
    unit: str,
    seconds: float,
    look: Callable[[str], list[dict[str, Any]]] = restarting,
) -> None:
    """Wait until a unit stays up: no longer than a moment, where it was not started again and again.

    :param node: its node's name, for the message.
    :param seconds: how long to wait at most.
    :raises MeridianError: it does not; with how often it was started, and the last line of its log.
    """
    found: list[dict[str, Any]] = []

    def well() -> bool:
        found[:] = look(f"{unit}.service")
        return not found

    if not until(well, seconds, _POLL_SECONDS):
        raise MeridianError(told(node, found[0]))


@contextmanager
def watched(
    node: str,
    unit: str,
    seconds: float,
    look: Callable[[str], list[dict[str, Any]]] = restarting,
) -> Iterator[None]:
    """Wait in the body for what a unit serves; then the unit has to stay as well.

    :param seconds: how long both may take.
    :raises MeridianError: what the body raised, and how often the unit was started; or it does not stay.
    """
    began = time.monotonic()
    try:
        yield
    except MeridianError as error:
        lines = [told(node, one) for one in look(f"{unit}.service")]
        raise MeridianError("; ".join([str(error), *lines])) from error
    # Once it has served, the time that is left may be short of what a look takes.
    must_stay(node, unit, max(STAYS_SECONDS + _POLL_SECONDS, began + seconds - time.monotonic()), look)


def last_line(unit: str) -> str:
    """Return the last line of a unit's own log, of an error where there is one."""
    command = ["journalctl", "--quiet", f"_SYSTEMD_UNIT={unit}.service", "--output", "cat", "--no-pager"]
    done = subprocess.run(
        [*command, "--lines", str(_LINES)], capture_output=True, text=True, timeout=20, check=False
    )
    return telling(done.stdout.splitlines())


def telling(lines: list[str]) -> str:
    """Return the last line that says what went wrong; else the last. Pure."""
    said = [line.strip() for line in lines if line.strip()]
    bad = [line for line in said if "Traceback" not in line and any(one in line for one in _BAD)]
    return (bad or said or [""])[-1][:300]


_BAD = ("ERROR", "FATAL", "Exception", "Error:", "error:", "Failed", "refused to start")
