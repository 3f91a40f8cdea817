"""The core's state as users see it, of any service. Pure."""

from kafka_scheduler.core import matcher, plans, stickiness
from kafka_scheduler.core.model import Instance, Task, TaskState
from kafka_scheduler.core.offering import returned, waiting
from kafka_scheduler.core.state import State
from kafka_scheduler.views import PhaseView, PlanView, StepView, TaskView, VolumeView


def state_of(instance: Instance) -> str:
    """Return a state in a word of the API."""
    task = instance.task
    if task is None:
        if instance.failures:
            return f"failed {instance.failures}"
        return "starting" if instance.active else "stopped"
    if task.state is TaskState.UNREACHABLE or (task.state is TaskState.LAUNCHING and not task.confirmed):
        return "reconciling" if task.state is TaskState.UNREACHABLE else "starting"
    if task.kill_asked:
        return "stopping"
    return "running" if task.state is TaskState.RUNNING else "starting"


def task_view(task: Task) -> TaskView:
    """Return a task as users see it."""
    return TaskView(
        task.id,
        task.agent_id,
        task.hostname,
        str(task.state),
        task.attributes,
        task.ports,
        task.running_since,
    )


def volume_views(instance: Instance, state: State) -> tuple[VolumeView, ...]:
    """Return an instance's volumes as users see them."""
    lost = stickiness.lost_volumes(instance, state.agents)
    return tuple(
        VolumeView(one.id, one.hostname, one.agent_id, one.size_mb, one.name, lost.get(one.id, ""))
        for one in instance.volumes
    )


def reasons(instance: Instance, state: State, now: float, command: str) -> tuple[str, ...]:
    """Return why an instance that is asked to run does not: the most telling first.

    :param command: what gives a volume up.
    """
    lines = [
        f"volume {volume}: {why}; to give its data up: {command} {instance.id} {volume} --confirm {volume}"
        for volume, why in stickiness.lost_volumes(instance, state.agents).items()
    ]
    task = instance.task
    if task is not None:
        if task.state is TaskState.UNREACHABLE:
            lines.insert(
                0, f"host {task.hostname} cannot be reached since {now - task.unreachable_since:.0f} s"
            )
        return tuple(lines)
    if instance.problem:
        lines.append(f"ended: {instance.problem}")
    if not instance.active:
        return tuple(lines)
    if instance.retry_at > now:
        return (*lines, f"is tried again in {instance.retry_at - now:.0f} s")
    if paused := plans.held(state.plans).get(instance.id):
        return (*lines, f"plan {paused} is paused")
    if any(one.instance == instance.id for one in returned(state)):
        return (*lines, "a task on a host that was given up has come back and is to end first")
    if not state.connected:
        return (*lines, "not connected to a Mesos master")
    refused = matcher.explain(state.refusals.get(instance.id, {}))
    found = tuple(f"offers declined: {why}" for why in refused)
    if not found and any(one.id == instance.id for one in waiting(state, now)):
        found = ("no offer has come yet",)
    return (*lines, *found)


def plan_view(plan: plans.Plan) -> PlanView:
    """Return a plan as users see it."""
    phases = tuple(
        PhaseView(
            phase.name,
            str(phase.status),
            tuple(StepView(one.instance, one.action, str(one.status), one.message) for one in phase.steps),
        )
        for phase in plan.phases
    )
    return PlanView(plan.id, plan.kind, str(plan.status), phases)
