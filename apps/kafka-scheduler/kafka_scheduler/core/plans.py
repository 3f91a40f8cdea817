"""Plans: phases of steps, one instance each, that can be paused, continued, forced and cancelled. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from kafka_scheduler.core.model import Instance, TaskState

#: Plans that are kept after their end.
KEPT = 20


class Status(StrEnum):
    """Of a step, a phase or a plan."""

    PENDING = "pending"
    BLOCKED = "blocked"
    RUNNING = "running"
    PAUSED = "paused"
    COMPLETE = "complete"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Step:
    """Something to be done with an instance.

    :ivar action: ``start``, ``stop`` or ``restart``.
    :ivar message: why it is blocked or failed.
    :ivar forced: begin it whatever blocks it.
    :ivar task_id: of the task that is to end.
    :ivar began: seconds since 1970.
    """

    instance: str
    action: str
    status: Status = Status.PENDING
    message: str = ""
    forced: bool = False
    task_id: str = ""
    began: float = 0.0


@dataclass(frozen=True, slots=True)
class Phase:
    """Steps that belong together.

    :ivar serial: one after the other; else all at once.
    """

    name: str
    steps: tuple[Step, ...]
    serial: bool = True

    @property
    def status(self) -> Status:
        """Where its steps are."""
        found = {one.status for one in self.steps}
        for status in (Status.FAILED, Status.BLOCKED, Status.RUNNING, Status.PENDING):
            if status in found:
                started = status is Status.PENDING and Status.COMPLETE in found
                return Status.RUNNING if started else status
        return Status.COMPLETE


@dataclass(frozen=True, slots=True)
class Plan:
    """What an operator asked for, and how far it is.

    :ivar kind: ``deploy``, ``restart``, ``stop`` or ``decommission``.
    :ivar gate: ask the service before an instance goes down.
    :ivar whole: after a step wait until the service says that all is well again.
    :ivar timeout: seconds that a step may take; 0: any.
    """

    id: str
    kind: str
    phases: tuple[Phase, ...]
    gate: bool = True
    whole: bool = True
    timeout: float = 0.0
    paused: bool = False
    cancelled: bool = False

    @property
    def status(self) -> Status:
        """Where its phases are."""
        found = [one.status for one in self.phases]
        if all(one is Status.COMPLETE for one in found):
            return Status.COMPLETE
        if self.cancelled:
            return Status.CANCELLED
        if Status.FAILED in found:
            return Status.FAILED
        return Status.PAUSED if self.paused else Status.RUNNING

    @property
    def is_over(self) -> bool:
        """Whether nothing of it is to be done any more."""
        under_way = any(step.status is Status.RUNNING for phase in self.phases for step in phase.steps)
        return self.status is Status.COMPLETE or (self.cancelled and not under_way)


@dataclass(frozen=True, slots=True)
class Advice:
    """What a plan has to know of the world.

    :ivar why_not_stop: instance → why it must stay up; empty when it may go down.
    :ivar why_not_whole: instance just started → what is not well yet; empty when all is.
    """

    now: float
    instances: Mapping[str, Instance]
    why_not_stop: Callable[[str], str]
    why_not_whole: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Command:
    """What a plan wants done now: ``start``, ``stop`` or ``restart`` an instance."""

    action: str
    instance: str


def advance(plan: Plan, advice: Advice) -> tuple[Plan, tuple[Command, ...]]:
    """Go on with a plan as far as it goes now.

    1. Steps under way are looked at: have they come to their end? 2. Unless it is paused, steps of the first
    phase that is not complete are begun: all, or the next one when the phase is serial. 3. A step that takes
    an instance down is blocked until the service has nothing against it; a forced one is not. At most one
    goes down with each call, as the service can judge the next only when it has seen the last.
    """
    commands: list[Command] = []
    phases = [
        replace(one, steps=tuple(_look(plan, step, advice) for step in one.steps)) for one in plan.phases
    ]
    down = False
    for place, phase in enumerate(phases):
        if phase.status is Status.COMPLETE:
            continue
        steps = list(phase.steps)
        for number, step in enumerate(steps):
            waits = phase.serial and any(one.status is not Status.COMPLETE for one in steps[:number])
            if step.status not in (Status.PENDING, Status.BLOCKED) or plan.cancelled:
                continue
            if not step.forced and (plan.paused or waits or (down and plan.gate and step.action != "start")):
                continue
            steps[number], command = _begin(plan, step, advice)
            if command is not None:
                commands.append(command)
                down = down or step.action != "start"
        phases[place] = replace(phase, steps=tuple(steps))
        break
    return replace(plan, phases=tuple(phases)), tuple(commands)


def _begin(plan: Plan, step: Step, advice: Advice) -> tuple[Step, Command | None]:
    instance = advice.instances.get(step.instance)
    if instance is None:
        return replace(step, status=Status.COMPLETE, message="removed"), None
    task = instance.task
    if step.action != "start" and task is not None and plan.gate and not step.forced:
        why = advice.why_not_stop(step.instance)
        if why:
            return replace(step, status=Status.BLOCKED, message=why), None
    task_id = task.id if task is not None else ""
    begun = replace(step, status=Status.RUNNING, message="", task_id=task_id, began=advice.now)
    return begun, Command(step.action, step.instance)


def _look(plan: Plan, step: Step, advice: Advice) -> Step:
    """Return a step under way as it is now."""
    if step.status is not Status.RUNNING:
        return step
    instance = advice.instances.get(step.instance)
    if instance is None:
        return replace(step, status=Status.COMPLETE, message="removed")
    why = _missing(plan, step, instance, advice)
    if not why:
        return replace(step, status=Status.COMPLETE, message="")
    if plan.timeout and advice.now > step.began + plan.timeout:
        return replace(step, status=Status.FAILED, message=f"{why} after {plan.timeout:.0f} s")
    return replace(step, message=why)


def _missing(plan: Plan, step: Step, instance: Instance, advice: Advice) -> str:
    """Return what a step under way waits for; empty when it has come to its end."""
    task = instance.task
    if step.action == "stop":
        return "" if task is None else "has not ended yet"
    if task is not None and task.id == step.task_id and step.action == "restart":
        return "has not ended yet"
    if task is None or task.state is not TaskState.RUNNING:
        if not instance.active:
            return "was deactivated" + (f": {instance.problem}" if instance.problem else "")
        return "is not running yet"
    return advice.why_not_whole(step.instance) if plan.whole else ""


def held(plans: Sequence[Plan]) -> dict[str, str]:
    """Return instances that must not be launched yet → the paused plan that starts them."""
    return {
        step.instance: plan.id
        for plan in plans
        if plan.paused and not plan.is_over
        for phase in plan.phases
        for step in phase.steps
        if step.action == "start" and step.status in (Status.PENDING, Status.BLOCKED) and not step.forced
    }


def force(plan: Plan, instance: str) -> Plan:
    """Return a plan whose step for an instance begins now; a failed one begins again."""
    return _change(plan, lambda one: one.instance == instance, forced=True)


def resume(plan: Plan) -> Plan:
    """Return a plan that goes on; failed steps begin again."""
    return replace(_change(plan, lambda one: one.status is Status.FAILED, forced=False), paused=False)


def _change(plan: Plan, which: Callable[[Step], bool], forced: bool) -> Plan:
    def changed(step: Step) -> Step:
        if not which(step) or step.status is Status.COMPLETE:
            return step
        status = Status.PENDING if step.status is Status.FAILED else step.status
        return replace(step, status=status, forced=forced or step.forced)

    phases = tuple(replace(one, steps=tuple(changed(step) for step in one.steps)) for one in plan.phases)
    return replace(plan, phases=phases)


def drop(plan: Plan, instance: str) -> Plan:
    """Return a plan that wants nothing more of an instance."""

    def dropped(step: Step) -> Step:
        if step.instance != instance or step.status is Status.COMPLETE:
            return step
        return replace(step, status=Status.COMPLETE, message="overtaken")

    phases = tuple(replace(one, steps=tuple(dropped(step) for step in one.steps)) for one in plan.phases)
    return replace(plan, phases=phases)


def next_id(kind: str, plans: Sequence[Plan]) -> str:
    """Return a plan's name: its kind and a number."""
    numbers = [int(one.id.rpartition("-")[2]) for one in plans]
    return f"{kind}-{max(numbers, default=0) + 1}"
