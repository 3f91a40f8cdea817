"""Reading a topic from a remembered place on: earlier runs leave their records where they are."""

import time
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from meridian.services.kafka import header_names

_TIMEOUT_SECONDS = 20.0
Offsets = Mapping[int, int]


def ends(consumer: Consumer, topic: str) -> dict[int, int]:
    """Return the offset that the next record of each partition will get.

    :return: partition to offset; empty when the topic does not exist (yet).
    :raises KafkaException: when the cluster does not answer.
    """
    return {
        number: consumer.get_watermark_offsets(TopicPartition(topic, number), timeout=_TIMEOUT_SECONDS)[1]
        for number in partitions(consumer, topic)
    }


def partitions(consumer: Consumer, topic: str) -> list[int]:
    """Return the numbers of a topic's partitions, none when it does not exist (yet).

    :raises KafkaException: when the cluster does not answer.
    """
    found = consumer.list_topics(topic, timeout=_TIMEOUT_SECONDS).topics[topic]
    if found.error is not None:
        if found.error.code() in (KafkaError.UNKNOWN_TOPIC_OR_PART, KafkaError.LEADER_NOT_AVAILABLE):
            return []
        raise KafkaException(found.error)
    return sorted(found.partitions)


def _appeared(consumer: Consumer, topic: str, deadline: float) -> list[int]:
    """Return the numbers of a topic's partitions once the broker that answers knows it; none too late."""
    while not (numbers := partitions(consumer, topic)) and time.monotonic() < deadline:
        time.sleep(0.2)
    return numbers


def follow(consumer: Consumer, topic: str, start: Offsets, patience: float) -> Iterator[Message]:
    """Yield a topic's records from remembered offsets on, for as long as some come.

    The topic may appear only later. A partition without a remembered offset is read from its start: it did
    not exist when the others' ends were taken.

    :param start: what :func:`ends` returned before the records were produced.
    :param patience: seconds without any record after which there is nothing more to come.
    :raises KafkaException: on an error that does not pass by itself.
    """
    deadline = time.monotonic() + patience
    numbers = _appeared(consumer, topic, deadline)
    consumer.assign([TopicPartition(topic, number, start.get(number, 0)) for number in numbers])
    try:
        while time.monotonic() < deadline:
            messages = consumer.consume(num_messages=10_000, timeout=0.3)
            for message in messages:
                error = message.error()
                if error is None:
                    deadline = time.monotonic() + patience
                    yield message
                elif error.fatal():
                    raise KafkaException(error)
    finally:
        consumer.unassign()


def wait_until(moment: float) -> None:
    """Wait until a moment of :func:`time.monotonic`, for what may still be on its way."""
    time.sleep(max(0.0, moment - time.monotonic()))


def whole(
    consumer: Consumer, topic: str, patience: float = 60.0, start: Offsets = MappingProxyType({})
) -> Iterator[Message]:
    """Yield all records that a topic has by now.

    :param patience: seconds without any answer after which the cluster has failed.
    :param start: offset to begin at in each partition; default: its start.
    :raises KafkaException: when the topic does not exist, or a partition's end does not come.
    """
    deadline = time.monotonic() + patience
    left = set(_appeared(consumer, topic, deadline))
    if not left:
        raise KafkaException(KafkaError(KafkaError._UNKNOWN_TOPIC, f"there is no topic {topic}"))
    consumer.assign([TopicPartition(topic, number, start.get(number, 0)) for number in left])
    try:
        while left:
            if time.monotonic() > deadline:
                raise KafkaException(KafkaError(KafkaError._TIMED_OUT, f"{topic}: no end of {sorted(left)}"))
            for message in consumer.consume(num_messages=10_000, timeout=0.3):
                deadline = time.monotonic() + patience
                error = message.error()
                if error is None:
                    yield message
                elif error.code() == KafkaError._PARTITION_EOF:
                    left.discard(message.partition() or 0)
                elif error.fatal():
                    raise KafkaException(error)
    finally:
        consumer.unassign()


def headers(message: Message) -> list[tuple[str, bytes]]:
    """Return a record's headers in their order; one without a value has an empty one."""
    # The client's type hints allow what it takes; what it gives is a list of pairs of str and bytes.
    pairs: Any = header_names.headers(message) or []
    return [(name, value or b"") for name, value in pairs]


def header(message: Message, name: str) -> bytes | None:
    """Return the value of a record's first header of that name."""
    return next((value for key, value in headers(message) if key == name), None)


def place(message: Message) -> tuple[int, int]:
    """Return a record's partition and offset."""
    partition, offset = message.partition(), message.offset()
    assert partition is not None
    assert offset is not None
    return partition, offset
