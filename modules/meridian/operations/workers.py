"""Work on many machines of several providers at a time, a bounded number of each provider's, in processes."""

import ctypes
import multiprocessing
import os
import signal
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, Protocol

from meridian.cloud.errors import Quota, RateLimited, Refused, Unavailable
from meridian.cloud.lifecycle.creation import first_line
from meridian.cloud.lifecycle.outcome import Failure

# After one of these nothing more is begun at that provider in this run: it would only fail as well, each
# after its own deadline.
_HOPELESS = (Quota, Refused, RateLimited, Unavailable)


class Place(Protocol):
    """Where the work is done: a :class:`~meridian.salt_api.machines.ProviderClient`."""

    def work(self, action: str, name: str, settings: Any) -> None:
        """Do one machine's part; raises when it cannot."""


@dataclass(frozen=True)
class Job:
    """What is to be done at one provider.

    :ivar site: the provider.
    :ivar action: what :meth:`Place.work` knows, e.g. ``create``.
    :ivar work: machine name to what the action needs.
    :ivar parallel: how many machines are worked on at a time.
    """

    site: Place
    action: str
    work: Mapping[str, Any]
    parallel: int


# What a worker process inherits by being forked: Salt's loaders cannot be sent to it.
_job: Job | None = None
_stop: Any = None


def run(
    jobs: Sequence[Job], done: Callable[[str, str], None] = lambda name, reason: None
) -> dict[str, Failure]:
    """Do several providers' work at once.

    A provider whose quota is reached, that refuses us, or that did not answer for as long as our patience
    goes is given no further work.

    :param jobs: one for each provider; names are unique over all of them.
    :param done: told each machine as it ends, with the reason when it failed; not those that were not begun.
    :returns: how each failed that did, or was not begun, by name.
    """
    # Processes: salt-cloud puts the provider's name into module globals. Forked: it loads slowly.
    context = multiprocessing.get_context("fork")
    stops = [context.Event() for _ in jobs]
    with ExitStack() as pools:
        futures: dict[Future[Failure | None], str] = {}
        for job, stop in zip(jobs, stops, strict=True):
            if job.work:
                pool = ProcessPoolExecutor(
                    min(job.parallel, len(job.work)), context, _begin, (os.getpid(), job, stop)
                )
                pools.enter_context(pool)
                futures |= {pool.submit(_work, name): name for name in job.work}
        try:
            return _collected(futures, done)
        except BaseException:
            # An interrupted run ends what it has begun, and begins nothing more.
            for stop in stops:
                stop.set()
            raise


def _collected(
    futures: Mapping[Future[Failure | None], str], done: Callable[[str, str], None]
) -> dict[str, Failure]:
    failed: dict[str, Failure] = {}
    for future in as_completed(futures):
        name = futures[future]
        try:
            failure = future.result()
        except BrokenProcessPool:
            failure = Failure("its worker process was killed (out of memory?)")
        if failure is not None:
            failed[name] = failure
        if failure is None or failure.begun:
            done(name, failure.reason if failure else "")
    return failed


def _begin(parent: int, job: Job, stop: Any) -> None:
    global _job, _stop
    _die_with(parent)
    _job, _stop = job, stop


def _die_with(parent: int) -> None:
    """Have the kernel end this worker with the run that it works for, also when that one is killed."""
    set_parent_death_signal = 1
    ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _work(name: str) -> Failure | None:
    """Do one machine's part in a worker; return how it failed, for exceptions may not pickle."""
    assert _job is not None
    if _stop.is_set():
        return Failure(begun=False)
    try:
        _job.site.work(_job.action, name, _job.work[name])
    except Exception as problem:
        hopeless = isinstance(problem, _HOPELESS)
        if hopeless:
            _stop.set()
        reason = first_line(problem).removeprefix(f"{name}: ")
        return Failure(reason, quota=isinstance(problem, Quota), hopeless=hopeless)
    return None
