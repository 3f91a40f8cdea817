"""Agents taken out of service without a surprise: drained, waited for, brought back."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from meridian.common.errors import MeridianError
from meridian.services.mesos.operator import OperatorClient

_POLL = 0.5


class NotDrained(MeridianError):
    """Tasks are left on a node when the time is over.

    :ivar left: node and tasks, in one line without advice.
    """

    def __init__(self, node: str, left: str) -> None:
        super().__init__(
            f"{left}; it is still draining: wait with salt-run mesos.drain {node}, or let it be used again "
            f"with salt-run mesos.reactivate {node}"
        )
        self.left = left


@dataclass(frozen=True)
class Drained:
    """What came of draining a node.

    :ivar agent_id: of its agent; empty when none is registered.
    :ivar changed: whether anything was asked for.
    :ivar ended: ids of the tasks that were killed for it, with their framework.
    """

    agent_id: str
    changed: bool
    ended: tuple[str, ...]


def agent_of(agents: Sequence[Mapping[str, Any]], node: str) -> Mapping[str, Any] | None:
    """Return the agent of a node; ``None`` when none is registered.

    A node whose agent was made anew has two until the masters have noticed: the newest is meant.

    :param agents: what :meth:`OperatorClient.agents` returns.
    :param node: its id, which is the agent's host name.
    """
    mine = [one for one in agents if one["agent_info"]["hostname"] == node]
    return max(mine, key=lambda one: (bool(one.get("active")), _registered(one)), default=None)


def _registered(agent: Mapping[str, Any]) -> int:
    return int((agent.get("registered_time") or {}).get("nanoseconds", 0))


def identity(agent: Mapping[str, Any]) -> str:
    """Return an agent's id."""
    return str(agent["agent_info"]["id"]["value"])


def state(agent: Mapping[str, Any]) -> str:
    """Say how an agent is: ``active``, ``draining``, ``drained``, ``deactivated`` or ``disconnected``."""
    draining = (agent.get("drain_info") or {}).get("state", "")
    if draining:
        return str(draining).lower()
    if agent.get("deactivated"):
        return "deactivated"
    return "active" if agent.get("active") else "disconnected"


def tasks_on(tasks: Sequence[Mapping[str, Any]], agent_id: str) -> list[str]:
    """Return ids of the tasks of an agent, as ``framework/task``."""
    return sorted(
        f"{one['framework_id']['value']}/{one['task_id']['value']}"
        for one in tasks
        if one["agent_id"]["value"] == agent_id
    )


def drain(
    client: OperatorClient,
    node: str,
    grace_seconds: float | None = None,
    seconds: float = 300,
    say: Callable[[str], None] = lambda line: None,
) -> Drained:
    """Empty a node before it is changed or removed.

    1. A node without a registered agent has nothing to drain. 2. Its agent is deactivated and its tasks are
    killed, each with the time that it asks for, at most ``grace_seconds``; frameworks start them elsewhere.
    3. It is waited for until no task is left. Again on a drained node: nothing happens. Data of tasks and
    reservations stay, for as long as nobody gives the agent up.

    :param client: of the cluster.
    :param node: its id.
    :param grace_seconds: most time that a task gets.
    :param seconds: how long to wait.
    :param say: told what is going on.
    :raises NotDrained: tasks are left when the time is over; the agent stays deactivated then.
    """
    agent = agent_of(client.agents(), node)
    if agent is None:
        return Drained("", False, ())
    agent_id = identity(agent)
    if state(agent) == "drained":
        return Drained(agent_id, False, ())
    held = tasks_on(client.tasks(), agent_id)
    if state(agent) != "draining":
        say(f"{node}: draining, {len(held)} tasks end")
        client.drain(agent_id, grace_seconds)
    until = time.monotonic() + seconds
    while True:
        agent = agent_of(client.agents(), node)
        # An agent that is gone meanwhile runs nothing that could be waited for.
        if agent is None or state(agent) == "drained":
            return Drained(agent_id, True, tuple(held))
        if time.monotonic() > until:
            left = tasks_on(client.tasks(), agent_id)
            more = f" and {len(left) - 5} more" if len(left) > 5 else ""
            raise NotDrained(
                node,
                f"{node}: {len(left)} tasks of its Mesos agent have not ended within {seconds:g} s "
                f"({', '.join(left[:5])}{more})",
            )
        time.sleep(_POLL)


def reactivate(client: OperatorClient, node: str, seconds: float = 60) -> bool:
    """Let a drained node be used again.

    :param seconds: how long to wait until its agent is registered.
    :return: whether it was out of use.
    :raises MeridianError: its agent is not there, or still draining.
    """
    until = time.monotonic() + seconds
    while (agent := agent_of(client.agents(), node)) is None:
        if time.monotonic() > until:
            raise MeridianError(
                f"{node}: no Mesos agent is registered; see journalctl -u meridian-mesos-agent there"
            )
        time.sleep(_POLL)
    if state(agent) not in ("drained", "draining", "deactivated"):
        return False
    client.reactivate(identity(agent))
    return True


def give_up(client: OperatorClient, node: str, agent_id: str = "") -> str:
    """Give a node's agent up for ever: tasks and volumes on it are gone for the frameworks.

    :param agent_id: its id, where the agent is not registered any more.
    :return: the id.
    :raises MeridianError: no such agent is registered and no id is given.
    """
    agent = agent_of(client.agents(), node)
    if agent is None and not agent_id:
        raise MeridianError(
            f"{node}: no agent is registered; name the id of the one that was there (agent_id=…), as "
            "frameworks and the log of the leading master have it"
        )
    found = agent_id or identity(agent or {})
    client.mark_gone(found)
    return found
