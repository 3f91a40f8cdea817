"""What keeps records of a source from its flow, each in one line with what to do. Pure."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from meridian.topology import mirrored

#: Topic and number.
Partition = tuple[str, int]
#: Seconds that a transaction may be open before it is a problem: the Java producer's own limit.
OPEN_SECONDS = 60.0


@dataclass(frozen=True)
class OpenTransaction:
    """A transaction that was begun and neither committed nor aborted: readers wait before its first record.

    :ivar offset: where it begins; the partition's last stable offset.
    :ivar since: timestamp of its first record, milliseconds.
    """

    topic: str
    partition: int
    offset: int
    since: int

    @property
    def seconds(self) -> float:
        """How long it has been open."""
        return max(0.0, time.time() - self.since / 1000)


def open_too_long(source: str, found: Iterable[OpenTransaction]) -> list[str]:
    """Return a line for each transaction that holds readers back for long.

    :param source: the region.
    """
    return [
        f"{one.topic}/{one.partition} of {source}: a transaction that is open since {_utc(one.since)} "
        f"({one.seconds:.0f} s) holds back every record from offset {one.offset} on, from the mirror and all "
        f"other readers. salt <a broker of {source}> kafka_topic.transactions {one.topic} {one.partition} "
        "names its producer; where that is gone: salt <a broker> kafka_topic.abort_transaction "
        f"{one.topic} {one.partition} {one.offset} confirm={one.topic}/{one.partition} "
        f"(kafka-transactions.sh abort --topic {one.topic} --partition {one.partition} "
        f"--start-offset {one.offset})"
        for one in found
        if one.seconds >= OPEN_SECONDS
    ]


def removed(source: str, found: Mapping[Partition, int]) -> list[str]:
    """Return a line for each partition whose records were removed before the flow had read them."""
    return [
        f"{topic}/{partition} of {source}: {count} records were removed (retention, delete_records) before "
        "they were mirrored; they will never arrive. The archive may have them"
        for (topic, partition), count in found.items()
    ]


def made_again(source: str, found: Mapping[Partition, tuple[int, int]]) -> list[str]:
    """Return a line for each partition that ends before the place that the flow has read to.

    :param found: partition → the flow's position and the partition's end.
    """
    return [
        f"{topic}/{partition} of {source}: ends at offset {end}, and the flow has read to {read}: the topic "
        "was deleted and made again. While it ends there the flow begins again at its start; once it has "
        f"grown beyond {read} MirrorMaker would go on from there, and what is before would never arrive"
        for (topic, partition), (read, end) in found.items()
    ]


def never_mirrored(source: str, found: Mapping[str, str], into_source: Iterable[str]) -> list[str]:
    """Return a line for each topic of users that a flow names and MirrorMaker passes over.

    Topics of Kafka and MirrorMaker, and copies that a flow brought here, are passed over rightly.

    :param found: topic → why.
    :param into_source: sources of the flows that end in this one's source.
    """
    there = list(into_source)
    return [
        f"topic {topic} of {source} is never mirrored: {reason}; name it otherwise, or take it out of the "
        "flow's topics"
        for topic, reason in found.items()
        if not mirrored.internal(topic) and not mirrored.copies(topic, there)
    ]


def _utc(milliseconds: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(milliseconds / 1000))
