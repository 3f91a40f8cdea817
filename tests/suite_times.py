"""A table at the end of a run: each suite's wall time, the processors' time, and how much of it idled."""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

_STAT = Path("/proc/stat")
# Columns of the first line of /proc/stat that are time in which nobody computed: idle and iowait (proc(5)).
_IDLE = (3, 4)


@dataclass(frozen=True)
class Clock:
    """A moment.

    :ivar wall: seconds.
    :ivar busy: seconds that the machine's processors have computed since it was started.
    :ivar idle: seconds that they have not.
    """

    wall: float = 0.0
    busy: float = 0.0
    idle: float = 0.0

    @classmethod
    def now(cls) -> "Clock":
        """Return this moment; without ``/proc`` only its wall time."""
        if not _STAT.exists():
            return cls(time.monotonic())
        ticks = [int(word) for word in _STAT.read_text(encoding="ascii").split("\n", 1)[0].split()[1:9]]
        second = os.sysconf("SC_CLK_TCK")
        idle = sum(ticks[column] for column in _IDLE)
        return cls(time.monotonic(), (sum(ticks) - idle) / second, idle / second)

    def __sub__(self, other: "Clock") -> "Clock":
        return Clock(self.wall - other.wall, self.busy - other.busy, self.idle - other.idle)

    def __add__(self, other: "Clock") -> "Clock":
        return Clock(self.wall + other.wall, self.busy + other.busy, self.idle + other.idle)


def suite_of(place: str) -> str:
    """Return the suite of a test: its folder, of the suites of a platform its file.

    :param place: a test's node id, relative to the repository.
    """
    parts = place.split("::", 1)[0].split("/")
    if "integration" not in parts:
        return "/".join(parts[:2])
    inner = parts[parts.index("integration") :]
    depth = 3 if inner[1] == "platform" else 2
    return "/".join(inner[:depth]).removesuffix(".py")


class SuiteTimes:
    """Attribute the time of a run to its suites, fixtures to the test that first wants them."""

    def __init__(self) -> None:
        self._spent: dict[str, Clock] = {}
        self._tests: dict[str, int] = {}
        self._start = Clock.now()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Measure one test with its fixtures."""
        before = Clock.now()
        result = yield
        suite = suite_of(item.nodeid)
        self._spent[suite] = self._spent.get(suite, Clock()) + (Clock.now() - before)
        self._tests[suite] = self._tests.get(suite, 0) + 1
        return result

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the table; tests that other processes ran are one row."""
        whole = Clock.now() - self._start
        rows = [(name, self._tests[name], spent) for name, spent in self._spent.items()]
        terminalreporter.section("time by suite")
        terminalreporter.write_line(f"{'suite':<40} {'tests':>5} {'wall s':>7} {'busy s':>7} {'idle s':>7}")
        for name, tests, spent in [*rows, ("all", sum(self._tests.values()) or "", whole)]:
            terminalreporter.write_line(
                f"{name:<40} {tests:>5} {spent.wall:>7.0f} {spent.busy:>7.0f} {spent.idle:>7.0f}"
            )
