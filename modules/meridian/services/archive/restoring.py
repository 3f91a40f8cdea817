"""Archived records back into Kafka: the very same keys, values, headers, timestamps and partitions."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from confluent_kafka import KafkaError, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, ConfigResource, NewTopic, OffsetSpec, ResourceType

from meridian.common.errors import MeridianError
from meridian.services.archive import access, reader
from meridian.services.archive.columns import Record
from meridian.services.archive.segment import Coverage
from meridian.services.archive.settings import KafkaAccess
from meridian.services.archive.store import Store, Stored
from meridian.services.kafka.client import when_known
from meridian.topology.model import Topology

_TIMEOUT = 30.0
_Chains = dict[int, list[tuple[Stored, Coverage]]]


@dataclass(frozen=True)
class Wanted:
    """What to restore.

    :ivar start: from this time on, milliseconds since 1970; ``None`` from the beginning.
    :ivar end: before this time, milliseconds since 1970; ``None`` to the end.
    """

    environment: str
    region: str
    topic: str
    start: int | None = None
    end: int | None = None


def moment(text: str | int | None) -> int | None:
    """Read a point in time.

    :param text: ISO 8601 with an offset (``2013-01-01T06:00:00Z``) or milliseconds since 1970.
    :return: milliseconds since 1970; ``None`` for nothing.
    :raises MeridianError: when it is neither, or has no offset from UTC.
    """
    if text is None or text == "":
        return None
    if str(text).lstrip("-").isdecimal():
        return int(text)
    try:
        parsed = datetime.fromisoformat(str(text))
    except ValueError as error:
        raise MeridianError(f"{text!r} is no time; write it as 2013-01-01T06:00:00Z") from error
    if parsed.tzinfo is None:
        raise MeridianError(f"{text!r} does not say which zone it is in; add Z for UTC")
    return round(parsed.timestamp() * 1000)


def restore(
    store: Store, wanted: Wanted, kafka: KafkaAccess, into: str, append_to: str = ""
) -> dict[str, Any]:
    """Put archived records into a topic.

    1. Find the segments that touch the time range. 2. The target: make it when it is missing, with the same
    partitions and without retention; else it must have the partitions, keep records so old, and be empty.
    3. Produce partition by partition in the order of offsets, idempotently. 4. Compare the target's growth
    with the number of records.

    A restore that broke off leaves part of the records behind, and the next one refuses to add to them:
    delete the topic first, or restore into another.

    :param into: the target topic.
    :param append_to: the target's name again allows it to have records already.
    :return: ``{"topic", "into", "created", "records", "partitions": {partition: records}}``.
    :raises MeridianError: when the target is unfit, a segment is damaged, or a record was refused.
    """
    chains = _chains(store, wanted)
    if not chains:
        raise MeridianError(f"{store.name}: nothing is archived of {wanted.topic} in {wanted.region}")
    stamps = [coverage.first_timestamp for chain in chains.values() for _, coverage in chain]
    admin = AdminClient(kafka.client() | {"log_level": 2})
    try:
        created = _make(admin, into, max(chains) + 1)
        _fit(admin, into, max(chains) + 1, max(wanted.start or 0, min(stamps, default=0)))
        before = _ends(admin, into)
        if any(before.values()) and append_to != into:
            raise MeridianError(
                f"topic {into} has records already; restore into another, or say append_to={into}"
            )
        counts = _produce(kafka, into, _records(store, chains, wanted))
        grown = {number: end - before[number] for number, end in _ends(admin, into).items()}
    except KafkaException as error:
        raise MeridianError(f"Kafka {kafka.bootstrap}: {error.args[0].str()}") from error
    if any(grown[number] != count for number, count in counts.items()):
        raise MeridianError(
            f"topic {into} grew by {sum(grown.values())} records, restored were {sum(counts.values())}: "
            "something else writes to it"
        )
    return {
        "topic": wanted.topic,
        "into": into,
        "created": created,
        "records": sum(counts.values()),
        "partitions": counts,
    }


def of_topology(
    topology: Topology,
    secrets: Path,
    region: str,
    topic: str,
    into: str,
    start: str | int | None = None,
    end: str | int | None = None,
    *,
    target_region: str = "",
    append_to: str = "",
) -> dict[str, Any]:
    """Restore with the operator's credentials; see :func:`restore`.

    :param secrets: the environment's folder of secrets, :func:`meridian.common.paths.secrets`.
    :param start: see :func:`moment`; likewise ``end``.
    :param target_region: region of the topic to restore into; default: the archive's region.
    :raises MeridianError: as :func:`restore`, and when a time cannot be read or credentials are missing.
    """
    wanted = Wanted(topology.environment, region, topic, moment(start), moment(end))
    store = Store(access.of_topology(topology, secrets, region))
    return restore(store, wanted, access.kafka(topology, secrets, target_region or region), into, append_to)


def _chains(store: Store, wanted: Wanted) -> _Chains:
    """Return each archived partition with those of its segments that touch the time range."""
    return {
        path.partition: [
            (one, coverage)
            for one, coverage in reader.coverages(store, stored)
            if reader.touches(coverage, wanted.start, wanted.end)
        ]
        for path, stored in reader.partitions(store, wanted.environment, wanted.region, wanted.topic)
    }


def _records(store: Store, chains: _Chains, wanted: Wanted) -> Iterator[Record]:
    for chain in chains.values():
        yield from reader.records_of(store, chain, wanted.start, wanted.end)


def _make(admin: AdminClient, topic: str, partitions: int) -> bool:
    """Make the topic unless it is there; tell whether it was made."""
    listed = admin.list_topics(timeout=_TIMEOUT)
    if topic in listed.topics:
        return False
    replicas = min(3, len(listed.brokers))
    # Without retention: what is restored may be of any age, and would be deleted at once.
    config = {"retention.ms": "-1", "min.insync.replicas": str(max(1, replicas - 1))}
    made = admin.create_topics([NewTopic(topic, partitions, replicas, config=config)])
    try:
        made[topic].result()
    except KafkaException as error:
        if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
            raise
        return False
    return True


def _numbers(admin: AdminClient, topic: str) -> list[int]:
    """Return the numbers of a topic's partitions."""
    found = admin.list_topics(topic, timeout=_TIMEOUT).topics[topic]
    if found.error is not None:
        raise KafkaException(found.error)
    return list(found.partitions)


def _fit(admin: AdminClient, topic: str, partitions: int, oldest: int) -> None:
    """Refuse a topic that could not hold the records as they are."""
    found = len(when_known(lambda: _numbers(admin, topic), _TIMEOUT))
    if found < partitions:
        raise MeridianError(
            f"topic {topic} has {found} partitions, the archived one has {partitions}: add some first"
        )
    resource = ConfigResource(ResourceType.TOPIC, topic)
    config = when_known(lambda: admin.describe_configs([resource])[resource].result(), _TIMEOUT)
    keeps = int(config["retention.ms"].value)
    if "delete" in config["cleanup.policy"].value and keeps >= 0 and oldest < time.time() * 1000 - keeps:
        raise MeridianError(
            f"topic {topic} keeps records for {keeps / 86_400_000:g} days, some are older and would be "
            "deleted at once: set its retention.ms to -1 first"
        )
    if config["message.timestamp.type"].value != "CreateTime":
        raise MeridianError(
            f"topic {topic} sets timestamps itself: set its message.timestamp.type to CreateTime first"
        )


def _ends(admin: AdminClient, topic: str) -> dict[int, int]:
    """Return the end offset of each partition."""

    def ask() -> dict[int, int]:
        latest = {TopicPartition(topic, number): OffsetSpec.latest() for number in _numbers(admin, topic)}
        asked = admin.list_offsets(latest)
        return {place.partition: future.result().offset for place, future in asked.items()}

    return when_known(ask, _TIMEOUT)


def _produce(kafka: KafkaAccess, topic: str, records: Iterable[Record]) -> dict[int, int]:
    """Produce the records; return how many went to each partition."""
    producer = Producer(
        kafka.client()
        | {
            "enable.idempotence": True,
            "compression.type": "lz4",
            "linger.ms": 50,
            "queue.buffering.max.messages": 100_000,
            "queue.buffering.max.kbytes": 65_536,
            "message.max.bytes": 104_857_600,
            "log_level": 2,
        }
    )
    failed: list[KafkaError] = []
    counts: dict[int, int] = {}

    def delivered(error: KafkaError | None, _: Any) -> None:
        if error is not None:
            failed.append(error)

    for record in records:
        while True:
            if failed:
                raise KafkaException(failed[0])
            try:
                producer.produce(
                    topic,
                    record.value,
                    record.key,
                    partition=record.partition,
                    headers=list(record.headers),
                    on_delivery=delivered,
                    # 0 is the client's way to say: now.
                    timestamp=record.timestamp or 0,
                )
                break
            except BufferError:
                producer.poll(0.1)
        counts[record.partition] = counts.get(record.partition, 0) + 1
        producer.poll(0)
    producer.flush()
    if failed:
        raise KafkaException(failed[0])
    return counts
