"""Brokers of one node as the region's scheduler has them: stopped in good order, started again."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from meridian.common.errors import MeridianError
from meridian.services.mesos.scheduler.placing import Scheduler

_POLL_SECONDS = 0.5


class HostedBrokers:
    """Brokers that are Mesos tasks.

    :param scheduler: of the region.
    :param whole: waits that many seconds until every replica is in sync; raises with what is not.
    """

    def __init__(self, scheduler: Scheduler, whole: Callable[[float], None]) -> None:
        self._scheduler, self._whole = scheduler, whole

    def on(self, node: str) -> list[int]:
        """Return the ids of the brokers that are on a node."""
        return on(self._scheduler.instances(), node)

    def stop(self, broker: int, seconds: float) -> None:
        """Stop a broker as soon as its partitions allow it.

        :raises MeridianError: they did not in time; with which. It is not stopped later either.
        """
        answer = self._scheduler.ask(
            "/api/broker/stop", {"broker": str(broker), "timeout": f"{seconds:g}s"}, seconds
        )
        if answer.get("status") != "stopped":
            if plan := answer.get("plan"):
                self._scheduler.ask("/api/plan/cancel", {"plan": str(plan)})
            raise MeridianError(
                f"broker {broker} stays up: {answer.get('message') or 'it was not stopped'} "
                f"(waited {seconds:g} s)"
            )

    def start(self, brokers: Sequence[int], seconds: float) -> None:
        """Have brokers run.

        :raises MeridianError: nobody leads, or one does not run in time; with the scheduler's reasons.
        """
        names = ",".join(map(str, brokers))
        until = time.monotonic() + seconds
        while True:
            left = max(1.0, until - time.monotonic())
            try:
                answer = self._scheduler.ask(
                    "/api/broker/start", {"broker": names, "timeout": f"{left:g}s"}, left
                )
                break
            except MeridianError:
                # Its own task may have been on the node: another leads soon.
                if time.monotonic() > until:
                    raise
            time.sleep(_POLL_SECONDS)
        if answer.get("status") != "started":
            raise MeridianError(str(answer.get("message") or f"broker {names} does not run"))

    def wait_in_sync(self, seconds: float) -> None:
        """Wait until every replica is in sync."""
        self._whole(seconds)

    def give_up(self, node: str, agent_id: str) -> list[str]:
        """Give up the volumes on an agent that is gone for ever; return their ids."""
        done = []
        for broker, volume in volumes(self._scheduler.instances(), node, agent_id):
            asked = {"broker": str(broker), "volume": volume, "confirm": volume}
            self._scheduler.ask("/api/broker/volume/give-up", asked)
            done.append(volume)
        return done


def on(brokers: Sequence[Mapping[str, Any]], node: str) -> list[int]:
    """Return the ids of the brokers whose task is on a node."""
    return sorted(int(one["id"]) for one in brokers if (one.get("task") or {}).get("hostname") == node)


def volumes(brokers: Sequence[Mapping[str, Any]], node: str, agent_id: str) -> list[tuple[int, str]]:
    """Return broker and id of each volume on an agent of a node."""
    return [
        (int(one["id"]), str(volume["id"]))
        for one in brokers
        for volume in one.get("volumes") or ()
        if volume.get("hostname") == node and volume.get("agentId") == agent_id
    ]
