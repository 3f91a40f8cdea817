"""May this broker go down now, and is all well again? Decisions over what was seen of the cluster. Pure.

A look at the cluster is newer than the last change that the scheduler made, the engine sees to that.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from meridian.services.kafka.availability import why_not_stop as meridian_why_not_stop
from meridian.services.kafka.cluster import Cluster

from kafka_scheduler.core.model import Instance, TaskState

#: Longer than Kafka keeps a broker registered that it does not hear (KRaft 9 s, with ZooKeeper 18 s).
SESSION_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of the cluster.

    :ivar taken_at: seconds since 1970 when the look began.
    :ivar cluster: ``None`` when nobody answered; then ``problem`` says why.
    :ivar minimum: topic → its min.insync.replicas.
    :ivar controller: the active controller, when it is a broker.
    :ivar answering: tasks whose broker has answered itself since it was launched.
    """

    taken_at: float
    cluster: Cluster | None = None
    minimum: Mapping[str, int] = field(default_factory=dict)
    controller: int | None = None
    answering: frozenset[str] = frozenset()
    problem: str = ""


def running(instances: Mapping[str, Instance]) -> set[int]:
    """Return the ids of brokers whose task runs."""
    return {
        int(one.id)
        for one in instances.values()
        if one.task is not None and one.task.state in (TaskState.RUNNING, TaskState.UNREACHABLE)
    }


def why_not_stop(broker: int, seen: Seen, instances: Mapping[str, Instance]) -> str:
    """Return why a broker must stay up; empty when it may go down.

    Kafka is believed before Mesos: a broker may serve before Mesos has told that its task runs. With nobody
    to ask, one that is known to run stays.
    """
    instance = instances.get(str(broker))
    if instance is None or instance.task is None:
        return ""
    if seen.cluster is None:
        return (seen.problem or "nothing is known of the cluster") if broker in running(instances) else ""
    return meridian_why_not_stop(seen.cluster, broker, (), seen.minimum)


def why_not_up(broker: int, seen: Seen | None, instances: Mapping[str, Instance]) -> str:
    """Return why a broker does not serve yet, though its task may run; empty when it does.

    Kafka has it registered, and that is no registration of the task before: the broker has answered itself,
    or the task runs for longer than one that is dead stays registered.
    """
    instance = instances.get(str(broker))
    task = instance.task if instance is not None else None
    if task is None or task.state is not TaskState.RUNNING:
        return "does not run"
    if seen is None or seen.taken_at < task.running_since:
        return "Kafka was not asked yet"
    if seen.cluster is None:
        return f"is not registered in Kafka ({seen.problem or 'nobody answers'})"
    if broker not in seen.cluster.brokers:
        return "is not registered in Kafka yet"
    if task.id not in seen.answering and seen.taken_at < task.running_since + SESSION_SECONDS:
        return "does not answer yet"
    return ""


def why_not_whole(broker: int, seen: Seen, instances: Mapping[str, Instance]) -> str:
    """Return what is not well yet after a broker was started; empty when all is.

    The broker has answered itself: what others say of it may be from before it went down. Then each replica
    on a broker that runs has to be in sync; those of brokers that were stopped on purpose do not count.
    """
    if seen.cluster is None:
        return seen.problem or "nothing is known of the cluster"
    instance = instances[str(broker)]
    if instance.task is None or instance.task.id not in seen.answering:
        return "does not answer yet"
    if broker not in seen.cluster.brokers:
        return "is not registered yet"
    behind = lagging(seen.cluster, running(instances))
    some = ", ".join(behind[:3]) + (", …" if len(behind) > 3 else "")
    return f"{len(behind)} partitions are not fully replicated yet ({some})" if behind else ""


def why_not_without(broker: int, seen: Seen) -> str:
    """Return why the data of a broker that is away are still needed; empty when others have them all."""
    if seen.cluster is None:
        return seen.problem or "nothing is known of the cluster"
    if broker in seen.cluster.brokers:
        return "it still answers"
    for part in seen.cluster.partitions:
        # One replica is no copy of another: its data would be gone for good.
        needed = max(1, min(seen.minimum.get(part.topic, 1), len(part.replicas) - 1))
        others = len([one for one in part.in_sync if one != broker])
        if broker in part.replicas and others < needed:
            return f"{part} has {others} other replicas in sync, and needs {needed}"
    return ""


def lagging(cluster: Cluster, up: Collection[int]) -> list[str]:
    """Return partitions that a running broker has a replica of which is not in sync."""
    return [
        str(part)
        for part in cluster.partitions
        if any(one in up and one not in part.in_sync for one in part.replicas)
    ]


def order(brokers: Collection[int], seen: Seen | None) -> list[int]:
    """Return in which order brokers are stopped or restarted: the active controller last."""
    controller = seen.controller if seen is not None else None
    return sorted(brokers, key=lambda one: (one == controller, one))


def metrics(seen: Seen | None) -> dict[int, dict[str, float]]:
    """Return numbers per broker."""
    if seen is None or seen.cluster is None:
        return {}
    found = {
        broker: {"partitions": 0.0, "leaders": 0.0, "underReplicated": 0.0, "preferredLeaders": 0.0}
        for broker in seen.cluster.brokers
    }
    for part in seen.cluster.partitions:
        for broker in part.replicas:
            if broker in found:
                found[broker]["partitions"] += 1
                found[broker]["underReplicated"] += broker not in part.in_sync
        if part.leader in found:
            found[part.leader]["leaders"] += 1
            found[part.leader]["preferredLeaders"] += part.leader == part.replicas[0]
    return found
