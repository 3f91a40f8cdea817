"""Reading the archive: segments of a partition in order, records one by one, never a whole topic at once."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby, islice

from meridian.common.errors import MeridianError
from meridian.services.archive import columns, segment
from meridian.services.archive.columns import Record
from meridian.services.archive.segment import Coverage, PartitionPath
from meridian.services.archive.store import Store, Stored

_HEADS = 8


def partitions(
    store: Store, environment: str, region: str, topic: str | None = None
) -> Iterator[tuple[PartitionPath, list[Stored]]]:
    """Yield the partitions of a region, or of one topic in it, with their segments in order.

    :raises StoreError: when the store does not answer.
    """
    listed = store.list(segment.region_prefix(environment, region, topic))
    for path, group in groupby(listed, key=lambda one: one.path):
        yield path, list(group)


def coverages(store: Store, stored: list[Stored]) -> Iterator[tuple[Stored, Coverage]]:
    """Yield segments with what they say about themselves, without reading them.

    :raises MeridianError: when one has vanished meanwhile, or is no segment.
    """
    waiting = iter(stored)
    with ThreadPoolExecutor(_HEADS) as pool:
        while some := list(islice(waiting, 4 * _HEADS)):
            found = pool.map(lambda each: store.coverage(each.key), some)
            for one, coverage in zip(some, found, strict=True):
                if coverage is None:
                    raise MeridianError(f"{store.name}: {one.key} vanished meanwhile; try again")
                yield one, coverage


def records(
    store: Store,
    environment: str,
    region: str,
    topic: str,
    start: int | None = None,
    end: int | None = None,
) -> Iterator[Record]:
    """Yield archived records: partition after partition, by offset within each.

    :param start: leave out records before this time, milliseconds since 1970.
    :param end: leave out records at or after this time, milliseconds since 1970.
    :raises MeridianError: when the store does not answer or a segment is damaged.
    """
    for _, stored in partitions(store, environment, region, topic):
        yield from records_of(store, coverages(store, stored), start, end)


def records_of(
    store: Store,
    segments: Iterable[tuple[Stored, Coverage]],
    start: int | None = None,
    end: int | None = None,
) -> Iterator[Record]:
    """Yield the records of some segments of one partition; for the arguments see :func:`records`.

    A record without a timestamp lies in no time range.
    """
    for one, coverage in segments:
        if not touches(coverage, start, end):
            continue
        for batch in columns.batches(store.read(one.key), one.key):
            for record in columns.records(batch):
                if _within(record.timestamp, start, end):
                    yield record


def touches(coverage: Coverage, start: int | None, end: int | None) -> bool:
    """Return whether a segment may have records of a time range, milliseconds since 1970."""
    begins_before = end is None or coverage.first_timestamp < end
    return begins_before and (start is None or coverage.last_timestamp >= start)


def _within(timestamp: int | None, start: int | None, end: int | None) -> bool:
    if timestamp is None:
        return start is None and end is None
    return (start is None or timestamp >= start) and (end is None or timestamp < end)
