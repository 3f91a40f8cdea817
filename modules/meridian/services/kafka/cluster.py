"""What a cluster is like now."""

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient, ConfigResource, ResourceType

from meridian.common.errors import MeridianError
from meridian.services.kafka import client as kafka_client

_POLL_SECONDS = 0.3


@dataclass(frozen=True, order=True)
class Partition:
    """A partition and where its replicas are.

    :ivar leader: broker id; ``None`` when it has no leader.
    :ivar replicas: broker ids, the preferred leader first.
    :ivar in_sync: broker ids of replicas that have every committed record.
    """

    topic: str
    number: int
    leader: int | None
    replicas: tuple[int, ...]
    in_sync: tuple[int, ...]

    def __str__(self) -> str:
        return f"{self.topic}/{self.number}"


@dataclass(frozen=True)
class Cluster:
    """A cluster as its metadata describe it.

    :ivar brokers: ids of brokers that are registered and not fenced → ``host:port``.
    :ivar partitions: all partitions, internal topics among them.
    """

    id: str
    brokers: Mapping[int, str]
    partitions: tuple[Partition, ...]

    @property
    def under_replicated(self) -> tuple[Partition, ...]:
        """Partitions with a replica that is not in sync."""
        return tuple(one for one in self.partitions if len(one.in_sync) < len(one.replicas))

    @property
    def offline(self) -> tuple[Partition, ...]:
        """Partitions without a leader."""
        return tuple(one for one in self.partitions if one.leader is None)

    def below_min_isr(self, minimum: Mapping[str, int]) -> tuple[Partition, ...]:
        """Partitions that refuse writes with acks=all.

        :param minimum: topic → its min.insync.replicas, see :func:`min_in_sync`.
        """
        return tuple(one for one in self.partitions if len(one.in_sync) < minimum.get(one.topic, 1))


def describe(admin: AdminClient, timeout: float = kafka_client.REQUEST_SECONDS) -> Cluster:
    """Ask a cluster for its brokers and partitions, in one request.

    :param timeout: seconds to wait.
    :raises MeridianError: no broker answers.
    """
    try:
        seen = admin.list_topics(timeout=timeout)
    except KafkaException as error:
        raise MeridianError(f"no broker answers: {kafka_client.explain(error)}") from error
    partitions = [
        Partition(
            name,
            part.id,
            part.leader if part.leader >= 0 else None,
            tuple(part.replicas),
            tuple(sorted(part.isrs)),
        )
        for name, topic in seen.topics.items()
        for part in topic.partitions.values()
    ]
    brokers = {broker.id: f"{broker.host}:{broker.port}" for broker in seen.brokers.values()}
    return Cluster(seen.cluster_id or "", dict(sorted(brokers.items())), tuple(sorted(partitions)))


def controller(admin: AdminClient) -> int | None:
    """Return the active controller of a cluster with ZooKeeper; ``None`` while there is none.

    With KRaft brokers answer with any of them: there, see :func:`meridian.services.kafka.roll.leader_of`.

    :raises MeridianError: no broker answers.
    """
    try:
        found = admin.list_topics(timeout=kafka_client.REQUEST_SECONDS).controller_id
    except KafkaException as error:
        raise MeridianError(f"no broker answers: {kafka_client.explain(error)}") from error
    return found if found >= 0 else None


def min_in_sync(admin: AdminClient, topics: Collection[str]) -> dict[str, int]:
    """Return the effective min.insync.replicas of topics, in one request."""
    if not topics:
        return {}
    resources = [ConfigResource(ResourceType.TOPIC, name) for name in sorted(topics)]
    answers = kafka_client.results(admin.describe_configs(resources), "settings of topic")
    return {one.name: int(entries["min.insync.replicas"].value) for one, entries in answers.items()}


def racks(admin: AdminClient) -> dict[int, str]:
    """Return the rack of each broker that is up; empty for a broker without one."""
    answer = admin.describe_cluster(request_timeout=kafka_client.REQUEST_SECONDS).result()
    return {node.id: node.rack or "" for node in answer.nodes}


def wait_healthy(
    admin: AdminClient,
    expected: Collection[int],
    deadline: float,
    stop: Callable[[], None] = lambda: None,
) -> Cluster:
    """Wait until all brokers are registered and each replica is in sync.

    :param expected: ids of the brokers that must be up.
    :param deadline: seconds to wait at most.
    :param stop: called between two looks; raises when it makes no sense to go on.
    :raises NotHealthy: they are not in time; says what is missing.
    """
    until = time.monotonic() + deadline
    while True:
        problem = "no broker answers"
        missing = set(expected)
        try:
            seen = describe(admin, max(0.5, min(5.0, until - time.monotonic())))
        except MeridianError as error:
            problem = str(error)
        else:
            missing = set(expected) - set(seen.brokers)
            if not missing and not seen.under_replicated and not seen.offline:
                return seen
            problem = why_not_healthy(seen, expected)
        if time.monotonic() > until:
            raise NotHealthy(problem, missing)
        stop()
        time.sleep(_POLL_SECONDS)


class NotHealthy(MeridianError):
    """A cluster did not become healthy in time.

    :ivar missing: ids of brokers that are not up.
    """

    def __init__(self, problem: str, missing: Collection[int]) -> None:
        super().__init__(problem)
        self.missing = frozenset(missing)


def why_not_healthy(seen: Cluster, expected: Collection[int]) -> str:
    """Return in one line what keeps a cluster from being healthy; empty when nothing does."""
    parts = []
    if missing := sorted(set(expected) - set(seen.brokers)):
        parts.append(f"broker {', '.join(map(str, missing))} is not up")
    for what, found in (("without a leader", seen.offline), ("under-replicated", seen.under_replicated)):
        if found:
            some = ", ".join(map(str, found[:3])) + (", …" if len(found) > 3 else "")
            parts.append(f"{len(found)} partitions {what} ({some})")
    return "; ".join(parts)
