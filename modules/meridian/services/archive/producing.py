"""Archived records into a topic, in order and once; a record that is refused is named."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from confluent_kafka import KafkaError, KafkaException, Producer

from meridian.common.errors import MeridianError
from meridian.services.archive.columns import Record
from meridian.services.archive.restore_target import LARGEST
from meridian.services.archive.settings import KafkaAccess
from meridian.services.kafka import header_names

_BATCH = 1_000_000
_FOLLOW_FROM_ANOTHER = (
    KafkaError._INVALID_DIFFERENT_RECORD,
    KafkaError._PURGE_QUEUE,
    KafkaError._PURGE_INFLIGHT,
)
_NAMED = 10


@dataclass(frozen=True)
class Refused:
    """A record that Kafka did not take, by its place in the archive."""

    partition: int
    offset: int
    size: int
    timestamp: int | None
    code: int
    reason: str

    def __str__(self) -> str:
        return (
            f"partition {self.partition}, offset {self.offset} ({self.size} bytes, "
            f"timestamp {self.timestamp}): {self.reason}"
        )


@dataclass
class Produced:
    """How far producing came.

    :ivar counts: partition → records that Kafka has acknowledged.
    :ivar zeros: records whose timestamp 0 became 1: to the client 0 means now.
    :ivar zeros_at: the first of them, ``partition/offset``.
    """

    counts: dict[int, int] = field(default_factory=dict)
    zeros: int = 0
    zeros_at: list[str] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


def stamp(timestamp: int | None) -> int:
    """Return what the client is given for a timestamp: it takes 0 for now, and -1 for none."""
    if timestamp is None:
        return -1
    return timestamp or 1


def culprit(refused: list[Refused]) -> Refused:
    """Return the record that others were refused for: they shared its batch, or came behind it."""
    first = next((one for one in refused if one.code not in _FOLLOW_FROM_ANOTHER), refused[0])
    if first.code != KafkaError.MSG_SIZE_TOO_LARGE:
        return first
    return max((one for one in refused if one.code == first.code), key=lambda one: one.size)


def produce(kafka: KafkaAccess, topic: str, largest: int, source: str, records: Iterable[Record]) -> Produced:
    """Produce records.

    :param largest: the topic's ``max.message.bytes``, which bounds a batch of several records.
    :param source: the archived topic, for messages.
    :raises MeridianError: which record was refused and why, and what stands in the topic now.
    """
    producer = Producer(
        kafka.client()
        | {
            "enable.idempotence": True,
            "compression.type": "lz4",
            "linger.ms": 50,
            "batch.size": max(1, min(_BATCH, largest)),
            "queue.buffering.max.messages": 100_000,
            "queue.buffering.max.kbytes": 65_536,
            "message.max.bytes": LARGEST,
            "log_level": 2,
        }
    )
    done = Produced()
    for record in records:
        if done.refused:
            break
        _send(producer, topic, record, done)
        producer.poll(0)
    if done.refused:
        producer.purge()
    producer.flush()
    if done.refused:
        raise MeridianError(_broke_off(topic, source, done))
    return done


def _send(producer: Producer, topic: str, record: Record, done: Produced) -> None:
    names = sum(len(name) + len(value or b"") for name, value in record.headers)
    size = len(record.key or b"") + len(record.value or b"") + names
    place = record.partition, record.offset, size, record.timestamp
    if record.timestamp == 0:
        done.zeros += 1
        if len(done.zeros_at) < _NAMED:
            done.zeros_at.append(f"{record.partition}/{record.offset}")
    while not done.refused:
        try:
            with header_names.lenient():
                producer.produce(
                    topic,
                    record.value,
                    record.key,
                    partition=record.partition,
                    headers=list(record.headers),
                    on_delivery=partial(_delivered, done, place),
                    timestamp=stamp(record.timestamp),
                )
            return
        except BufferError:
            producer.poll(0.1)
        except KafkaException as error:
            done.refused.append(Refused(*place, error.args[0].code(), error.args[0].str()))


def _delivered(
    done: Produced, place: tuple[int, int, int, int | None], error: KafkaError | None, _: Any
) -> None:
    if error is not None:
        done.refused.append(Refused(*place, error.code(), error.str()))
    else:
        done.counts[place[0]] = done.counts.get(place[0], 0) + 1


def _broke_off(topic: str, source: str, done: Produced) -> str:
    stands = ", ".join(f"partition {number}: {count}" for number, count in sorted(done.counts.items()))
    return (
        f"{source}, {culprit(done.refused)}; topic {topic} now has {sum(done.counts.values())} restored "
        f"records ({stands or 'none'}): delete it before you restore into it again, or restore into another"
    )
