"""What a status update of a task means. Updates come twice, late and in any order. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from kafka_scheduler.core import failover
from kafka_scheduler.core.model import Instance, Task, TaskState

_ALIVE = {
    "TASK_STAGING": TaskState.STAGING,
    "TASK_STARTING": TaskState.STARTING,
    "TASK_RUNNING": TaskState.RUNNING,
    "TASK_KILLING": TaskState.KILLING,
}
# Nobody knows: the agent may come back, and the task with it.
_UNREACHABLE = ("TASK_UNREACHABLE", "TASK_UNKNOWN")
# The launch never came about: the offer was gone, or the agent was.
_DROPPED = ("TASK_DROPPED",)
# It ended with its host.
_HOST_GONE = ("TASK_GONE", "TASK_GONE_BY_OPERATOR", "TASK_LOST")
_ORDER = list(TaskState)


@dataclass(frozen=True, slots=True)
class Status:
    """A status update.

    :ivar state: ``TASK_…``.
    :ivar uuid: to be acknowledged with; empty when Mesos wants no acknowledgement.
    :ivar reason: ``REASON_…``.
    """

    task_id: str
    agent_id: str
    state: str
    uuid: str = ""
    reason: str = ""
    message: str = ""

    @property
    def is_terminal(self) -> bool:
        """Whether the task has ended."""
        return self.state not in _ALIVE and self.state not in _UNREACHABLE


def parse(data: Mapping[str, Any]) -> Status:
    """Return a status update as Mesos sends it."""
    return Status(
        data["task_id"]["value"],
        data.get("agent_id", {}).get("value", ""),
        data["state"],
        data.get("uuid", ""),
        data.get("reason", ""),
        data.get("message", ""),
    )


def apply(instance: Instance, status: Status, now: float, subscription: int) -> Instance:
    """Return an instance after a status update of its present task.

    :param subscription: number of the present subscription: Mesos has told of the task in it.
    """
    task = instance.task
    if task is None or task.id != status.task_id:
        return instance
    if status.state in _UNREACHABLE:
        since = task.unreachable_since or now
        lost = replace(task, state=TaskState.UNREACHABLE, unreachable_since=since, confirmed=subscription)
        return replace(instance, task=lost)
    if status.state in _ALIVE:
        return _alive(instance, task, _ALIVE[status.state], now, subscription)
    return _ended(instance, task, status, now)


def _alive(instance: Instance, task: Task, state: TaskState, now: float, subscription: int) -> Instance:
    """An earlier state that comes late does not bring a task back to it."""
    late = task.state is not TaskState.UNREACHABLE and _ORDER.index(state) < _ORDER.index(task.state)
    running = task.running_since or (now if state is TaskState.RUNNING else 0.0)
    volumes = instance.volumes
    if state is TaskState.RUNNING and any(not one.used for one in volumes):
        volumes = tuple(replace(one, used=one.used or one.agent_id == task.agent_id) for one in volumes)
    there = replace(
        task,
        state=task.state if late else state,
        running_since=running,
        unreachable_since=0.0,
        confirmed=subscription,
    )
    return replace(instance, task=there, volumes=volumes, problem="" if running else instance.problem)


def _ended(instance: Instance, task: Task, status: Status, now: float) -> Instance:
    said = status.message or status.reason.removeprefix("REASON_").replace("_", " ").lower()
    problem = f"{status.state.removeprefix('TASK_').lower()}: {said}" if said else status.state.lower()
    if task.kill_asked:
        after = replace(instance, failures=0, retry_at=0.0, problem="")
    elif status.state in _DROPPED or status.state in _HOST_GONE:
        # Not the instance's fault, and the doubling delay is for faults.
        after = replace(instance, retry_at=now + failover.SHORT_PAUSE, problem=problem)
    elif not instance.active:
        after = replace(instance, problem="")
    else:
        after = failover.failed(instance, now, problem)
    return replace(after, task=None, ended=now, host=task.hostname, agent_id=task.agent_id)


def give_up_host(instance: Instance, now: float) -> Instance:
    """Return an instance that no longer waits for a task on a host that is lost."""
    task = instance.task
    if task is None:
        return instance
    why = f"host {task.hostname} was lost"
    return replace(instance, task=None, ended=0.0, host="", agent_id="", retry_at=now, problem=why)
