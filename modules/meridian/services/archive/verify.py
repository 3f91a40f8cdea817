"""Is the archive whole? Every object is read again; what is missing or double is named."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from meridian.common.errors import MeridianError
from meridian.services.archive import columns, reader
from meridian.services.archive.segment import Coverage, PartitionPath
from meridian.services.archive.store import Store, Stored, StoreError


@dataclass
class PartitionReport:
    """What is in one partition's chain.

    :ivar begins: first offset that is archived: everything before had left Kafka or the archive.
    :ivar end: offset behind the last one covered.
    :ivar invisible: covered offsets without a record (transaction markers, aborted or compacted records).
    :ivar gaps: offsets ``[from, to)`` that are missing.
    :ivar duplicates: offsets that are there more than once, counted.
    :ivar missing: one line for each stretch that was archived once and is not there now: the head, the tail,
        or all of it.
    :ivar damaged: one line for each object that cannot be read or contradicts itself.
    """

    topic: str
    partition: int
    objects: int = 0
    bytes: int = 0
    records: int = 0
    begins: int = 0
    end: int = 0
    invisible: int = 0
    gaps: list[tuple[int, int]] = field(default_factory=list)
    duplicates: int = 0
    damaged: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether nothing is missing, double or damaged."""
        return not (self.gaps or self.duplicates or self.damaged or self.missing)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain data."""
        return {
            "topic": self.topic,
            "partition": self.partition,
            "ok": self.ok,
            "objects": self.objects,
            "bytes": self.bytes,
            "records": self.records,
            "begins": self.begins,
            "end": self.end,
            "invisible": self.invisible,
            "gaps": [list(gap) for gap in self.gaps],
            "duplicates": self.duplicates,
            "damaged": list(self.damaged),
            "missing": list(self.missing),
        }


def verify(
    store: Store,
    environment: str,
    region: str,
    topic: str | None = None,
    known: Mapping[tuple[str, int], int] | None = None,
) -> Iterator[PartitionReport]:
    """Re-read a region's archive, partition by partition, one object in memory at a time.

    Where a chain began stands in its segments, so a head that is gone shows as long as one segment is left.
    A tail, a partition or a topic that is gone shows by the last segment that the archiver named when it
    committed, which Kafka keeps as long as the topic is there: when both are gone, nobody knows.

    :param topic: only this topic.
    :param known: topic and partition → first offset of a segment that was stored, see
        :func:`meridian.services.archive.status.last_segments`.
    :raises StoreError: when the store does not answer. A damaged object is no error but part of the report.
    """
    waiting = dict(known or {})
    for path, stored in reader.partitions(store, environment, region, topic):
        report = _verify_partition(store, path, stored)
        last = waiting.pop((path.topic, path.partition), -1)
        if last > stored[-1].first:
            report.missing.append(
                f"{path.topic}/{path.partition}: what was archived from offset {report.end} on is gone, the "
                f"segment of offset {last} at least"
            )
        yield report
    for (name, number), last in sorted(waiting.items()):
        if topic in (None, name):
            gone = f"{name}/{number}: all that was archived is gone, the last segment began at offset {last}"
            yield PartitionReport(name, number, missing=[gone])


def summary(reports: list[PartitionReport]) -> dict[str, Any]:
    """Return reports as plain data: the sums, whether all is well, and each partition."""
    return {
        "ok": all(report.ok for report in reports),
        "objects": sum(report.objects for report in reports),
        "bytes": sum(report.bytes for report in reports),
        "records": sum(report.records for report in reports),
        "gaps": sum(len(report.gaps) for report in reports),
        "duplicates": sum(report.duplicates for report in reports),
        "damaged": sum(len(report.damaged) for report in reports),
        "missing": [line for report in reports for line in report.missing],
        "partitions": [report.to_dict() for report in reports],
    }


def _verify_partition(store: Store, path: PartitionPath, stored: list[Stored]) -> PartitionReport:
    report = PartitionReport(path.topic, path.partition)
    reached: int | None = None
    for one in stored:
        report.objects += 1
        report.bytes += one.size
        try:
            content = store.read(one.key)
            coverage = columns.footer(content, one.key)
            offsets = _offsets(content, one.key)
        except StoreError:
            raise
        except MeridianError as error:
            report.damaged.append(str(error))
            continue
        report.damaged += _contradictions(one, coverage, offsets)
        if reached is None:
            report.begins = reached = coverage.available_from
            if coverage.begins is not None and coverage.begins < coverage.first:
                report.missing.append(
                    f"{path.topic}/{path.partition}: offsets {coverage.begins} to {coverage.first - 1} were "
                    "archived and are gone"
                )
        expected_from = max(coverage.first, coverage.available_from)
        if expected_from > reached:
            report.gaps.append((reached, expected_from))
        report.duplicates += sum(offset < reached for offset in offsets) + len(offsets) - len(set(offsets))
        report.records += len(offsets)
        report.invisible += max(0, coverage.next - expected_from - len(offsets))
        reached = max(reached, coverage.next)
    report.end = reached or 0
    return report


def _offsets(content: bytes, key: str) -> list[int]:
    """Return the offsets in a segment, having read (and so verified the checksums of) all of its columns."""
    offsets: list[int] = []
    for batch in columns.batches(content, key, rows=65_536):
        offsets += batch.column("offset").to_pylist()
    return offsets


def _contradictions(one: Stored, coverage: Coverage, offsets: list[int]) -> list[str]:
    found = []
    if coverage.first != one.first:
        found.append(f"{one.key}: says that it starts at offset {coverage.first}")
    if coverage.records != len(offsets):
        found.append(f"{one.key}: says that it has {coverage.records} records, but has {len(offsets)}")
    if any(not coverage.first <= offset < coverage.next for offset in offsets):
        found.append(f"{one.key}: has offsets outside of {coverage.first} to {coverage.next - 1}")
    if any(later <= earlier for earlier, later in pairwise(offsets)):
        found.append(f"{one.key}: its offsets are not in order")
    return found
