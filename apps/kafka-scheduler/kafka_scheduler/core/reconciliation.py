"""Asking Mesos what it knows of our tasks, until it has answered. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kafka_scheduler.core.model import Abandoned, Instance, TaskState

#: Seconds after which tasks are asked for that nobody knows of, or that do not come up.
AGAIN_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """How far it has come.

    :ivar attempts: that were made.
    :ivar due: seconds since 1970 when the next is.
    :ivar over: given up: no answer came to any attempt.
    """

    attempts: int = 0
    due: float = 0.0
    over: bool = False


def next_attempt(before: Reconciliation, now: float, attempts: int, timeout: float) -> Reconciliation:
    """Return the state after another attempt: the time between them doubles, all of them take ``timeout``."""
    first = timeout / (2**attempts - 1)
    return Reconciliation(before.attempts + 1, now + first * 2**before.attempts)


def unanswered(
    instances: Iterable[Instance], abandoned: Iterable[Abandoned], subscription: int
) -> dict[str, str]:
    """Return tasks of which Mesos has not told since the subscription began → agent."""
    tasks = [one.task for one in instances if one.task is not None]
    found = {one.id: one.agent_id for one in tasks if one.confirmed < subscription}
    return found | {one.task_id: one.agent_id for one in abandoned if one.confirmed < subscription}


def doubtful(instances: Iterable[Instance], abandoned: Iterable[Abandoned], now: float) -> dict[str, str]:
    """Return tasks that are worth another question → agent: unreachable, given up, or slow to be heard of."""
    found = {one.task_id: one.agent_id for one in abandoned}
    for one in instances:
        task = one.task
        if task is not None and (
            task.state is TaskState.UNREACHABLE
            or (task.state is not TaskState.RUNNING and now > task.launched + AGAIN_SECONDS)
        ):
            found[task.id] = task.agent_id
    return found


def request(tasks: Mapping[str, str]) -> list[Mapping[str, Any]]:
    """Return the tasks to ask for, as Mesos takes them."""
    return [{"task_id": {"value": task}, "agent_id": {"value": agent}} for task, agent in tasks.items()]
