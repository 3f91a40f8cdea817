"""Asking Mesos what it knows of our tasks, until it has answered. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kafka_scheduler.core.model import Instance, TaskState

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


def unanswered(instances: Iterable[Instance], subscription: int) -> list[Instance]:
    """Return instances of whose task Mesos has not told since the subscription began."""
    return [one for one in instances if one.task is not None and one.task.confirmed < subscription]


def doubtful(instances: Iterable[Instance], now: float) -> list[Instance]:
    """Return instances whose task is worth another question: unreachable, or slow to be heard of."""
    found = []
    for one in instances:
        task = one.task
        if task is not None and (
            task.state is TaskState.UNREACHABLE
            or (task.state is not TaskState.RUNNING and now > task.launched + AGAIN_SECONDS)
        ):
            found.append(one)
    return found


def request(instances: Iterable[Instance]) -> list[Mapping[str, Any]]:
    """Return the tasks to ask for, as Mesos takes them."""
    return [
        {"task_id": {"value": one.task.id}, "agent_id": {"value": one.task.agent_id}}
        for one in instances
        if one.task is not None
    ]
