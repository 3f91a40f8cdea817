"""How the archiver consumes."""

from collections.abc import Mapping
from typing import Any

from confluent_kafka import Consumer, TopicPartition

from archiver.partition import Partition

#: librdkafka's settings for the consumer, beside those of every member of a group.
FETCHING: Mapping[str, Any] = {
    "auto.offset.reset": "error",
    "enable.partition.eof": True,
    "queued.max.messages.kbytes": 16_384,
    # Few large answers cost less than many small ones; the wait is the most it delays.
    "fetch.min.bytes": 262_144,
    "fetch.wait.max.ms": 500,
}


def lag(consumer: Consumer, partition: Partition) -> int:
    """Return how many offsets of a partition are not stored yet, as far as the last fetch knows."""
    place = TopicPartition(partition.path.topic, partition.path.partition)
    _, high = consumer.get_watermark_offsets(place, cached=True)
    return max(0, high - partition.done)
