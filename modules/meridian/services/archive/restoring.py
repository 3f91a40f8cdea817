"""Archived records back into Kafka: the very same keys, values, headers, timestamps and partitions."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from confluent_kafka import KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from meridian.common.errors import MeridianError
from meridian.services.archive import access, producing, reader, restore_target
from meridian.services.archive.columns import Record
from meridian.services.archive.restore_target import Original
from meridian.services.archive.segment import Coverage
from meridian.services.archive.settings import KafkaAccess
from meridian.services.archive.store import Store, Stored
from meridian.services.kafka.client import when_known
from meridian.topology.model import Topology

_Chains = dict[int, list[tuple[Stored, Coverage]]]


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
    store: Store,
    wanted: Wanted,
    kafka: KafkaAccess,
    into: str,
    append_to: str = "",
    original: Original | None = None,
) -> dict[str, Any]:
    """Put archived records into a topic.

    1. Find the segments that touch the time range. 2. The target: make it when it is missing, with the
    original's partitions and so that it takes any record; else it must have the partitions, keep records so
    old and take records so new, and be empty. 3. Produce partition by partition in the order of offsets,
    idempotently. 4. Compare the target's growth with the number of records. 5. Give a target that was made
    the original's settings, all but its retention.

    A restore that broke off says what it left behind, and the next one refuses to add to it: delete the
    topic first, or restore into another.

    :param into: the target topic.
    :param append_to: the target's name again allows it to have records already.
    :param original: the archived topic as it is; default: nothing is known but what was archived.
    :return: ``{"topic", "into", "created", "records", "partitions": {partition: records}, "altered"}``; the
        last says in one line what could not be kept, and is empty when all was.
    :raises MeridianError: when the target is unfit, a segment is damaged, or a record was refused.
    """
    chains = _chains(store, wanted)
    if not chains:
        raise MeridianError(f"{store.name}: nothing is archived of {wanted.topic} in {wanted.region}")
    covered = [coverage for chain in chains.values() for _, coverage in chain]
    oldest = min((one.first_timestamp for one in covered), default=0)
    newest = max((one.last_timestamp for one in covered), default=0)
    if wanted.start is not None:
        oldest = max(oldest, wanted.start)
    if wanted.end is not None:
        newest = min(newest, wanted.end)
    original = original or Original()
    partitions = max(max(chains) + 1, original.partitions)
    admin = AdminClient(kafka.client() | {"log_level": 2})
    try:
        created = restore_target.make(admin, into, partitions)
        config = restore_target.check(admin, into, max(chains) + 1, oldest, newest)
        before = _ends(admin, into)
        if any(before.values()) and append_to != into:
            raise MeridianError(
                f"topic {into} has records already; restore into another, or say append_to={into}"
            )
        largest = int(config["max.message.bytes"])
        produced = producing.produce(kafka, into, largest, wanted.topic, _records(store, chains, wanted))
        counts = produced.counts
        grown = {number: end - before[number] for number, end in _ends(admin, into).items()}
        if created:
            restore_target.finish(admin, into, original.config)
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
        "altered": _altered(produced),
    }


def of_topology(
    topology: Topology,
    secrets: Path,
    region: str,
    topic: str,
    into: str,
    start: str | int | None = None,
    end: str | int | None = None,
    *,
    target_region: str = "",
    append_to: str = "",
) -> dict[str, Any]:
    """Restore with the operator's credentials; see :func:`restore`.

    :param secrets: the environment's folder of secrets, :func:`meridian.common.paths.secrets`.
    :param start: see :func:`moment`; likewise ``end``.
    :param target_region: region of the topic to restore into; default: the archive's region.
    :raises MeridianError: as :func:`restore`, and when a time cannot be read or credentials are missing.
    """
    wanted = Wanted(topology.environment, region, topic, moment(start), moment(end))
    store = Store(access.of_topology(topology, secrets, region))
    kafka = access.kafka(topology, secrets, target_region or region)
    return restore(store, wanted, kafka, into, append_to, _original(topology, secrets, region, topic))


def _altered(produced: producing.Produced) -> str:
    if not produced.zeros:
        return ""
    first = ", ".join(produced.zeros_at)
    return (
        f"{produced.zeros} records with timestamp 0 have timestamp 1 now (to Kafka's client 0 means now); "
        f"the first by partition/offset: {first}"
    )


def _original(topology: Topology, secrets: Path, region: str, topic: str) -> Original:
    """Return the archived topic as its cluster has it; else as pillar has it; else nothing."""
    declared = topology.region(region).settings.get("topics", {}).get(topic)
    try:
        admin = AdminClient(access.kafka(topology, secrets, region).client() | {"log_level": 2})
        found = restore_target.original(admin, topic)
    except (KafkaException, MeridianError):
        # The region may be what was lost.
        found = Original()
    if found.partitions or not declared:
        return found
    config = {key: str(value) for key, value in declared.get("config", {}).items()}
    return Original(int(declared.get("partitions", 0)), config)


def _chains(store: Store, wanted: Wanted) -> _Chains:
    """Return each archived partition with those of its segments that touch the time range."""
    return {
        path.partition: [
            (one, coverage)
            for one, coverage in reader.coverages(store, stored)
            if reader.touches(coverage, wanted.start, wanted.end)
        ]
        for path, stored in reader.partitions(store, wanted.environment, wanted.region, wanted.topic)
    }


def _records(store: Store, chains: _Chains, wanted: Wanted) -> Iterator[Record]:
    for chain in chains.values():
        yield from reader.records_of(store, chain, wanted.start, wanted.end)


def _ends(admin: AdminClient, topic: str) -> dict[int, int]:
    """Return the end offset of each partition."""

    def ask() -> dict[int, int]:
        places = restore_target.numbers(admin, topic)
        latest = {TopicPartition(topic, number): OffsetSpec.latest() for number in places}
        asked = admin.list_offsets(latest)
        return {place.partition: future.result().offset for place, future in asked.items()}

    return when_known(ask, restore_target.TIMEOUT)
