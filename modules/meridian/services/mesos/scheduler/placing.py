"""Have a region's brokers or nodes of Elasticsearch run: told to their scheduler, started, waited for."""

import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from meridian.common.errors import MeridianError
from meridian.services.mesos.scheduler import wanted as wishes
from meridian.services.mesos.scheduler.services import Service
from meridian.topology.model import Region

_POLL_SECONDS = 0.5


class Scheduler(Protocol):
    """What :class:`~meridian.services.mesos.scheduler.client.SchedulerClient` does."""

    @property
    def service(self) -> Service:
        """What it runs."""

    def instances(self) -> list[dict[str, Any]]:
        """Return all brokers or nodes."""

    def ask(
        self, path: str, parameters: Mapping[str, str] | None = None, seconds: float = 0.0
    ) -> dict[str, Any]:
        """Do one operation."""

    def leader(self) -> str:
        """Return who leads."""


def place(
    scheduler: Scheduler,
    region: Region,
    report: Callable[[str], None] = lambda message: None,
    seconds: float = 180,
) -> list[str]:
    """Have all brokers, or nodes of Elasticsearch, of a region run.

    1. An instance leads. 2. What is new is added. 3. Options that differ are changed; a broker or node that
    runs takes them at its next restart. 4. What is not asked to run is started. 5. All run.

    :param report: told of each change.
    :param seconds: for each wait.
    :return: what was changed, one line each.
    :raises MeridianError: nobody leads in time, or some do not run; with the scheduler's reasons.
    """
    deadline = time.monotonic() + seconds
    _lead(scheduler, deadline)
    service = scheduler.service
    noun, prefix = service.noun, service.prefix
    wanted = wishes.of(service, region)
    done = []
    for one in wishes.missing(wanted, scheduler.instances()):
        scheduler.ask(f"{prefix}/add", {noun: str(one), **wanted[one]})
        done.append(f"{noun} {one} of {region.name} added")
    for one, changes in wishes.changed(wanted, scheduler.instances()).items():
        scheduler.ask(f"{prefix}/update", {noun: str(one), **changes})
        done.append(f"{noun} {one} of {region.name}: {', '.join(sorted(changes))}")
    idle = wishes.idle(wanted, scheduler.instances())
    if idle:
        scheduler.ask(f"{prefix}/start", {noun: ",".join(map(str, idle)), "timeout": "0"})
        done += [f"{noun} {one} of {region.name} started" for one in idle]
    for line in done:
        report(line)
    _run(scheduler, wanted, time.monotonic() + seconds)
    return done


def _lead(scheduler: Scheduler, deadline: float) -> None:
    while True:
        try:
            scheduler.leader()
            return
        except MeridianError:
            if time.monotonic() > deadline:
                raise
        time.sleep(_POLL_SECONDS)


def _run(scheduler: Scheduler, wanted: dict[int, dict[str, str]], deadline: float) -> None:
    while True:
        try:
            down = wishes.down(wanted, scheduler.instances())
            if not down:
                return
            noun = scheduler.service.noun
            why = "; ".join(f"{noun} {one} is {state}" for one, state in sorted(down.items()))
        except MeridianError as error:
            # A new leader is being chosen, perhaps.
            why = str(error)
        if time.monotonic() > deadline:
            raise MeridianError(why)
        time.sleep(_POLL_SECONDS)
