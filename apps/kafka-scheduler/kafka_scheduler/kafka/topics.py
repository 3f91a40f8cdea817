"""Topics of the running cluster: listed, added, changed, deleted, given more partitions."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import (
    AdminClient,
    ConfigResource,
    ConfigSource,
    NewPartitions,
    NewTopic,
    ResourceType,
)
from meridian.common.errors import MeridianError
from meridian.services.kafka import client, cluster, everywhere, values
from meridian.services.kafka import topics as kafka_topics
from meridian.services.kafka.cluster import Partition
from meridian.services.kafka.reassignment import THROTTLES

from kafka_scheduler.kafka import partitions_planning
from kafka_scheduler.kafka.access import KafkaAccess
from kafka_scheduler.kafka.partitions_planning import Order

_MIN_IN_SYNC = "min.insync.replicas"
_PATIENCE_SECONDS = 10.0


@dataclass(frozen=True)
class Topic:
    """A topic as it is.

    :ivar partitions: number → broker ids, the preferred leader first.
    :ivar options: settings of its own.
    """

    name: str
    partitions: Mapping[int, tuple[int, ...]]
    options: Mapping[str, str] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """Return it as plain data."""
        replicas = {str(number): list(ids) for number, ids in sorted(self.partitions.items())}
        return {"name": self.name, "partitions": replicas, "options": dict(sorted(self.options.items()))}


@dataclass(frozen=True)
class NewTopics:
    """Topics that are wanted.

    :ivar replicas: of each partition; ``None``: the brokers' default.
    :ivar order: which brokers, and from where on; ``None``: Kafka places them.
    """

    names: tuple[str, ...]
    partitions: int
    replicas: int | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    order: Order | None = None


class Topics:
    """Operations on topics. Safe to call from any thread."""

    def __init__(self, access: KafkaAccess) -> None:
        self._access = access

    def names(self) -> list[str]:
        """Return the names of all topics."""
        return sorted({part.topic for part in self._described()})

    def describe(self, names: Sequence[str]) -> list[Topic]:
        """Return topics in the order of their names as given. Two requests.

        A broker that is asked may not have heard of a topic just made: it is asked again for some seconds.
        """
        if not names:
            return []
        admin = self._access.admin()
        resources = [ConfigResource(ResourceType.TOPIC, name) for name in names]

        def ask() -> list[Topic]:
            answers = client.results(admin.describe_configs(resources), "settings of topic")
            options = {one.name: _own(entries) for one, entries in answers.items()}
            replicas = _replicas(cluster.describe(admin).partitions)
            if late := [name for name in names if name not in replicas]:
                raise KafkaException(KafkaError(KafkaError.UNKNOWN_TOPIC_OR_PART, f"topic {late[0]}"))
            return [Topic(name, replicas[name], options[name]) for name in names]

        try:
            return client.when_known(ask, _PATIENCE_SECONDS)
        except KafkaException as error:
            raise MeridianError(f"Kafka: {client.explain(error)}") from error

    def partitions(self, names: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
        """Return topics' partitions as plain data."""
        found: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
        for part in self._described():
            if part.topic in found:
                found[part.topic].append(
                    {
                        "id": part.number,
                        "leader": -1 if part.leader is None else part.leader,
                        "expectedLeader": part.replicas[0],
                        "replicas": list(part.replicas),
                        "isr": list(part.in_sync),
                    }
                )
        return found

    def add(self, wanted: NewTopics) -> list[Topic]:
        """Add topics, all or none as far as that can be told before.

        :raises MeridianError: one is there already, could never take a write, or Kafka refuses.
        """
        admin = self._access.admin()
        if there := sorted(set(wanted.names) & set(self.names())):
            raise MeridianError(f"topic {', '.join(there)}: there is one of that name already")
        racks = cluster.racks(admin)
        if wanted.order:
            _must_run(wanted.order.brokers, racks)
        factor, minimum = self._factor(admin, wanted, racks)
        if minimum > factor:
            named = ", ".join(wanted.names)
            raise MeridianError(
                f"topic {named}: {factor} replicas are less than {_MIN_IN_SYNC} {minimum}: no "
                f"write with acks=all would succeed; set {_MIN_IN_SYNC}={factor} among the options"
            )
        client.results(
            admin.create_topics([_new(name, wanted, factor, racks) for name in wanted.names]), "create topic"
        )
        self._await(
            lambda found: set(wanted.names) <= set(found) and everywhere.known(admin, wanted.names),
            f"topic {', '.join(wanted.names)}",
        )
        return self.describe(wanted.names)

    def update(self, names: Sequence[str], options: Mapping[str, str | None]) -> list[Topic]:
        """Change some settings of topics; the others stay.

        :param options: key → value; ``None``: the brokers' default.
        :raises MeridianError: Kafka refuses; with its words.
        """
        admin = self._access.admin()
        if bad := sorted(set(options) & set(THROTTLES)):
            raise MeridianError(f"{', '.join(bad)}: is set while replicas move, and taken away after it")
        for name in names:
            kafka_topics.alter(admin, ConfigResource(ResourceType.TOPIC, name), options)
        return self._with_options(names, options)

    def delete(self, name: str, confirm: str) -> None:
        """Delete a topic and its records.

        :param confirm: its name once more.
        """
        kafka_topics.delete(self._access.admin(), name, confirm)
        self._await(lambda found: name not in found, f"end of topic {name}")

    def grow(self, names: Sequence[str], count: int, brokers: Sequence[int] = ()) -> None:
        """Give topics more partitions.

        :param count: how many each shall have in all.
        :param brokers: where the new ones may be; none: Kafka places them.
        :raises MeridianError: one of them has as many or more already.
        """
        admin = self._access.admin()
        racks = cluster.racks(admin)
        _must_run(brokers, racks)
        there = _replicas(cluster.describe(admin).partitions)
        for name in names:
            if len(there.get(name, {})) >= count:
                raise MeridianError(
                    f"topic {name} has {len(there[name])} partitions: they can only become more, not {count}"
                )
        wanted = []
        for name in names:
            placed = None
            if brokers:
                new = range(len(there[name]), count)
                factor = max(map(len, there[name].values()))
                placed = partitions_planning.assign(name, new, factor, Order(tuple(brokers)), racks)
            assignment = [list(ids) for _, ids in sorted(placed.items())] if placed else None
            wanted.append(NewPartitions(name, count, **_given(replica_assignment=assignment)))
        client.results(admin.create_partitions(wanted), "grow topic")
        self._await(
            lambda found: all(len(found.get(name, {})) == count for name in names),
            f"new partitions of {', '.join(names)}",
        )

    def _described(self) -> tuple[Partition, ...]:
        return cluster.describe(self._access.admin()).partitions

    def _factor(self, admin: AdminClient, wanted: NewTopics, racks: Mapping[int, str]) -> tuple[int, int]:
        """Return how many replicas partitions will have, and how many must be in sync for a write."""
        resource = ConfigResource(ResourceType.BROKER, str(min(racks)))
        (defaults,) = client.results(admin.describe_configs([resource]), "settings of broker").values()
        factor = wanted.replicas or int(defaults["default.replication.factor"].value)
        minimum = wanted.options.get(_MIN_IN_SYNC) or defaults[_MIN_IN_SYNC].value
        return factor, int(minimum) if str(minimum).isdigit() else 0

    def _await(self, true: Callable[[Mapping[str, Mapping[int, tuple[int, ...]]]], bool], what: str) -> None:
        """Wait until a broker that answers has heard of a change."""
        if not _eventually(lambda: true(_replicas(self._described()))):
            raise MeridianError(f"{what}: not to be seen after {_PATIENCE_SECONDS:.0f} s")

    def _with_options(self, names: Sequence[str], options: Mapping[str, str | None]) -> list[Topic]:
        """Return topics as a broker tells of them that has heard of a change."""
        found: list[Topic] = []

        def seen() -> bool:
            found[:] = self.describe(names)
            return all(values.covers(one.options, options) for one in found)

        if not _eventually(seen):
            said = "; ".join(
                f"topic {one.name}: {key} is to be {value}, and Kafka says {one.options.get(key)}"
                for one in found
                for key, value in options.items()
                if not values.same(key, one.options.get(key), value)
            )
            raise MeridianError(f"not to be seen after {_PATIENCE_SECONDS:.0f} s: {said}")
        return found


def _new(name: str, wanted: NewTopics, factor: int, racks: Mapping[int, str]) -> NewTopic:
    if wanted.order is None:
        return NewTopic(name, wanted.partitions, factor, config=dict(wanted.options))
    placed = partitions_planning.assign(name, range(wanted.partitions), factor, wanted.order, racks)
    assignment = [list(ids) for _, ids in sorted(placed.items())]
    return NewTopic(name, wanted.partitions, replica_assignment=assignment, config=dict(wanted.options))


def _given(**arguments: Any) -> dict[str, Any]:
    return {name: value for name, value in arguments.items() if value is not None}


def _must_run(brokers: Sequence[int], racks: Mapping[int, str]) -> None:
    if down := [one for one in brokers if one not in racks]:
        raise MeridianError(f"broker {', '.join(map(str, down))} is not up; start it, or leave it out")


def _own(entries: Mapping[str, Any]) -> dict[str, str]:
    """Return the settings that are the topic's own, but for those that are there while replicas move."""
    own = ConfigSource.DYNAMIC_TOPIC_CONFIG.value
    return {
        key: values.shown(one.value, one.is_sensitive)
        for key, one in entries.items()
        if one.source == own and key not in THROTTLES
    }


def _replicas(partitions: Sequence[Partition]) -> dict[str, dict[int, tuple[int, ...]]]:
    found: dict[str, dict[int, tuple[int, ...]]] = {}
    for part in partitions:
        found.setdefault(part.topic, {})[part.number] = part.replicas
    return found


def _eventually(true: Callable[[], bool], patience: float = _PATIENCE_SECONDS) -> bool:
    until = time.monotonic() + patience
    while not true():
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True
