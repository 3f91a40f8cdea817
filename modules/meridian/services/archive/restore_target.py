"""The topic that is restored into: made as the original was, or found fit, or refused beforehand."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import (
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    ConfigSource,
    NewTopic,
    ResourceType,
)

from meridian.common.errors import MeridianError
from meridian.services.kafka.client import when_known

TIMEOUT = 30.0
LARGEST = 104_857_600
_EVER = str(2**63 - 1)
_DAY = 86_400_000
# What is restored may be of any age, and would be deleted at once.
_KEEPS = {"retention.ms": "-1"}
_TAKES_ALL = {
    "max.message.bytes": str(LARGEST),
    "message.timestamp.after.max.ms": _EVER,
    "message.timestamp.before.max.ms": _EVER,
}
# Not the original's: how long it keeps records, and what a move of its replicas left.
_NOT_TAKEN = ("retention.", "leader.replication.throttled", "follower.replication.throttled")


@dataclass(frozen=True)
class Original:
    """The archived topic as it is, or as pillar says that it should be.

    :ivar partitions: how many it has; 0 when nobody knows.
    :ivar config: its own settings; ``None`` when nobody knows.
    """

    partitions: int = 0
    config: Mapping[str, str] | None = field(default=None)


def original(admin: AdminClient, topic: str) -> Original:
    """Return a topic as it is in its cluster; :class:`Original` without anything when it is not there.

    :raises KafkaException: when the cluster does not answer.
    """
    found = admin.list_topics(timeout=TIMEOUT).topics.get(topic)
    if found is None or found.error is not None:
        return Original()
    resource = ConfigResource(ResourceType.TOPIC, topic)
    described = admin.describe_configs([resource], request_timeout=TIMEOUT)[resource].result()
    own = {
        entry.name: entry.value
        for entry in described.values()
        if entry.source == ConfigSource.DYNAMIC_TOPIC_CONFIG.value
    }
    return Original(len(found.partitions), own)


def make(admin: AdminClient, topic: str, partitions: int) -> bool:
    """Make the topic unless it is there, so that it takes whatever was archived; tell whether it was made."""
    listed = admin.list_topics(timeout=TIMEOUT)
    if topic in listed.topics:
        return False
    replicas = min(3, len(listed.brokers))
    config = {**_KEEPS, **_TAKES_ALL, "min.insync.replicas": str(max(1, replicas - 1))}
    made = admin.create_topics([NewTopic(topic, partitions, replicas, config=config)])
    try:
        made[topic].result()
    except KafkaException as error:
        if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
            raise
        return False
    return True


def finish(admin: AdminClient, topic: str, config: Mapping[str, str] | None) -> None:
    """Give a topic that was made here the original's settings, now that all records are in it."""
    if config is None:
        return
    wanted = final_config(config)
    changes = [
        ConfigEntry(key, value, incremental_operation=AlterConfigOpType.SET) for key, value in wanted.items()
    ]
    changes += [
        ConfigEntry(key, None, incremental_operation=AlterConfigOpType.DELETE)
        for key in _TAKES_ALL
        if key not in wanted
    ]
    resource = ConfigResource(ResourceType.TOPIC, topic, incremental_configs=changes)
    admin.incremental_alter_configs([resource], request_timeout=TIMEOUT)[resource].result()


def final_config(config: Mapping[str, str]) -> dict[str, str]:
    """Return what a restored topic takes over from its original: all but its retention."""
    return {key: value for key, value in config.items() if not key.startswith(_NOT_TAKEN)}


def numbers(admin: AdminClient, topic: str) -> list[int]:
    """Return the numbers of a topic's partitions."""
    found = admin.list_topics(topic, timeout=TIMEOUT).topics[topic]
    if found.error is not None:
        raise KafkaException(found.error)
    return list(found.partitions)


def settings(admin: AdminClient, topic: str) -> dict[str, str]:
    """Return all settings of a topic that was just made or has been there."""
    resource = ConfigResource(ResourceType.TOPIC, topic)
    found = when_known(lambda: admin.describe_configs([resource])[resource].result(), TIMEOUT)
    return {name: entry.value for name, entry in found.items()}


def unfit(topic: str, config: Mapping[str, str], oldest: int, newest: int, now: int) -> str:
    """Return why a topic could not hold records as they are, empty when it can.

    :param config: all of the topic's settings.
    :param oldest: smallest timestamp, milliseconds since 1970; likewise ``newest`` and ``now``.
    """
    keeps = int(config["retention.ms"])
    if "delete" in config["cleanup.policy"] and keeps >= 0 and oldest < now - keeps:
        return (
            f"topic {topic} keeps records for {keeps / _DAY:g} days, some are older and would be "
            "deleted at once: set its retention.ms to -1 first"
        )
    if config["message.timestamp.type"] != "CreateTime":
        return f"topic {topic} sets timestamps itself: set its message.timestamp.type to CreateTime first"
    for key, beyond, side in (
        ("message.timestamp.after.max.ms", newest - now, "ahead"),
        ("message.timestamp.before.max.ms", now - oldest, "old"),
    ):
        if beyond > int(config.get(key, _EVER)):
            return (
                f"topic {topic} takes no record that is {beyond / _DAY:.1f} days {side}, some are: "
                f"set its {key} to {_EVER} first"
            )
    return ""


def check(admin: AdminClient, topic: str, partitions: int, oldest: int, newest: int) -> dict[str, str]:
    """Refuse a topic that could not hold the records as they are; return its settings.

    :raises MeridianError: what is wrong with it, and what to set.
    """
    found = len(when_known(lambda: numbers(admin, topic), TIMEOUT))
    if found < partitions:
        raise MeridianError(
            f"topic {topic} has {found} partitions, the archived one has {partitions}: add some first"
        )
    config = settings(admin, topic)
    if problem := unfit(topic, config, oldest, newest, int(time.time() * 1000)):
        raise MeridianError(problem)
    return config
