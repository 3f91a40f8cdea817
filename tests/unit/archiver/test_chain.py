"""Whatever archivers do to each other, and whenever they are killed: nothing is lost, nothing is doubled."""

from dataclasses import dataclass, field
from typing import cast

from archiver.partition import Partition
from hypothesis import given, settings
from hypothesis import strategies as st
from meridian.services.archive import reader, verify
from meridian.services.archive.store import Store

from tests.doubles.memory_store import PATH, MemoryStore

# Offsets that a consumer can see; the others are transaction markers.
LOG = [offset for offset in range(60) if offset % 7 != 6]


@dataclass
class Archiver:
    """One archiver's decisions for one partition, step by step."""

    store: MemoryStore
    name: str
    partition: Partition = field(init=False)

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        """Start (again), as after a kill: all that is known comes from the store."""
        self.partition = Partition(PATH, self.name)
        last = self.store.last(PATH)
        coverage = self.store.coverage(last.key) if last else None
        self.partition.start(coverage.next if coverage else 0, last.first if last else None, 0, "topic-id")

    def consume(self, count: int) -> None:
        """Take the next records, and the end of the log when it is reached."""
        for offset in [one for one in LOG if one >= self.partition.position][:count]:
            self.partition.append(offset, (1, offset), b"k", b"v", None, 0.0)
        if self.partition.position > LOG[-1]:
            self.partition.reached(60)

    def seal(self) -> None:
        """Close the open segment."""
        self.partition.seal()

    def upload(self, answer_lost: bool) -> None:
        """Store the first waiting segment; when the answer is lost, the put is tried again."""
        if not self.partition.waiting:
            return
        full = self.partition.waiting[0]
        for _ in range(2 if answer_lost else 1):
            stored = self.store.create(full.key, full.encode(), full.coverage)
        if stored or self.store.coverage(full.key) == full.coverage:
            self.partition.shelve()
        else:
            self.start()


_steps = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.sampled_from(["consume", "seal", "upload", "upload, answer lost", "kill"]),
        st.integers(1, 12),
    ),
    max_size=60,
)


@settings(deadline=None, max_examples=60)
@given(_steps)
def test_three_archivers_of_one_partition_make_one_chain(steps: list[tuple[int, str, int]]) -> None:
    store = MemoryStore()
    archivers = [Archiver(store, name) for name in ("one", "two", "three")]
    for number, step, count in steps:
        archiver = archivers[number]
        if step == "consume":
            archiver.consume(count)
        elif step == "seal":
            archiver.seal()
        elif step == "kill":
            archiver.start()
        else:
            archiver.upload(answer_lost=step != "upload")
    survivor = archivers[0]
    survivor.start()
    survivor.consume(len(LOG))
    survivor.seal()
    survivor.upload(answer_lost=False)

    (report,) = verify.verify(cast(Store, store), "local", "us-east")
    assert report.ok, report
    found = reader.records(cast(Store, store), "local", "us-east", "flights")
    assert [record.offset for record in found] == LOG
