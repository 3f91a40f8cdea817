"""How far a flow is behind its source: records that it still has to look at, and the age of the oldest."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from confluent_kafka import Consumer, IsolationLevel, KafkaError, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from meridian.common.errors import MeridianError
from meridian.common.tls import Tls
from meridian.services.mirror.flow import FlowSpec
from meridian.services.mirror.kept_back import OpenTransaction, Partition
from meridian.topology.patterns import matches

# Seconds for all that is asked of a source.
_TIMEOUT = 4.5


@dataclass(frozen=True)
class Lag:
    """A flow's lag, and what keeps records of its source from it.

    :ivar records: records of the source that the flow has not dealt with. One that its filter stopped is
        dealt with: positions move over it by the marks of ``ProgressMirrorSourceConnector``.
    :ivar seconds: age of the oldest of them, by its own timestamp; 0 when there is none.
    :ivar held: records that no reader gets, as a transaction before them is open.
    :ivar open: these transactions, one for each partition.
    :ivar removed: partition → offsets that were removed before the flow had read them; it has not gone on
        since, or they would no longer be known.
    :ivar beyond: partition → the flow's position and the partition's end, where that is before it: the topic
        was deleted and made again.
    :ivar mirrored: topics that the flow has read records of, as they are now.
    :ivar passed_over: topic that the flow names → why MirrorMaker never mirrors it.
    """

    records: int
    seconds: float
    held: int = 0
    open: tuple[OpenTransaction, ...] = ()
    removed: Mapping[Partition, int] = field(default_factory=dict)
    beyond: Mapping[Partition, tuple[int, int]] = field(default_factory=dict)
    mirrored: tuple[str, ...] = ()
    passed_over: Mapping[str, str] = field(default_factory=dict)


def measure(flow: FlowSpec, committed: Sequence[Mapping[str, Any]], tls: Tls | None) -> Lag:
    """Measure a flow's lag.

    1. The ends of the source's partitions in one request each: of committed transactions (the last stable
       offset), and of all records (the high watermark). Where they differ a transaction is open.
    2. Less the positions that Connect committed with the records: a first guess per partition.
    3. Where that leaves something, the first record from there on is read. Its timestamp is the lag in
       seconds; when nothing readable is left (transaction markers, compacted records) the lag is none.

    :param flow: the flow, its source reachable from here.
    :param committed: what :meth:`ConnectClient.offsets` returns for the source connector.
    :param tls: identity to read the source with; ``None`` for plaintext.
    :raises MeridianError: when the source does not answer.
    """
    settings: dict[str, Any] = {
        "bootstrap.servers": flow.source_bootstrap,
        **(tls.librdkafka() if tls else {}),
    }
    # What is wrong comes back as an error; lines on the operator's terminal would only repeat it.
    settings["log_level"] = 0
    until = time.monotonic() + _TIMEOUT
    try:
        bounds = _bounds(AdminClient({**settings, "socket.timeout.ms": int(_TIMEOUT * 1000)}), flow, until)
        read = positions(committed)
        behind = pending(bounds.earliest, bounds.stable, read)
        oldest = _first_records(settings, behind, bounds.stable, "read_committed", until) if behind else {}
        held = pending(bounds.stable, bounds.high, {})
        first = _first_records(settings, held, bounds.high, "read_uncommitted", until) if held else {}
    except KafkaException as error:
        raise MeridianError(
            f"flow {flow.name}: source {flow.source} at {flow.source_bootstrap} does not answer: "
            f"{error.args[0].str() if error.args else error}"
        ) from error
    return Lag(
        records=sum(bounds.stable[partition] - offset for partition, (offset, _) in oldest.items()),
        seconds=_age(timestamp for _, timestamp in oldest.values()),
        held=sum(bounds.high[partition] - offset for partition, offset in held.items()),
        open=tuple(
            OpenTransaction(*partition, held[partition], timestamp)
            for partition, (_, timestamp) in sorted(first.items())
        ),
        removed=removed(bounds.earliest, bounds.high, read),
        beyond={
            partition: (read[partition], end)
            for partition, end in sorted(bounds.high.items())
            if read.get(partition, 0) > end
        },
        mirrored=tuple(
            sorted(
                {
                    topic
                    for (topic, number), end in bounds.high.items()
                    if 0 < read.get((topic, number), 0) <= end
                }
            )
        ),
        passed_over=bounds.passed_over,
    )


def _age(timestamps: Iterable[int]) -> float:
    return max(0.0, round(time.time() - min(timestamps, default=2**62) / 1000, 1))


def positions(committed: Iterable[Mapping[str, Any]]) -> dict[Partition, int]:
    """Return the next offset to read per partition, from a source connector's committed offsets."""
    found = {}
    for entry in committed:
        if entry.get("offset"):
            at = entry["partition"]
            found[at["topic"], int(at["partition"])] = int(entry["offset"]["offset"]) + 1
    return found


def pending(
    earliest: Mapping[Partition, int], ends: Mapping[Partition, int], read: Mapping[Partition, int]
) -> dict[Partition, int]:
    """Return the offset to go on from, for each partition that a flow has not read to its end.

    What retention has removed before the flow read it is no lag: it can never be read.
    """
    starts = {partition: max(earliest.get(partition, 0), read.get(partition, 0)) for partition in ends}
    return {partition: start for partition, start in starts.items() if start < ends[partition]}


def removed(
    earliest: Mapping[Partition, int], ends: Mapping[Partition, int], read: Mapping[Partition, int]
) -> dict[Partition, int]:
    """Return how many offsets of each partition were removed before a flow had read them.

    A partition that the flow has not begun with is left out: what was removed before there was a flow is none
    of its business. So is a single offset at the end of one that is empty now: behind the last record of a
    transaction stands its marker, which no reader gets.

    :param ends: high watermarks.
    """
    gone = {
        partition: start - read[partition]
        for partition, start in sorted(earliest.items())
        if partition in read and start > read[partition]
    }
    return {
        partition: count
        for partition, count in gone.items()
        if count > 1 or earliest[partition] < ends[partition]
    }


def carries(flow: FlowSpec, topic: str) -> bool:
    """Return whether a flow's topics include one of this name."""
    return matches(flow.topics, topic)


@dataclass(frozen=True)
class _Bounds:
    """Where the partitions that a flow carries begin and end, and the topics that it cannot carry."""

    earliest: Mapping[Partition, int]
    stable: Mapping[Partition, int]
    high: Mapping[Partition, int]
    passed_over: Mapping[str, str]


def _left(until: float) -> float:
    """Return the seconds that are left; librdkafka needs some for its own timeout to be told."""
    return max(0.5, until - time.monotonic())


def _bounds(admin: AdminClient, flow: FlowSpec, until: float) -> _Bounds:
    topics = {
        name: topic
        for name, topic in admin.list_topics(timeout=_left(until)).topics.items()
        if carries(flow, name)
    }
    never = {name: reason for name in sorted(topics) if (reason := flow.passes_over(name))}
    wanted = [
        TopicPartition(name, number)
        for name, topic in topics.items()
        if name not in never
        for number in topic.partitions
    ]
    if not wanted:
        return _Bounds({}, {}, {}, never)
    asked = [
        admin.list_offsets(
            dict.fromkeys(wanted, spec()), isolation_level=isolation, request_timeout=_left(until)
        )
        for spec, isolation in (
            (OffsetSpec.earliest, IsolationLevel.READ_UNCOMMITTED),
            (OffsetSpec.latest, IsolationLevel.READ_COMMITTED),
            (OffsetSpec.latest, IsolationLevel.READ_UNCOMMITTED),
        )
    ]
    earliest, stable, high = (
        {(at.topic, at.partition): int(future.result().offset) for at, future in futures.items()}
        for futures in asked
    )
    return _Bounds(earliest, stable, high, never)


def _first_records(
    settings: Mapping[str, Any],
    behind: Mapping[Partition, int],
    ends: Mapping[Partition, int],
    isolation: str,
    until: float,
) -> dict[Partition, tuple[int, int]]:
    """Read the first record of each partition from an offset on: its offset and timestamp (ms).

    :param isolation: ``read_committed`` or ``read_uncommitted``.
    """
    consumer = Consumer(
        {
            **settings,
            "group.id": "meridian-mirror-lag",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "isolation.level": isolation,
            "auto.offset.reset": "earliest",
            "fetch.message.max.bytes": 65536,
        }
    )
    found: dict[Partition, tuple[int, int]] = {}
    missing = set(behind)
    deadline = time.monotonic() + _left(until)
    try:
        consumer.assign([TopicPartition(topic, number, offset) for (topic, number), offset in behind.items()])
        while missing and time.monotonic() < deadline:
            message = consumer.poll(0.2)
            if message is None:
                continue
            partition = (message.topic(), message.partition())
            error = message.error()
            if error is None:
                if partition in missing:
                    offset = int(message.offset() or 0)
                    if offset < ends[partition]:
                        found[partition] = (offset, message.timestamp()[1])
                    missing.discard(partition)
                    consumer.pause([TopicPartition(*partition)])
            elif error.code() == KafkaError._PARTITION_EOF:
                missing.discard(partition)
            elif not error.retriable():
                raise KafkaException(error)
    finally:
        consumer.close()
    now = int(time.time() * 1000)
    # Unread within the time: it is behind for all we know, and not known to be old.
    return found | {partition: (behind[partition], now) for partition in missing}
