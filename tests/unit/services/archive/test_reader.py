from typing import cast

from meridian.services.archive import reader
from meridian.services.archive.segment import PartitionPath
from meridian.services.archive.store import Store

from tests.doubles.memory_store import MemoryStore


class Counting(MemoryStore):
    """Counts the objects that are read in full."""

    reads = 0

    def read(self, key: str) -> bytes:
        self.reads += 1
        return super().read(key)


def _offsets(store: MemoryStore, start: int | None = None, end: int | None = None) -> list[int]:
    found = reader.records(cast(Store, store), "local", "us-east", "flights", start, end)
    return [record.offset for record in found]


def test_records_come_in_the_order_of_their_offsets() -> None:
    store = MemoryStore()
    store.add([0, 1, 2])
    store.add(list(range(3, 40)))
    assert _offsets(store) == list(range(40))


def test_a_time_range_takes_its_start_and_leaves_its_end() -> None:
    store = MemoryStore()
    store.add(list(range(10)))
    assert _offsets(store, 3000, 6000) == [3, 4, 5]


def test_segments_outside_of_the_time_range_are_not_read() -> None:
    store = Counting()
    for first in range(0, 100, 10):
        store.add(list(range(first, first + 10)))
    assert _offsets(store, 25_000, 31_000) == [25, 26, 27, 28, 29, 30]
    assert store.reads == 2


def test_another_topic_with_the_same_beginning_is_left_out() -> None:
    store = MemoryStore()
    store.add([0])
    store.add([0, 1], path=PartitionPath("local", "us-east", "flights.dlq", 0))
    assert _offsets(store) == [0]
