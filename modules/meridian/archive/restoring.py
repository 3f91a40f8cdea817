"""Archived records back into Kafka: the very same keys, values, headers, timestamps and partitions."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from confluent_kafka import KafkaError, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, ConfigResource, NewTopic, OffsetSpec, ResourceType

from meridian.archive import reader
from meridian.archive.columns import Record
from meridian.archive.settings import KafkaAccess
from meridian.archive.store import Store, Stored
from meridian.errors import MeridianError

_TIMEOUT = 30.0


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
    partitions and without retention; else it must have the partitions, keep records of that age, and be empty.
    3. Produce partition by partition in the order of offsets, idempotently. 4. Compare the target's growth
    with the number of records.

    A restore that broke off leaves part of the records behind, and the next one refuses to add to them: delete
    the topic first, or restore into another.

    :param into: the target topic.
    :param append_to: the target's name again allows it to have records already.
    :return: ``{"topic", "into", "created", "records", "partitions": {partition: records}}``.
    :raises MeridianError: when the target is unfit, a segment is damaged, or a record could not be produced.
    """
    chains = {
        path.partition: stored
        for path, stored in reader.partitions(store, wanted.environment, wanted.region, wanted.topic)
    }
    if not chains:
        raise MeridianError(f"{store.name}: nothing is archived of {wanted.topic} in {wanted.region}")
    admin = AdminClient(kafka.client() | {"log_level": 2})
    try:
        created = _make(admin, into, max(chains) + 1)
        _fit(admin, into, max(chains) + 1, wanted.start)
        before = _ends(admin, into)
        if any(before.values()) and append_to != into:
            raise MeridianError(
                f"topic {into} has records already; restore into another topic, or say append_to={into} to add to it"
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


def _records(store: Store, chains: dict[int, list[Stored]], wanted: Wanted) -> Iterator[Record]:
    for stored in chains.values():
        yield from reader.records_of(store, stored, wanted.start, wanted.end)


def _make(admin: AdminClient, topic: str, partitions: int) -> bool:
    if topic in admin.list_topics(timeout=_TIMEOUT).topics:
        return False
    brokers = len(admin.list_topics(timeout=_TIMEOUT).brokers)
    replicas = min(3, brokers)
    # Without retention: what is restored may be of any age, and would be deleted at once.
    config = {"retention.ms": "-1", "min.insync.replicas": str(max(1, replicas - 1))}
    made = admin.create_topics([NewTopic(topic, partitions, replicas, config=config)])
    try:
        made[topic].result()
    except KafkaException as error:
        if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
            raise
        return False
    deadline = time.monotonic() + _TIMEOUT
    while topic not in admin.list_topics(timeout=_TIMEOUT).topics and time.monotonic() < deadline:
        time.sleep(0.1)
    return True


def _fit(admin: AdminClient, topic: str, partitions: int, start: int | None) -> None:
    found = len(admin.list_topics(topic, timeout=_TIMEOUT).topics[topic].partitions)
    if found < partitions:
        raise MeridianError(
            f"topic {topic} has {found} partitions, the archived one {partitions}: add some first"
        )
    resource = ConfigResource(ResourceType.TOPIC, topic)
    config = admin.describe_configs([resource])[resource].result()
    keeps = int(config["retention.ms"].value)
    oldest = start if start is not None else 0
    if "delete" in config["cleanup.policy"].value and keeps >= 0 and oldest < time.time() * 1000 - keeps:
        raise MeridianError(
            f"topic {topic} keeps records for {keeps / 86_400_000:g} days, older ones would be deleted at once: "
            "set its retention.ms to -1 first"
        )
    if config["message.timestamp.type"].value != "CreateTime":
        raise MeridianError(
            f"topic {topic} sets timestamps itself: set its message.timestamp.type to CreateTime"
        )


def _ends(admin: AdminClient, topic: str) -> dict[int, int]:
    numbers = admin.list_topics(topic, timeout=_TIMEOUT).topics[topic].partitions
    asked = admin.list_offsets({TopicPartition(topic, number): OffsetSpec.latest() for number in numbers})
    return {place.partition: future.result().offset for place, future in asked.items()}


def _produce(kafka: KafkaAccess, topic: str, records: Iterable[Record]) -> dict[int, int]:
    producer = Producer(
        kafka.client()
        | {
            "enable.idempotence": True,
            "compression.type": "lz4",
            "linger.ms": 50,
            "queue.buffering.max.messages": 100_000,
            "queue.buffering.max.kbytes": 65_536,
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
                    headers=record.headers,
                    on_delivery=delivered,
                    **({} if record.timestamp is None else {"timestamp": record.timestamp}),
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
