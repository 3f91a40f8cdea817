"""One partition on its way into the archive: what is buffered, what waits to be stored, how far the chain is.

No I/O here. Offsets only grow: ``stored`` <= ``opened`` <= ``position``.
"""

from collections import deque
from dataclasses import dataclass, field
from enum import Enum

from meridian.services.archive.columns import Columns, Headers, encode
from meridian.services.archive.segment import Coverage, PartitionPath
from meridian.services.archive.settings import SegmentLimits

RECORD_OVERHEAD = 250
"""Bytes that a buffered record costs beyond its contents: Python objects and list entries."""


class Phase(Enum):
    """What happens to a partition now."""

    LOCATING = "locating"  # asking the store where its chain ends
    RUNNING = "running"
    DRAINING = "draining"  # storing what is buffered before it is located anew
    BLOCKED = "blocked"  # see Partition.problem


@dataclass
class Segment:
    """A full buffer, waiting to be stored."""

    path: PartitionPath
    coverage: Coverage
    size: int
    columns: Columns | None
    content: bytes = b""

    @property
    def key(self) -> str:
        """Its object's key."""
        return self.path.key(self.coverage.first)

    def encode(self) -> bytes:
        """Return the Parquet file, made once; the records are let go."""
        if self.columns is not None:
            self.content = encode(self.columns, self.path.topic, self.path.partition, self.coverage)
            self.columns = None
        return self.content


@dataclass
class Partition:
    """State of one assigned partition.

    :ivar stored: end of the chain in the object store.
    :ivar opened: where the open buffer starts: the end of the last segment made.
    :ivar position: the offset behind the last one seen, visible or not.
    :ivar last_segment: first offset of the chain's last segment, ``None`` when it is empty.
    :ivar available_from: first offset that Kafka still had when the partition was located.
    :ivar begins: first offset of the chain's first segment.
    :ivar committed: what was last committed to the consumer group.
    :ivar problem: why it is blocked.
    :ivar retry_at: when a blocked partition is looked at again, on the monotonic clock.
    """

    path: PartitionPath
    writer: str
    phase: Phase = Phase.LOCATING
    stored: int = 0
    opened: int = 0
    position: int = 0
    last_segment: int | None = None
    available_from: int = 0
    topic_id: str = ""
    begins: int = 0
    committed: int = -1
    problem: str = ""
    retry_at: float = 0.0
    busy: bool = False
    waiting: deque[Segment] = field(default_factory=deque)
    columns: Columns = field(default_factory=Columns)
    open_bytes: int = 0
    open_since: float = 0.0

    def start(
        self, stored: int, last_segment: int | None, available_from: int, topic_id: str, begins: int = 0
    ) -> int:
        """Begin after the end of the chain.

        :return: the offset to read from.
        """
        self.phase, self.problem = Phase.RUNNING, ""
        self.stored = self.opened = stored
        self.last_segment = last_segment
        self.available_from = available_from
        self.topic_id = topic_id
        self.begins = begins
        self.position = max(stored, available_from)
        self.committed = -1
        return self.position

    def block(self, problem: str, retry_at: float) -> None:
        """Leave the partition alone until a time."""
        self.phase, self.problem, self.retry_at = Phase.BLOCKED, problem, retry_at

    def reset(self) -> None:
        """Forget everything buffered and locate the partition anew."""
        self.phase = Phase.LOCATING
        self.waiting.clear()
        self.columns, self.open_bytes = Columns(), 0

    def append(
        self,
        offset: int,
        timestamp: tuple[int, int],
        key: bytes | None,
        value: bytes | None,
        headers: Headers | None,
        now: float,
    ) -> None:
        """Buffer a record. One that was seen before, or comes while none is expected, is passed over.

        :param timestamp: type and milliseconds, as a Kafka client gives it.
        :param now: monotonic clock, seconds.
        """
        if self.phase is not Phase.RUNNING or offset < self.position:
            return
        if not len(self.columns):
            self.open_since = now
        self.columns.append(offset, timestamp[0], timestamp[1], key, value, headers)
        size = (len(key) if key else 0) + (len(value) if value else 0)
        for name, header in headers or ():
            size += len(name) + (len(header) if header else 0) + 64
        self.open_bytes += size
        self.position = offset + 1

    def reached(self, end: int) -> None:
        """Note that everything visible before an offset has been seen."""
        if self.phase is Phase.RUNNING and end > self.position:
            self.position = end

    def is_full(self, limits: SegmentLimits, now: float) -> bool:
        """Return whether the open buffer has to become a segment."""
        count = len(self.columns)
        return count > 0 and (
            count >= limits.max_records
            or self.open_bytes >= limits.max_bytes
            or now - self.open_since >= limits.max_age_seconds
        )

    def seal(self) -> None:
        """Make a segment of the open buffer, if there is anything in it."""
        if not len(self.columns):
            return
        first_timestamp, last_timestamp = self.columns.time_range()
        coverage = Coverage(
            first=self.opened,
            next=self.position,
            available_from=max(self.opened, min(self.available_from, self.columns.offsets[0])),
            records=len(self.columns),
            first_timestamp=first_timestamp,
            last_timestamp=last_timestamp,
            topic_id=self.topic_id,
            writer=self.writer,
            begins=self.begins,
        )
        self.waiting.append(Segment(self.path, coverage, self.open_memory, self.columns))
        self.opened = self.position
        self.columns, self.open_bytes = Columns(), 0

    def shelve(self) -> None:
        """Note that the first waiting segment is stored."""
        segment = self.waiting.popleft()
        self.stored = segment.coverage.next
        self.last_segment = segment.coverage.first

    @property
    def open_memory(self) -> int:
        """Bytes of memory that the open buffer takes, about."""
        return self.open_bytes + RECORD_OVERHEAD * len(self.columns)

    @property
    def memory(self) -> int:
        """Bytes of memory that all of its records take, about."""
        return self.open_memory + sum(len(one.content) or one.size for one in self.waiting)

    @property
    def done(self) -> int:
        """The offset up to which nothing remains to be stored; what is committed."""
        return self.stored if self.waiting or len(self.columns) else max(self.stored, self.position)
