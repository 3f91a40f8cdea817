"""Where an instance has to go back to, and for how long. Pure."""

from collections.abc import Mapping

from kafka_scheduler.core.model import Agent, Instance, TaskState, Volume


def sticky_host(instance: Instance, agents: Mapping[str, Agent], now: float) -> str:
    """Return the only host that an instance may go to; empty when it may go anywhere.

    A host that is lost binds for a period of its own, which is shorter as a rule: nothing is to be had there.
    """
    if not instance.host or not instance.ended:
        return ""
    want = instance.requirement
    if now >= instance.ended + want.stickiness_period:
        return ""
    agent = agents.get(instance.agent_id)
    if agent is not None and agent.lost and now >= agent.lost + want.host_lost_period:
        return ""
    return instance.host


def bound_volumes(instance: Instance, agents: Mapping[str, Agent], now: float) -> tuple[Volume, ...]:
    """Return the volumes without which an instance must not be launched.

    A volume that may have data binds for ever: it is given up only by name. One that no task has ever used
    binds as long as a host does, so that what was just reserved is used.
    """
    wanted = {one.name for one in instance.requirement.volumes}
    found = []
    for volume in instance.volumes:
        if volume.name not in wanted:
            continue
        if volume.used or now < instance.ended + instance.requirement.host_lost_period:
            found.append(volume)
    return tuple(found)


def given_up_volumes(instance: Instance, agents: Mapping[str, Agent], now: float) -> tuple[Volume, ...]:
    """Return the volumes whose host has been lost for so long that an instance may begin without them.

    A task that is not known to be away may still write to them.
    """
    period = instance.requirement.data_lost_period
    if period is None or (instance.task is not None and instance.task.state is not TaskState.UNREACHABLE):
        return ()
    lost = lost_volumes(instance, agents)
    return tuple(
        one for one in instance.volumes if one.id in lost and now >= agents[one.agent_id].lost + period
    )


def lost_volumes(instance: Instance, agents: Mapping[str, Agent]) -> dict[str, str]:
    """Return volumes that cannot be used now → why."""
    found = {}
    for volume in instance.volumes:
        agent = agents.get(volume.agent_id)
        if agent is not None and agent.lost:
            found[volume.id] = f"its host {volume.hostname} is lost"
    return found
