"""An object store in memory, as :class:`meridian.services.archive.store.Store` shows one."""

from collections.abc import Iterator, Sequence

from meridian.services.archive import segment
from meridian.services.archive.columns import Columns, encode
from meridian.services.archive.segment import Coverage, PartitionPath
from meridian.services.archive.store import Stored, StoreError

PATH = PartitionPath("local", "us-east", "flights", 0)


class MemoryStore:
    """Creates and never replaces, like a store that honours conditional puts.

    :ivar down: while true, every call fails.
    :ivar created: how many objects were created.
    """

    name = "memory/archive"
    conditional = True

    def __init__(self) -> None:
        self.objects: dict[str, tuple[bytes, Coverage]] = {}
        self.down = False
        self.created = 0

    def create(self, key: str, content: bytes, coverage: Coverage) -> bool:
        self._answer()
        if key in self.objects:
            return False
        self.objects[key] = (content, coverage)
        self.created += 1
        return True

    def list(self, prefix: str, start: str = "") -> Iterator[Stored]:
        self._answer()
        for key in sorted(self.objects):
            parsed = segment.parse_key(key)
            if parsed and key.startswith(prefix) and key >= start:
                yield Stored(parsed[0], parsed[1], key, len(self.objects[key][0]))

    def last(self, path: PartitionPath, hint: int | None = None) -> Stored | None:
        found = [*self.list(path.prefix)]
        return found[-1] if found else None

    def coverage(self, key: str) -> Coverage | None:
        self._answer()
        return self.objects[key][1] if key in self.objects else None

    def read(self, key: str) -> bytes:
        self._answer()
        return self.objects[key][0]

    def add(
        self,
        offsets: Sequence[int],
        first: int | None = None,
        behind: int | None = None,
        available_from: int | None = None,
        path: PartitionPath = PATH,
        begins: int | None = None,
    ) -> str:
        """Store a segment of small records with these offsets; timestamps are a thousand times the offset."""
        columns = Columns()
        for offset in offsets:
            columns.append(offset, 1, offset * 1000, b"k", b"v%d" % offset, [("n", b"%d" % offset)])
        first = offsets[0] if first is None else first
        coverage = Coverage(
            first=first,
            next=offsets[-1] + 1 if behind is None else behind,
            available_from=first if available_from is None else available_from,
            records=len(offsets),
            first_timestamp=offsets[0] * 1000,
            last_timestamp=offsets[-1] * 1000,
            topic_id="id",
            writer="test",
            begins=begins,
        )
        key = path.key(first)
        self.objects[key] = (encode(columns, path.topic, path.partition, coverage), coverage)
        return key

    def _answer(self) -> None:
        if self.down:
            raise StoreError("object store memory/archive cannot be reached: it is down")
