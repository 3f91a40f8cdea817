"""How the archiver consumes."""

from typing import Any

from confluent_kafka import Consumer, TopicPartition
from meridian.archive.settings import ArchiverSettings

from archiver.partition import Partition


def consumer_settings(settings: ArchiverSettings) -> dict[str, Any]:
    """Return librdkafka's settings for the consumer, without those of the connection."""
    return {
        "group.id": settings.group,
        # With a name of its own in the group, a restarted archiver has its partitions back at once.
        "group.instance.id": settings.node,
        "partition.assignment.strategy": "cooperative-sticky",
        "session.timeout.ms": 10_000,
        "max.poll.interval.ms": 600_000,
        "enable.auto.commit": False,
        "enable.auto.offset.store": False,
        "auto.offset.reset": "error",
        "isolation.level": "read_committed",
        "enable.partition.eof": True,
        "check.crcs": True,
        "allow.auto.create.topics": False,
        "topic.metadata.refresh.interval.ms": 30_000,
        "queued.max.messages.kbytes": 16_384,
        # Few large answers cost less than many small ones; the wait is the most it delays.
        "fetch.min.bytes": 262_144,
        "fetch.wait.max.ms": 500,
        # How soon fetching goes on after that queue was full; a second by default.
        "fetch.queue.backoff.ms": 20,
    }


def lag(consumer: Consumer, partition: Partition) -> int:
    """Return how many offsets of a partition are not stored yet, as far as the last fetch knows."""
    place = TopicPartition(partition.path.topic, partition.path.partition)
    _, high = consumer.get_watermark_offsets(place, cached=True)
    return max(0, high - partition.done)
