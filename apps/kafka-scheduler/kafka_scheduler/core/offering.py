"""Offers become launches. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from kafka_scheduler.core import calls, reconciliation
from kafka_scheduler.core.matcher import KEPT_REASONS, Match, World, match
from kafka_scheduler.core.model import Abandoned, Agent, Instance, Release, Task, TaskState
from kafka_scheduler.core.offers import Offer
from kafka_scheduler.core.placing import FRAMEWORK_LABEL, INSTANCE_LABEL, release
from kafka_scheduler.core.plans import held
from kafka_scheduler.core.state import State
from kafka_scheduler.core.turn import Turn


def waiting(state: State, now: float) -> list[Instance]:
    """Return instances that are to be launched now."""
    paused = held(state.plans)
    blocked = {one.instance for one in returned(state)}
    return [
        one
        for one in state.instances.values()
        if one.active
        and one.task is None
        and now >= one.retry_at
        and one.id not in paused
        and one.id not in blocked
    ]


def returned(state: State) -> list[Abandoned]:
    """Return tasks of hosts that were given up which run again, or may: they are to end first."""
    return [one for one in state.abandoned.values() if not (one.away and one.confirmed == state.subscription)]


def offered(turn: Turn, offers: Sequence[Offer]) -> None:
    """Answer offers: release what was given up, launch who waits, refuse the rest.

    An instance's task is in its record, and that is stored, before the offer is accepted: whoever comes after
    us asks Mesos for this very task, and launches no second one.
    """
    turn.count("offers", len(offers))
    _note_agents(turn, offers)
    _note_strays(turn, offers)
    left = [one for one in offers if not _release(turn, one)]
    wait = waiting(turn.state, turn.now)
    found = match(wait, left, _world(turn)) if wait else None
    matches = found.matches if found else ()
    placed = {one.instance.id for one in matches}
    asked = {one.id for one in wait}
    kept = {key: why for key, why in turn.state.refusals.items() if key in asked and key not in placed}
    for key, why in (found.refusals if found else {}).items():
        merged = {**kept[key], **why} if key in kept else why
        kept[key] = merged if len(merged) <= KEPT_REASONS else why
    turn.set(refusals=kept)
    eager, settings = len(placed) < len(wait), turn.settings
    idle = settings.refuse_release if turn.state.releases else settings.refuse_idle
    refuse = settings.refuse if eager else idle
    turn.set(eager=eager)
    by_offer: dict[str, list[Match]] = {}
    for one in matches:
        by_offer.setdefault(one.offer.id, []).append(one)
    for offer_id, group in by_offer.items():
        turn.call(calls.accept(offer_id, _launch(turn, group), refuse))
        turn.count("accepted")
    refused = [one.id for one in left if one.id not in by_offer]
    if refused:
        turn.call(calls.decline(refused, refuse))
        turn.count("declined", len(refused))
    if not eager and not turn.state.releases and not turn.state.suppressed:
        turn.call(calls.SUPPRESS)
        turn.set(suppressed=True)


def _world(turn: Turn) -> World:
    state = turn.state
    tasks = [one.task for one in state.instances.values() if one.task is not None]
    framework = turn.settings.framework
    return World(framework, turn.now, tasks, state.agents, state.releases.keys(), turn.new_id())


def _launch(turn: Turn, group: Sequence[Match]) -> list[dict[str, Any]]:
    """Note the tasks of one offer's instances; return the operations."""
    operations: list[dict[str, Any]] = []
    infos = []
    for one in group:
        instance, offer, placement = one.instance, one.offer, one.placement
        task = Task(
            id=f"{turn.settings.framework.name}-{instance.id}-{turn.new_id()}",
            agent_id=offer.agent_id,
            hostname=offer.hostname,
            state=TaskState.LAUNCHING,
            spec=instance.spec,
            attributes=offer.attributes,
            ports=placement.ports,
            url=offer.url,
            launched=turn.now,
        )
        names = {volume.name for volume in placement.volumes}
        kept = {volume.id for volume in placement.volumes}
        for volume in instance.volumes:
            if volume.name in names and volume.id not in kept and not volume.used:
                # Made for a launch that came to nothing; if it is there at all, nobody has used it.
                turn.put_release(Release(volume.id, instance.id, volume.agent_id))
        others = [volume for volume in instance.volumes if volume.name not in names]
        launched = replace(
            instance,
            task=task,
            volumes=(*others, *placement.volumes),
            host=offer.hostname,
            agent_id=offer.agent_id,
            ports=placement.ports,
        )
        turn.put(launched)
        turn.count("launches")
        operations += placement.operations
        infos.append(turn.service.task_info(launched, task, placement.resources))
    return [*operations, {"type": "LAUNCH", "launch": {"task_infos": infos}}]


def _note_agents(turn: Turn, offers: Sequence[Offer]) -> None:
    """Remember who offers; who does is not lost."""
    known = turn.state.agents
    new = {}
    for one in offers:
        agent = known.get(one.agent_id)
        if agent is None or agent.lost or agent.attributes != one.attributes:
            new[one.agent_id] = Agent(one.agent_id, one.hostname, one.attributes)
    for task in turn.state.abandoned.values():
        if task.away and any(one.agent_id == task.agent_id for one in offers):
            # The agent is back, whatever was said of it before: is the task?
            turn.put_abandoned(replace(task, away=False))
            turn.call(calls.reconcile(reconciliation.request({task.task_id: task.agent_id})))
    if new:
        turn.set(agents={**known, **new})


def _note_strays(turn: Turn, offers: Sequence[Offer]) -> None:
    """Find volumes with our labels that no instance knows of."""
    known = {volume.id for one in turn.state.instances.values() for volume in one.volumes}
    strays = {}
    for offer in offers:
        for one in offer.resources:
            mine = one.labels.get(FRAMEWORK_LABEL) == turn.settings.framework.name
            if mine and one.persistence_id and one.persistence_id not in known:
                name = one.persistence_id
                strays[name] = Release(name, one.labels.get(INSTANCE_LABEL, ""), offer.agent_id)
    if strays or turn.state.strays:
        agents = {one.agent_id for one in offers}
        kept = {key: one for key, one in turn.state.strays.items() if one.agent_id not in agents}
        turn.set(strays={**kept, **strays})


def _release(turn: Turn, offer: Offer) -> bool:
    """Destroy and unreserve what was given up, when the offer has it; tell whether it was used for that."""
    operations: list[dict[str, Any]] = []
    for one in [one for one in turn.state.releases.values() if one.agent_id == offer.agent_id]:
        labels = turn.settings.framework.labels(one.instance)
        operations += release(offer.resources, one.volume, labels)
        # An offer of the agent without the volume: it never was, or is gone already.
        turn.drop_release(one.volume)
    if not operations:
        return False
    turn.call(calls.accept(offer.id, operations, 0.0))
    return True
