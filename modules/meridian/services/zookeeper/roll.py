"""Bring an ensemble to what the topology and its servers' files say, one server after the other."""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from meridian.common.errors import MeridianError
from meridian.services.zookeeper.availability import why_not_stop
from meridian.services.zookeeper.members import Member, Membership, Step, steps

_POLL_SECONDS = 0.5
#: How long a server that is to be restarted anyway may take to come up before it is.
_PATIENCE_SECONDS = 15.0


@dataclass(frozen=True)
class Status:
    """What a node says of its server.

    :ivar mode: see :class:`meridian.services.zookeeper.srvr.Answer`; empty while it serves nobody.
    :ivar restart: why it has to be restarted, see :func:`meridian.services.zookeeper.node.pending`.
    """

    mode: str = ""
    restart: Sequence[str] = ()


class Ensemble(Protocol):
    """The world that a roll acts on. Servers are named by their ids."""

    def status(self) -> Mapping[int, Status]:
        """Return what each server that the topology wants says."""

    def membership(self, server: int) -> Membership:
        """Return who belongs to the ensemble, asked of a server that serves."""

    def change(self, server: int, step: Step, version: int) -> Membership:
        """Change the members, asked of a server that serves; return them afterwards."""

    def restart(self, server: int) -> None:
        """Restart a server."""

    def last_log_line(self, server: int) -> str:
        """Return the end of a server's log."""

    def name(self, server: int) -> str:
        """Return the node of a server."""


@dataclass
class _Roll:
    ensemble: Ensemble
    wanted: Mapping[int, Member]
    report: Callable[[str], None]
    deadline: float
    done: dict[str, str] = field(default_factory=dict)


def roll(
    ensemble: Ensemble,
    wanted: Mapping[int, Member],
    report: Callable[[str], None] = lambda message: None,
    deadline: float = 180,
) -> dict[str, str]:
    """Bring an ensemble to what is wanted.

    1. All servers serve: each is part of a quorum and has caught up with the leader. Those that do not come,
    and have a reason to be restarted, are restarted at once; they have nothing to lose. 2. Change the
    members, one server in each transaction, those who come before those who go. What an ensemble agrees on
    holds for all of its servers at once, so there is no moment with two majorities. 3. Restart the servers
    that have a reason, one after the other, the leader last: each may stop, stops, comes back, and all serve
    again.

    :param wanted: members as the topology has them.
    :param report: told of each change and restart.
    :param deadline: seconds for each wait.
    :return: node → what was done there.
    :raises MeridianError: a server does not come up, or must not go down; what comes after is left alone.
    """
    work = _Roll(ensemble, wanted, report, deadline)
    status = _wait_before(work)
    pending = {number: one.restart for number, one in status.items() if one.restart}
    if down := sorted(pending.keys() - _serving(status)):
        for number in down:
            _restart(work, number, pending.pop(number))
        status = _wait(ensemble, wanted, deadline, "after their restart: ")
    _members(work, status)
    for number in order(pending, _leader(ensemble.status())):
        node = ensemble.name(number)
        _await(partial(_why_not_stop, work, number), deadline, f"restart of {node}")
        _restart(work, number, pending[number])
        _wait(ensemble, wanted, deadline, f"after the restart of {node}: ")
    return work.done


def wait(ensemble: Ensemble, wanted: Collection[int], deadline: float) -> None:
    """Wait until all servers serve.

    :raises MeridianError: they do not in time; names the nodes, each with the last line of its log.
    """
    _wait(ensemble, wanted, deadline)


def order(pending: Collection[int], leader: int | None) -> list[int]:
    """Return in which order servers that serve are restarted: the leader last. Pure."""
    return sorted(pending, key=lambda one: (one == leader, one))


def _serving(status: Mapping[int, Status]) -> set[int]:
    return {number for number, one in status.items() if one.mode}


def _leader(status: Mapping[int, Status]) -> int | None:
    return next((number for number, one in status.items() if one.mode == "leader"), None)


def _wait_before(work: _Roll) -> Mapping[int, Status]:
    """Wait for all servers, but not long for those that are to be restarted; return what they say."""
    status = work.ensemble.status()
    pending = {number for number, one in status.items() if one.restart}
    try:
        patience = min(work.deadline, _PATIENCE_SECONDS) if pending else work.deadline
        return _wait(work.ensemble, work.wanted, patience)
    except _NotServing as problem:
        if problem.missing <= pending:
            return problem.status
        if not pending:
            raise
    # Of those that do not come, some have no reason to be restarted: they are only slow.
    return _wait(work.ensemble, set(work.wanted) - pending, work.deadline)


def _members(work: _Roll, status: Mapping[int, Status]) -> None:
    at = min(_serving(status))
    now = work.ensemble.membership(at)
    for step in steps(now.members, work.wanted, _leader(status)):
        work.report(str(step))
        now = work.ensemble.change(at, step, now.version)
        _wait(work.ensemble, set(work.wanted) & _serving(status), work.deadline, f"after {step}: ")
        at = min(_serving(work.ensemble.status()))
        work.done[work.ensemble.name(step.server)] = str(step)


def _why_not_stop(work: _Roll, number: int) -> str:
    return why_not_stop(number, work.wanted, _serving(work.ensemble.status()))


def _restart(work: _Roll, number: int, reasons: Sequence[str]) -> None:
    node, reason = work.ensemble.name(number), ", ".join(reasons)
    work.report(f"restarting ZooKeeper of {node}: {reason}")
    work.ensemble.restart(number)
    work.done[node] = "; ".join(filter(None, [work.done.get(node, ""), reason]))


def _await(why_not: Callable[[], str], deadline: float, what: str) -> None:
    until = time.monotonic() + deadline
    while why := why_not():
        if time.monotonic() > until:
            raise MeridianError(f"ZooKeeper, {what}: not now: {why}")
        time.sleep(_POLL_SECONDS)


class _NotServing(MeridianError):
    """Servers that did not come up in time.

    :ivar missing: their ids.
    :ivar status: what all servers said last.
    """

    def __init__(self, message: str, missing: Collection[int], status: Mapping[int, Status]) -> None:
        super().__init__(message)
        self.missing = frozenset(missing)
        self.status = status


def _wait(
    ensemble: Ensemble, expected: Collection[int], deadline: float, when: str = ""
) -> Mapping[int, Status]:
    until = time.monotonic() + deadline
    while True:
        status = ensemble.status()
        missing = sorted(set(expected) - _serving(status))
        if not missing:
            return status
        if time.monotonic() > until:
            break
        time.sleep(_POLL_SECONDS)
    said = "; ".join(f"{ensemble.name(one)} said last: {ensemble.last_log_line(one)}" for one in missing)
    count = f"{len(missing)} of {len(set(expected))} servers of ZooKeeper serve nobody"
    raise _NotServing(f"{when}{count} after {deadline:.0f} s; {said}", missing, status)
