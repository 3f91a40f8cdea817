"""What the archive holds, read from the object store and not asked of the archivers."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from meridian.common import paths
from meridian.services.archive import access, columns, restoring, segment
from meridian.services.archive import verify as archive_verify
from meridian.services.archive.segment import PartitionPath
from meridian.services.archive.store import Store
from meridian.topology.model import Topology

_POLL_SECONDS = 0.5


@dataclass(frozen=True)
class Found:
    """What was read of a topic's archive.

    :ivar records: records within the offsets asked for.
    :ivar problems: every gap, duplicate and damaged object of the whole topic, one line each.
    """

    records: int
    problems: Sequence[str]


def keeps(topology: Topology, region: str, topic: str) -> bool:
    """Return whether a region's archiver is meant to archive a topic."""
    place = topology.region(region)
    if not place.with_role("archive"):
        return False
    section = place.settings["archive"]
    return bool(segment.matcher(section["topics"], section["exclude"]).match(topic))


def holds(topology: Topology, region: str, topic: str, places: Sequence[tuple[int, int]]) -> int:
    """Return how many of some records are in the archive, by reading the objects that should have them.

    :param places: partition and offset of each.
    """
    store = _store(topology, region)
    found = 0
    for partition in {partition for partition, _ in places}:
        wanted = {offset for number, offset in places if number == partition}
        path = PartitionPath(topology.environment, region, topic, partition)
        found += len(wanted & set(_offsets(store, path, min(wanted), max(wanted) + 1)))
    return found


def wait(topology: Topology, region: str, topic: str, ends: Mapping[int, int], patience: float) -> None:
    """Wait until the archive reaches some offsets, as long as it moves.

    :param ends: partition to the offset that its last segment has to reach.
    :param patience: seconds without any new segment after which it has stopped; no error here, for what is
        missing shows when the archive is read.
    """
    store = _store(topology, region)
    reached = dict.fromkeys(ends, 0)
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        for number, end in ends.items():
            if reached[number] >= end:
                continue
            last = store.last(PartitionPath(topology.environment, region, topic, number))
            coverage = store.coverage(last.key) if last else None
            if coverage and coverage.next > reached[number]:
                reached[number] = coverage.next
                deadline = time.monotonic() + patience
        if all(reached[number] >= end for number, end in ends.items()):
            return
        time.sleep(_POLL_SECONDS)


def verify(
    topology: Topology, region: str, topic: str, start: Mapping[int, int], end: Mapping[int, int]
) -> Found:
    """Read a topic's archive again: all objects for gaps and doubles, and what lies between some offsets.

    :param start: partition to the first offset that counts; 0 for one that is not named.
    :param end: partition to the offset behind the last that counts; others do not count.
    """
    store = _store(topology, region)
    problems: list[str] = []
    seen = set()
    for found in archive_verify.verify(store, topology.environment, region, topic):
        name = f"{found.topic}/{found.partition}"
        seen.add(found.partition)
        problems += [f"{name}: offsets {first} to {behind - 1} are missing" for first, behind in found.gaps]
        problems += found.damaged + found.missing
        if found.duplicates:
            problems.append(f"{name}: {found.duplicates} offsets are there more than once")
    problems += [f"{topic}/{number}: nothing is archived" for number in sorted(set(end) - seen)]
    records = 0
    for number, behind in end.items():
        path = PartitionPath(topology.environment, region, topic, number)
        records += sum(1 for _ in _offsets(store, path, start.get(number, 0), behind))
    return Found(records, problems)


def restore(topology: Topology, region: str, topic: str, into: str, first: int, end: int) -> None:
    """Restore a stretch of time from a region's archive into a new topic of the same region.

    :param first: milliseconds since 1970.
    :param end: likewise, the first that is no longer restored.
    :raises MeridianError: when the archive or the topic is unfit.
    """
    wanted = restoring.Wanted(topology.environment, region, topic, first, end)
    kafka = access.kafka(topology, paths.secrets(topology.environment), region)
    restoring.restore(_store(topology, region), wanted, kafka, into)


def _store(topology: Topology, region: str) -> Store:
    return Store(access.of_topology(topology, paths.secrets(topology.environment), region))


def _offsets(store: Store, path: PartitionPath, start: int, end: int) -> Iterator[int]:
    """Yield the archived offsets of ``[start, end)``, out of the segments that can have them."""
    segments = list(store.list(path.prefix))
    for number, stored in enumerate(segments):
        behind = segments[number + 1].first if number + 1 < len(segments) else None
        if stored.first >= end or (behind is not None and behind <= start):
            continue
        for batch in columns.batches(store.read(stored.key), stored.key, rows=65_536):
            yield from (offset for offset in batch.column("offset").to_pylist() if start <= offset < end)
