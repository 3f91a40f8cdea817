"""Have a region's brokers run: told to the scheduler, started, waited for."""

import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from meridian.errors import MeridianError
from meridian.scheduler import wanted as wishes
from meridian.topology.model import Region

_POLL_SECONDS = 0.5


class Scheduler(Protocol):
    """What :class:`~meridian.scheduler.client.SchedulerClient` does."""

    def brokers(self) -> list[dict[str, Any]]:
        """Return all brokers."""

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
    """Have all brokers of a region run.

    1. An instance leads. 2. Brokers that are new are added. 3. Options that differ are changed; a broker that
    runs takes them at its next restart. 4. What is not asked to run is started. 5. All run.

    :param report: told of each change.
    :param seconds: for each wait.
    :return: what was changed, one line each.
    :raises MeridianError: nobody leads in time, or brokers do not run; with the scheduler's reasons.
    """
    deadline = time.monotonic() + seconds
    _lead(scheduler, deadline)
    wanted = wishes.brokers(region)
    done = []
    for broker in wishes.missing(wanted, scheduler.brokers()):
        scheduler.ask("/api/broker/add", {"broker": str(broker), **wanted[broker]})
        done.append(f"broker {broker} of {region.name} added")
    for broker, changes in wishes.changed(wanted, scheduler.brokers()).items():
        scheduler.ask("/api/broker/update", {"broker": str(broker), **changes})
        done.append(f"broker {broker} of {region.name}: {', '.join(sorted(changes))}")
    idle = wishes.idle(wanted, scheduler.brokers())
    if idle:
        scheduler.ask("/api/broker/start", {"broker": ",".join(map(str, idle)), "timeout": "0"})
        done += [f"broker {broker} of {region.name} started" for broker in idle]
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
            down = wishes.down(wanted, scheduler.brokers())
            if not down:
                return
            why = "; ".join(f"broker {broker} is {state}" for broker, state in sorted(down.items()))
        except MeridianError as error:
            # A new leader is being chosen, perhaps.
            why = str(error)
        if time.monotonic() > deadline:
            raise MeridianError(why)
        time.sleep(_POLL_SECONDS)
