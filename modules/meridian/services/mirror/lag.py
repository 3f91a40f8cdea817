"""How far a flow is behind its source: records that it still has to look at, and the age of the oldest."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from confluent_kafka import Consumer, IsolationLevel, KafkaError, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from meridian.common.errors import MeridianError
from meridian.common.tls import Tls
from meridian.services.mirror.flow import FlowSpec
from meridian.topology.patterns import matches

_TIMEOUT = 10.0

Partition = tuple[str, int]


@dataclass(frozen=True)
class Lag:
    """A flow's lag.

    :ivar records: records of the source that the flow has not dealt with. One that its filter stopped is
        dealt with: positions move over it by the marks of ``ProgressMirrorSourceConnector``.
    :ivar seconds: age of the oldest of them, by its own timestamp; 0 when there is none.
    """

    records: int
    seconds: float


def measure(flow: FlowSpec, committed: Sequence[Mapping[str, Any]], tls: Tls | None) -> Lag:
    """Measure a flow's lag.

    1. The ends of the source's partitions, committed transactions only, in one request.
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
    try:
        earliest, ends = _bounds(AdminClient({**settings, "socket.timeout.ms": int(_TIMEOUT * 1000)}), flow)
        behind = pending(earliest, ends, positions(committed))
        oldest = _first_records(settings, behind, ends) if behind else {}
    except KafkaException as error:
        raise MeridianError(
            f"flow {flow.name}: source {flow.source} at {flow.source_bootstrap} does not answer: "
            f"{error.args[0].str() if error.args else error}"
        ) from error
    if not oldest:
        return Lag(0, 0.0)
    records = sum(ends[partition] - offset for partition, (offset, _) in oldest.items())
    since = min(timestamp for _, timestamp in oldest.values())
    return Lag(records, max(0.0, round(time.time() - since / 1000, 1)))


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


def carries(flow: FlowSpec, topic: str) -> bool:
    """Return whether a flow's topics include one of this name."""
    return matches(flow.topics, topic)


def _bounds(admin: AdminClient, flow: FlowSpec) -> tuple[dict[Partition, int], dict[Partition, int]]:
    topics = admin.list_topics(timeout=_TIMEOUT).topics
    wanted = [
        TopicPartition(name, number)
        for name, topic in topics.items()
        if carries(flow, name)
        for number in topic.partitions
    ]
    if not wanted:
        return {}, {}
    found = []
    for spec in (OffsetSpec.earliest(), OffsetSpec.latest()):
        futures = admin.list_offsets(
            dict.fromkeys(wanted, spec),
            isolation_level=IsolationLevel.READ_COMMITTED,
            request_timeout=_TIMEOUT,
        )
        found.append({(at.topic, at.partition): future.result().offset for at, future in futures.items()})
    return found[0], found[1]


def _first_records(
    settings: Mapping[str, Any], behind: Mapping[Partition, int], ends: Mapping[Partition, int]
) -> dict[Partition, tuple[int, int]]:
    """Read the first record of each partition from an offset on: its offset and timestamp (ms)."""
    consumer = Consumer(
        {
            **settings,
            "group.id": "meridian-mirror-lag",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "isolation.level": "read_committed",
            "auto.offset.reset": "earliest",
            "fetch.message.max.bytes": 65536,
        }
    )
    found: dict[Partition, tuple[int, int]] = {}
    missing = set(behind)
    deadline = time.monotonic() + _TIMEOUT
    try:
        consumer.assign([TopicPartition(topic, number, offset) for (topic, number), offset in behind.items()])
        while missing and time.monotonic() < deadline:
            message = consumer.poll(0.5)
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
