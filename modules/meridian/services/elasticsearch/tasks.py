"""Nodes that are Mesos tasks, restarted by their scheduler."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from meridian.common.errors import MeridianError

_RESTART_SECONDS = 240
_PREFIX = "/v1/elasticsearch/node"


class Scheduler(Protocol):
    """What :class:`~meridian.services.mesos.scheduler.client.SchedulerClient` does."""

    def instances(self) -> list[dict[str, Any]]:
        """Return all nodes."""

    def ask(
        self, path: str, parameters: Mapping[str, str] | None = None, seconds: float = 0.0
    ) -> dict[str, Any]:
        """Do one operation."""


@dataclass(frozen=True)
class Tasks:
    """The tasks of one cluster.

    :ivar ids: node's name, which is its host's → its number at the scheduler.
    :ivar modified: names of those that run with other options than asked for.
    """

    scheduler: Scheduler
    ids: Mapping[str, str]
    modified: frozenset[str]

    @classmethod
    def of(cls, scheduler: Scheduler) -> "Tasks":
        """Ask the scheduler where its nodes are.

        :raises MeridianError: it does not answer.
        """
        running = {str(one["task"]["hostname"]): one for one in scheduler.instances() if one.get("task")}
        return cls(
            scheduler,
            {name: str(one["id"]) for name, one in running.items()},
            frozenset(name for name, one in running.items() if one["needsRestart"]),
        )

    def pending(self, files: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
        """Return node → why it has to be restarted.

        :param files: node → what it has read in another version.
        """
        return {
            name: [*given, *(["options of its task"] if name in self.modified else [])]
            for name, given in files.items()
        }

    def restart(self, node: str) -> None:
        """Restart a node; whoever asks for it has looked after the rest of the cluster.

        :raises MeridianError: no task is there, or it does not run again in time.
        """
        number = self.ids.get(node)
        if number is None:
            raise MeridianError(
                f"{node}: no node of Elasticsearch runs there; salt-run scheduler.search says why"
            )
        answer = self.scheduler.ask(
            f"{_PREFIX}/restart",
            {"node": number, "timeout": f"{_RESTART_SECONDS}s", "noWaitForGreen": "true"},
            _RESTART_SECONDS,
        )
        if answer.get("status") != "restarted":
            raise MeridianError(f"node {number} on {node} was not restarted: {answer.get('message')}")
