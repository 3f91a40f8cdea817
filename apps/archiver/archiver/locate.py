"""Where a partition's archiving goes on: at the end of its chain in the store, if Kafka still has that."""

from dataclasses import dataclass

from confluent_kafka import Consumer, KafkaException, TopicCollection, TopicPartition
from confluent_kafka.admin import AdminClient
from meridian.services.archive.segment import PartitionPath, of_hint
from meridian.services.archive.store import Store

_TIMEOUT = 10.0


@dataclass(frozen=True)
class Located:
    """What was found out about a partition.

    :ivar stored: end of the chain, 0 for an empty one.
    :ivar last_segment: first offset of the last segment, ``None`` for an empty chain.
    :ivar low: first offset that Kafka still has.
    :ivar high: offset behind the last one that is readable.
    :ivar topic_id: Kafka's id of the topic now.
    :ivar archived_topic_id: id of the topic that the chain belongs to, empty for an empty chain.
    :ivar begins: first offset of the chain's first segment; of a chain from before it was noted, what the
        store still has.
    """

    stored: int
    last_segment: int | None
    low: int
    high: int
    topic_id: str
    archived_topic_id: str
    begins: int = 0

    def problem(self, path: PartitionPath) -> str:
        """Return why archiving cannot go on from here, empty when it can."""
        where = f"{path.topic}/{path.partition}"
        if self.archived_topic_id and self.archived_topic_id != self.topic_id:
            return (
                f"{where}: the topic was deleted and made again since it was archived; its offsets would "
                f"collide: move {path.prefix} out of the bucket, or set another archive:bucket in pillar"
            )
        if self.stored > self.high:
            return (
                f"{where}: the archive reaches offset {self.stored}, the topic ends at {self.high}: records "
                "were lost in the cluster (unclean leader election?); archiving goes on behind that offset, "
                "what is written below it until then is not archived"
            )
        return ""


def locate(
    path: PartitionPath, hint: int | None, store: Store, consumer: Consumer, admin: AdminClient
) -> Located:
    """Find where a partition's archiving goes on.

    :param hint: first offset of a segment that was there at the last commit.
    :raises meridian.services.archive.store.StoreError: when the store does not answer.
    :raises confluent_kafka.KafkaException: when the cluster does not answer.
    """
    low, high = consumer.get_watermark_offsets(TopicPartition(path.topic, path.partition), timeout=_TIMEOUT)
    described = admin.describe_topics(TopicCollection([path.topic]), request_timeout=_TIMEOUT)
    topic_id = str(described[path.topic].result().topic_id)
    last = store.last(path, hint)
    coverage = store.coverage(last.key) if last else None
    if last is None or coverage is None:
        return Located(0, None, low, high, topic_id, "")
    begins = coverage.begins
    if begins is None:
        begins = next((one.first for one in store.list(path.prefix)), last.first)
    return Located(coverage.next, last.first, low, high, topic_id, coverage.topic_id, begins)


def hints(consumer: Consumer, wanted: list[TopicPartition]) -> dict[tuple[str, int], int]:
    """Return the segments named in the metadata of the group's commits, by topic and partition."""
    try:
        committed = consumer.committed(wanted, timeout=_TIMEOUT)
    except KafkaException:
        return {}
    named = {(one.topic, one.partition): of_hint(one.metadata) for one in committed}
    return {place: first for place, first in named.items() if first is not None}
