"""Topics: what is wanted against what is there, as a plan; and the plan carried out and verified."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from confluent_kafka.admin import (
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    ConfigSource,
    NewPartitions,
    NewTopic,
    ResourceType,
)

from meridian.common.errors import MeridianError
from meridian.services.kafka import client as kafka_client
from meridian.services.kafka import cluster as kafka_cluster
from meridian.services.kafka import everywhere, placement, values
from meridian.services.kafka.reassignment import THROTTLES

_MIN_IN_SYNC = "min.insync.replicas"
_VISIBLE_SECONDS = 30.0

#: Moves replicas: topic → partition → new replicas; returns when they have moved.
Reassign = Callable[[str, Mapping[int, tuple[int, ...]]], None]


@dataclass(frozen=True)
class Topic:
    """A topic as it is wanted or as it is.

    :ivar partitions: partition → broker ids of its replicas; empty for a topic that is only wanted.
    :ivar config: settings of the topic itself; what is not here follows the brokers' defaults.
    :ivar moving: its replicas are being moved, or their traffic is still bounded since they were.
    """

    name: str
    partition_count: int
    replication_factor: int
    config: Mapping[str, str] = field(default_factory=dict)
    partitions: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    moving: bool = False


@dataclass(frozen=True)
class Plan:
    """What has to be done for a topic to be as wanted; empty, and false, when nothing has.

    :ivar create: the topic is not there.
    :ivar grow: partitions now and then.
    :ivar replicas: partition → replicas now and then.
    :ivar config: key → value now and then; ``None`` is the brokers' default.
    """

    topic: Topic
    create: bool = False
    grow: tuple[int, int] | None = None
    replicas: Mapping[int, tuple[tuple[int, ...], tuple[int, ...]]] = field(default_factory=dict)
    config: Mapping[str, tuple[str | None, str | None]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.create or self.grow or self.replicas or self.config)

    def changes(self) -> dict[str, Any]:
        """Return the plan as plain data: what → old and new."""
        found: dict[str, Any] = {}
        if self.create:
            count, factor = self.topic.partition_count, self.topic.replication_factor
            new = {"partitions": count, "replication_factor": factor, **self.topic.config}
            return {"topic": {"old": None, "new": new}}
        if self.grow:
            found["partitions"] = {"old": self.grow[0], "new": self.grow[1]}
        for partition, (from_, to) in sorted(self.replicas.items()):
            found[f"replicas of partition {partition}"] = {"old": list(from_), "new": list(to)}
        for key, (before, after) in sorted(self.config.items()):
            found[key] = {"old": before, "new": after}
        return found


def wanted(
    name: str,
    partitions: int,
    replication_factor: int = 3,
    min_insync_replicas: int = 2,
    config: Mapping[str, Any] | None = None,
) -> Topic:
    """Return a topic as an operator describes it.

    :raises MeridianError: it could never take a write.
    """
    if min_insync_replicas > replication_factor:
        raise MeridianError(
            f"topic {name}: min_insync_replicas {min_insync_replicas} is more than its "
            f"{replication_factor} replicas, so no write with acks=all would ever succeed"
        )
    texts: dict[str, str] = {key: _text(value) for key, value in (config or {}).items()}
    return Topic(name, partitions, replication_factor, {_MIN_IN_SYNC: str(min_insync_replicas)} | texts)


def read(admin: AdminClient, name: str) -> Topic | None:
    """Return a topic as it is, ``None`` when there is none. Two requests."""
    seen = [part for part in kafka_cluster.describe(admin).partitions if part.topic == name]
    if not seen:
        return None
    entries = _settings(admin, name)
    own = {
        key: values.shown(entry.value, entry.is_sensitive)
        for key, entry in entries.items()
        if entry.source == ConfigSource.DYNAMIC_TOPIC_CONFIG.value and key not in THROTTLES
    }
    replicas = {part.number: part.replicas for part in seen}
    moving = any(entries[key].value for key in THROTTLES if key in entries)
    return Topic(name, len(replicas), min(map(len, replicas.values())), own, replicas, moving)


def _settings(admin: AdminClient, name: str, patience: float = 10.0) -> Mapping[str, Any]:
    """Return a topic's settings; the broker that is asked may not have heard of a new topic yet."""
    resource = ConfigResource(ResourceType.TOPIC, name)

    def ask() -> Mapping[str, Any]:
        found = kafka_client.results(admin.describe_configs([resource]), "settings of topic")
        (entries,) = found.values()
        return dict(entries)

    return kafka_client.when_known(ask, patience)


def plan(topic: Topic, actual: Topic | None, racks: Mapping[int, str]) -> Plan:
    """Compare. A setting that is not wanted goes back to the brokers' default. Pure.

    :param racks: broker id → rack, of all brokers that are up.
    :raises MeridianError: partitions would have to be taken away, or there are too few brokers.
    """
    if actual is None:
        if topic.replication_factor > len(racks):
            placement.place(topic.name, {0: ()}, racks, topic.replication_factor)
        return Plan(topic, create=True)
    if topic.partition_count < actual.partition_count:
        raise MeridianError(
            f"topic {topic.name} has {actual.partition_count} partitions and {topic.partition_count} are "
            "wanted: partitions are never taken away, as their records would be lost; "
            f"set partitions to {actual.partition_count}"
        )
    grows = topic.partition_count > actual.partition_count
    placed = placement.place(topic.name, actual.partitions, racks, topic.replication_factor)
    if actual.moving:
        # A run that was interrupted: moving all to where they are to be ends it, and the bound with it.
        placed = {**actual.partitions, **placed}
    return Plan(
        topic,
        grow=(actual.partition_count, topic.partition_count) if grows else None,
        replicas={number: (actual.partitions[number], new) for number, new in placed.items()},
        config={
            key: (actual.config.get(key), topic.config.get(key))
            for key in values.changed(actual.config, topic.config)
        },
    )


def plan_now(admin: AdminClient, topic: Topic) -> Plan:
    """Look at the cluster, and return the plan."""
    return plan(topic, read(admin, topic.name), kafka_cluster.racks(admin))


def apply(admin: AdminClient, todo: Plan, reassign: Reassign) -> None:
    """Carry out a plan and see that it happened.

    1. Create the topic, or: 2. move replicas first, so that new partitions get as many as the others,
    3. add partitions, 4. change settings. 5. Wait until the cluster shows all of it.

    :param reassign: moves replicas.
    :raises MeridianError: a step was refused, or is not to be seen in time.
    """
    topic = todo.topic
    if todo.create:
        new = NewTopic(topic.name, topic.partition_count, topic.replication_factor, config=dict(topic.config))
        kafka_client.results(admin.create_topics([new]), "create topic")
    if todo.replicas:
        reassign(topic.name, {number: new for number, (_, new) in todo.replicas.items()})
    if todo.grow:
        kafka_client.results(admin.create_partitions([NewPartitions(topic.name, todo.grow[1])]), "grow topic")
    if todo.config:
        alter(
            admin, ConfigResource(ResourceType.TOPIC, topic.name), {k: v for k, (_, v) in todo.config.items()}
        )
    _await(admin, topic)


def alter(admin: AdminClient, resource: ConfigResource, settings: Mapping[str, str | None]) -> None:
    """Set some settings of a topic or broker, and leave the others as they are.

    :param settings: key → value; ``None`` takes the setting away.
    :raises MeridianError: Kafka refuses; with its words.
    """
    for key, value in settings.items():
        kind = AlterConfigOpType.DELETE if value is None else AlterConfigOpType.SET
        resource.add_incremental_config(ConfigEntry(key, value, incremental_operation=kind))
    kafka_client.results(admin.incremental_alter_configs([resource]), "change settings of")


def delete(admin: AdminClient, name: str, confirm: str) -> None:
    """Delete a topic with all its records.

    :param confirm: the name once more.
    :raises MeridianError: the two names differ, it is an internal topic, or there is none of that name.
    """
    if confirm != name:
        raise MeridianError(f"topic {name} was not deleted: that needs its name twice, confirm={name}")
    if name.startswith("__"):
        raise MeridianError(f"topic {name} is Kafka's own and was not deleted")
    kafka_client.results(admin.delete_topics([name]), "delete topic")


def _await(admin: AdminClient, topic: Topic) -> None:
    """Wait until each broker knows the topic, and one shows leaders for all partitions and nothing to do."""
    until = time.monotonic() + _VISIBLE_SECONDS
    while True:
        try:
            left = ", ".join(_left(key, of) for key, of in plan_now(admin, topic).changes().items())
            parts = [one for one in kafka_cluster.describe(admin).partitions if one.topic == topic.name]
            if not left and parts and all(one.leader is not None for one in parts):
                if everywhere.known(admin, [topic.name]):
                    return
                left = "some broker has not heard of it"
        except MeridianError as error:
            # Brokers hear of a change one after the other; one that has not yet knows no such topic.
            left = str(error)
        if time.monotonic() > until:
            what = left or "a leader for each partition"
            raise MeridianError(f"topic {topic.name}: not to be seen after {_VISIBLE_SECONDS:.0f} s: {what}")
        time.sleep(0.1)


def _left(key: str, of: Mapping[str, Any]) -> str:
    """Return what is not as wanted yet, and what Kafka says of it."""
    return f"{key} is to be {of['new']}, and Kafka says {of['old']}"


def _text(value: Any) -> str:
    """Return a setting as Kafka takes it: a whole number that YAML made a float is refused for a LONG."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list | tuple):
        return ",".join(map(_text, value))
    return str(value).lower() if isinstance(value, bool) else str(value)
