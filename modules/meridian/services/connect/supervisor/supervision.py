"""What of a worker's connectors and tasks has failed, since when, and when each is restarted. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from meridian.services.connect.supervisor.causes import Cause, judge
from meridian.services.connect.traces import first_lines

#: Seconds from a failure to its first restart, and at most to a later one; each pause is twice the last.
#: What passes is back within 30 s of its end: the pause, and a start of some seconds.
PAUSES = {Cause.PASSES: (2.0, 15.0), Cause.UNKNOWN: (5.0, 300.0), Cause.STAYS: (600.0, 600.0)}
#: Seconds without a failure after which the next one is a first one again.
STEADY = 60.0
# These are left as somebody wanted them.
_AT_REST = ("PAUSED", "STOPPED")

#: A connector's name, and the number of its task; ``None``: the connector itself.
Part = tuple[str, int | None]


@dataclass
class _Watched:
    """Times are of a clock that only goes on, but for ``since``. No ``due``: it is to be planned."""

    failed: bool = False
    since: float = 0.0
    reason: str = ""
    cause: Cause = Cause.UNKNOWN
    restarts: int = 0
    restarted: float = float("-inf")
    pause: float = 0.0
    due: float | None = None


@dataclass
class Supervision:
    """Watches what one worker carries; the others' is theirs, and Connect gives them what a dead one had.

    :param worker: ``host:port``, the worker's id.
    """

    worker: str
    _watched: dict[Part, _Watched] = field(default_factory=dict)

    def look(self, statuses: Mapping[str, Mapping[str, Any]], now: float, date: float) -> list[Part]:
        """Take in what Connect says; return what is to be restarted now.

        :param statuses: by connector: ``{"connector": {"state", "worker_id", …}, "tasks": [{"id", …}]}``.
        :param now: seconds of a clock that only goes on.
        :param date: seconds since the epoch.
        """
        failed = self._failed(statuses)
        self._watched = {part: one for part, one in self._watched.items() if part[0] in statuses}
        for part, one in self._watched.items():
            one.failed = one.failed and part in failed
        for part, trace in failed.items():
            one = self._watched.setdefault(part, _Watched())
            cause = judge(trace)
            again = now - one.restarted < STEADY
            if not one.failed and not again:
                one.since = date
            if not one.failed or one.due is None or cause is not one.cause:
                first, most = PAUSES[cause]
                one.pause = min(one.pause * 2, most) if again and cause is one.cause else first
                one.due = now + one.pause
            one.failed, one.cause, one.reason = True, cause, first_lines(trace)
        return [part for part in failed if now >= (self._watched[part].due or 0)]

    def restarted(self, part: Part, now: float) -> None:
        """Note a restart. Where it is failed still when looked at next, the pause has doubled."""
        one = self._watched[part]
        one.restarts += 1
        one.restarted = now
        one.due = None

    def facts(self) -> list[dict[str, Any]]:
        """Return what has failed since the supervisor was started, worst first, then by name.

        Each has ``connector``, ``task`` (``None``: the connector itself), ``failed``, ``since`` (when it
        failed first of the last time, in seconds since the epoch), ``reason``, ``cause`` and ``restarts``.
        """
        return [
            {
                "connector": name,
                "task": task,
                "failed": one.failed,
                "since": one.since,
                "reason": one.reason,
                "cause": one.cause.value,
                "restarts": one.restarts,
            }
            for (name, task), one in sorted(self._watched.items(), key=_worst_first)
        ]

    def _failed(self, statuses: Mapping[str, Mapping[str, Any]]) -> dict[Part, str]:
        """Return the traces of what has failed on this worker and is meant to run."""
        found: dict[Part, str] = {}
        for name, status in statuses.items():
            connector = status.get("connector") or {}
            if connector.get("state") in _AT_REST:
                continue
            parts = [(None, connector), *((task["id"], task) for task in status.get("tasks") or ())]
            for number, part in parts:
                if part.get("state") == "FAILED" and part.get("worker_id") == self.worker:
                    found[name, number] = part.get("trace") or ""
        return found


def _worst_first(item: tuple[Part, _Watched]) -> tuple[bool, str, int]:
    (name, task), one = item
    return not one.failed, name, -1 if task is None else task
