"""Brokers as the core's service, and the core's state as users see it. Pure."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from kafka_scheduler.core import matcher, plans, stickiness
from kafka_scheduler.core.codec import text
from kafka_scheduler.core.model import Instance, Requirement, Task, TaskState
from kafka_scheduler.core.offering import returned, waiting
from kafka_scheduler.core.resources import Resource
from kafka_scheduler.core.state import State
from kafka_scheduler.kafka import availability, launch, spec
from kafka_scheduler.kafka.availability import Seen
from kafka_scheduler.kafka.launch import LaunchSettings
from kafka_scheduler.kafka.spec import BrokerSpec
from kafka_scheduler.kafka.views import BrokerView, PhaseView, PlanView, StepView, TaskView, VolumeView


class Brokers:
    """What the core has to be told of brokers."""

    def __init__(self, settings: LaunchSettings) -> None:
        self._settings = settings

    def requirement(self, instance: str, spec: Mapping[str, Any]) -> Requirement:
        """Return what a broker needs."""
        return _requirement(text(spec))

    def task_info(self, instance: Instance, task: Task, resources: tuple[Resource, ...]) -> Mapping[str, Any]:
        """Return a broker's task."""
        return launch.task_info(
            instance, task, resources, BrokerSpec.from_json(instance.spec), self._settings
        )

    def why_not_stop(self, instance: str, seen: Seen, instances: Mapping[str, Instance]) -> str:
        """Return why a broker must stay up."""
        return availability.why_not_stop(int(instance), seen, instances)

    def why_not_whole(self, instance: str, seen: Seen, instances: Mapping[str, Instance]) -> str:
        """Return what is not well yet after a step."""
        return availability.why_not_whole(int(instance), seen, instances)


@lru_cache(maxsize=512)
def _requirement(text: str) -> Requirement:
    """Brokers are alike, as a rule: they share what they need."""
    return launch.requirement(_spec(text))


@lru_cache(maxsize=512)
def _spec(said: str) -> BrokerSpec:
    import json

    return BrokerSpec.from_json(json.loads(said))


def view(instance: Instance, state: State, now: float) -> BrokerView:
    """Return a broker as users see it."""
    task, wanted = instance.task, _spec(text(instance.spec))
    lost = stickiness.lost_volumes(instance, state.agents)
    host = stickiness.sticky_host(instance, state.agents, now) if task is None else ""
    return BrokerView(
        id=int(instance.id),
        spec=wanted,
        active=instance.active,
        state=_state(instance),
        modified=task is not None and bool(spec.modified(_spec(text(task.spec)), wanted)),
        task=_task(task) if task is not None else None,
        volumes=tuple(
            VolumeView(one.id, one.hostname, one.agent_id, one.size_mb, one.name, lost.get(one.id, ""))
            for one in instance.volumes
        ),
        reasons=reasons(instance, state, now),
        host=instance.host,
        sticky_until=instance.ended + instance.requirement.stickiness_period if host else 0.0,
        failures=instance.failures,
        retry_at=instance.retry_at if instance.retry_at > now and task is None else 0.0,
    )


def _state(instance: Instance) -> str:
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


def _task(task: Task) -> TaskView:
    return TaskView(
        task.id,
        task.agent_id,
        task.hostname,
        str(task.state),
        task.attributes,
        task.ports,
        task.running_since,
    )


def reasons(instance: Instance, state: State, now: float) -> tuple[str, ...]:
    """Return why a broker that is asked to run does not: the most telling first."""
    lines = [
        f"volume {volume}: {why}; to give its data up: "
        f"broker give-up-volume {instance.id} {volume} --confirm {volume}"
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
            tuple(
                StepView(int(one.instance), one.action, str(one.status), one.message) for one in phase.steps
            ),
        )
        for phase in plan.phases
    )
    return PlanView(plan.id, plan.kind, str(plan.status), phases)
