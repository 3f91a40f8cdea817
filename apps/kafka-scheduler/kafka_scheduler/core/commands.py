"""What users may ask of the engine. Each takes a turn and changes it, or raises and nothing is changed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from meridian.common.errors import MeridianError

from kafka_scheduler.core import engine, plans
from kafka_scheduler.core.model import Instance, Release, TaskState
from kafka_scheduler.core.plans import Phase, Plan, Step
from kafka_scheduler.core.turn import Turn


def get(turn: Turn, names: Sequence[str]) -> list[Instance]:
    """Return instances.

    :raises MeridianError: one of them is not there.
    """
    missing = [one for one in names if one not in turn.state.instances]
    if missing:
        raise MeridianError(f"{', '.join(missing)}: not there")
    return [turn.state.instances[one] for one in names]


def add(turn: Turn, names: Sequence[str], spec: Mapping[str, Any]) -> None:
    """Add instances, not active."""
    there = [one for one in names if one in turn.state.instances]
    if there:
        raise MeridianError(f"{', '.join(there)}: there already; nothing was added")
    turn.put(*[Instance(one, spec, turn.service.requirement(one, spec)) for one in names])


def update(
    turn: Turn, names: Sequence[str], change: Callable[[Mapping[str, Any]], Mapping[str, Any]]
) -> None:
    """Change what instances are to be; one that runs goes on as it was launched."""
    changed = []
    for instance in get(turn, names):
        spec = change(instance.spec)
        requirement = turn.service.requirement(instance.id, spec)
        known = {one.name: one for one in instance.volumes}
        for want in requirement.volumes:
            volume = known.get(want.name)
            if volume is not None and want.size_mb is not None and want.size_mb > volume.size_mb:
                raise MeridianError(
                    f"{instance.id}: volume {volume.id} has {volume.size_mb:g} MB and cannot grow; "
                    "give it up by name, or name another"
                )
        changed.append(replace(instance, spec=spec, requirement=requirement))
    turn.put(*changed)
    engine.ask_for_offers(turn)


def remove(turn: Turn, names: Sequence[str]) -> None:
    """Remove instances that are not active and have no volume."""
    for instance in get(turn, names):
        if instance.active or instance.task is not None:
            raise MeridianError(f"{instance.id}: is active; stop it first")
        if volumes := [one.id for one in instance.volumes if one.used]:
            raise MeridianError(
                f"{instance.id}: still has the data of volume {', '.join(volumes)}; give it up by name first"
            )
    for instance in get(turn, names):
        for volume in instance.volumes:
            turn.put_release(Release(volume.id, instance.id, volume.agent_id))
    turn.remove(names)
    engine.ask_for_offers(turn)


def plan(
    turn: Turn,
    kind: str,
    action: str,
    names: Sequence[str],
    *,
    gate: bool = True,
    whole: bool = True,
    serial: bool = True,
    timeout: float = 0.0,
) -> str:
    """Make a plan and begin it; return its id.

    :raises MeridianError: another plan that is not over has a step for one of the instances.
    """
    get(turn, names)
    for other in turn.state.plans:
        busy = {
            step.instance
            for phase in other.phases
            for step in phase.steps
            if step.status is not plans.Status.COMPLETE
        } & set(names)
        if not busy or other.is_over:
            continue
        if other.kind != "deploy":
            raise MeridianError(
                f"{', '.join(sorted(busy))}: plan {other.id} is {other.status}; "
                "let it end, or cancel it, first"
            )
        # Who was to be started may be stopped, or started anew, at any time.
        for one in busy:
            other = plans.drop(other, one)
        turn.put_plan(other)
    name = plans.next_id(kind, turn.state.plans)
    steps = tuple(Step(one, action) for one in names)
    turn.put_plan(Plan(name, kind, (Phase(kind, steps, serial),), gate, whole, timeout))
    engine.run_plans(turn)
    return name


def start(turn: Turn, names: Sequence[str]) -> str:
    """Ask instances to run."""
    for instance in get(turn, names):
        if instance.active and instance.failures:
            turn.put(replace(instance, failures=0, retry_at=0.0))
    return plan(turn, "deploy", "start", names, whole=False, serial=False)


def stop_now(turn: Turn, names: Sequence[str]) -> None:
    """Stop instances at once, and what plans wanted of them is over."""
    for instance in get(turn, names):
        _drop_steps(turn, instance.id)
        engine.carry_out(turn, "stop", instance.id)


def _drop_steps(turn: Turn, name: str) -> None:
    for one in turn.state.plans:
        if not one.is_over:
            turn.put_plan(plans.drop(one, name))


def change_plan(turn: Turn, name: str, change: Callable[[Plan], Plan]) -> None:
    """Change a plan that is not over.

    :raises MeridianError: there is none of that name, or it is over.
    """
    found = [one for one in turn.state.plans if one.id == name]
    if not found:
        raise MeridianError(f"there is no plan {name}")
    if found[0].is_over:
        raise MeridianError(f"plan {name} is {found[0].status}")
    turn.put_plan(change(found[0]))
    engine.run_plans(turn)


def give_up_volume(turn: Turn, name: str, volume: str) -> None:
    """Forget a volume; it is destroyed as soon as its agent offers it.

    Of a host that is lost, the task is given up too, and killed should it come back.
    """
    stray = turn.state.strays.get(volume)
    instance = turn.state.instances.get(name)
    owned = next((one for one in instance.volumes if one.id == volume), None) if instance else None
    if owned is None or instance is None:
        if stray is None or stray.instance != name:
            known = ", ".join(one.id for one in instance.volumes) if instance else ""
            raise MeridianError(f"{name} has no volume {volume}" + (f", but {known}" if known else ""))
        turn.put_release(stray)
        engine.ask_for_offers(turn)
        return
    task = instance.task
    if task is not None and task.agent_id == owned.agent_id and task.state is not TaskState.UNREACHABLE:
        raise MeridianError(f"{name} runs with volume {volume}; stop it first")
    turn.give_up_volume(instance, owned)
    engine.ask_for_offers(turn)
