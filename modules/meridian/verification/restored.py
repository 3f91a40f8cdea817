"""One hour out of the archive, restored into a topic of its own, against what was published in that hour."""

from collections import Counter
from collections.abc import Mapping

from confluent_kafka import Consumer

from meridian.topology.model import Topology
from meridian.verification import archived, clients, reading
from meridian.verification.flights import Messages

HOUR_MS = 3_600_000
_TIMEOUT_SECONDS = 30.0

#: Key, value, headers and timestamp (milliseconds): all of a record that a restore has to bring back.
Record = tuple[bytes | None, bytes | None, tuple[tuple[str, bytes], ...], int]


def published(
    records: Messages, regions: Mapping[str, str], region: str, run: str, first: int, end: int
) -> Counter[Record]:
    """Return what a run published in a region in a stretch of time.

    :param regions: airport to region.
    :param first: milliseconds since 1970, the stretch's first.
    :param end: likewise, behind its last.
    """
    mark = run.encode()
    rows = zip(records.keys, records.values, records.timestamps, records.origins, strict=True)
    return Counter(
        (key, value, (("origin", origin.encode()), ("run", mark)), timestamp)
        for key, value, timestamp, origin in rows
        if first <= timestamp < end and regions[origin] == region
    )


def hour(
    topology: Topology, region: str, topic: str, run: str, first: int, consumer: Consumer
) -> Counter[Record]:
    """Restore the hour from the region's archive into a topic, read it, and delete that topic.

    :param first: the hour's start, milliseconds since 1970.
    :return: the restored records of this run; those of other runs are left out.
    :raises MeridianError: when the archive cannot be read.
    :raises KafkaException: when the topic cannot be deleted.
    """
    scratch = f"restored-{topic}-{run}"
    try:
        archived.restore(topology, region, topic, scratch, first, first + HOUR_MS)
        return _read(consumer, scratch, run)
    finally:
        # By its own name, made of this run: nothing else can be meant.
        admin = clients.admin(topology, topology.region(region))
        admin.delete_topics([scratch])[scratch].result(_TIMEOUT_SECONDS)


def _read(consumer: Consumer, topic: str, run: str) -> Counter[Record]:
    return Counter(
        (message.key(), message.value(), tuple(reading.headers(message)), message.timestamp()[1])
        for message in reading.whole(consumer, topic)
        if reading.header(message, "run") == run.encode()
    )
