"""What a segment is called, where it lies, and what it says about itself. Standard library only.

The segments of a partition form one chain. A segment covers the offsets ``[first, next)``; its object is
named after ``first``, and the one behind it starts at ``next``. Objects are only ever created, never
replaced, so at each ``first`` there can be one segment, whichever process wrote it: two archivers that
disagree about who owns a partition cannot fork the chain, and a killed one leaves it whole.

A covered offset without a record was never visible to a consumer: a transaction marker, an aborted record,
or one that compaction had taken. Offsets that Kafka had deleted by age before the archiver came are another
matter, so a segment also says from where Kafka still had its range (``available_from``).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from meridian.common.errors import MeridianError
from meridian.services.kafka.patterns import whole_names

FORMAT = "1"
SUFFIX = ".parquet"
CONSUMER_GROUP = "meridian-archiver"
HINT = "last="
"""Before the first offset of the last segment, in the metadata of what the archiver commits."""

_KEY = re.compile(
    r"(?P<environment>[^/]+)/(?P<region>[^/]+)/(?P<topic>[^/]+)/(?P<partition>\d+)/(?P<first>\d{20})\.parquet"
)


@dataclass(frozen=True, order=True)
class PartitionPath:
    """The place of one partition's chain in the bucket."""

    environment: str
    region: str
    topic: str
    partition: int

    @property
    def prefix(self) -> str:
        """Key prefix of the partition's segments, with a slash at its end."""
        return f"{self.environment}/{self.region}/{self.topic}/{self.partition}/"

    def key(self, first: int) -> str:
        """Return the object key of the segment that starts at an offset."""
        return f"{self.prefix}{first:020d}{SUFFIX}"


def parse_key(key: str) -> tuple[PartitionPath, int] | None:
    """Return partition and first offset of a segment's key, or ``None`` when it is no segment's key."""
    match = _KEY.fullmatch(key)
    if match is None:
        return None
    path = PartitionPath(match["environment"], match["region"], match["topic"], int(match["partition"]))
    return path, int(match["first"])


def region_prefix(environment: str, region: str, topic: str | None = None) -> str:
    """Return the key prefix of a region's archive, or of one topic in it."""
    return f"{environment}/{region}/" + (f"{topic}/" if topic else "")


@dataclass(frozen=True)
class Coverage:
    """What a segment says about itself, in its object's metadata and in its Parquet footer.

    :ivar first: first offset covered; the object's name.
    :ivar next: offset behind the last one covered; the name of the next segment.
    :ivar available_from: first offset of the range that Kafka still had, normally ``first``.
    :ivar records: number of records in it.
    :ivar first_timestamp: smallest record timestamp, milliseconds since 1970, -1 when no record has one.
    :ivar last_timestamp: greatest record timestamp, in the same unit.
    :ivar topic_id: Kafka's id of the topic; differs when a topic was deleted and made again.
    :ivar writer: random id of the process that wrote it.
    :ivar begins: first offset of the chain's first segment; ``None`` in segments from before it was noted.
    """

    first: int
    next: int
    available_from: int
    records: int
    first_timestamp: int
    last_timestamp: int
    topic_id: str
    writer: str
    begins: int | None = None

    def to_metadata(self) -> dict[str, str]:
        """Return the S3 user metadata of the segment."""
        noted = {} if self.begins is None else {"begins": str(self.begins)}
        return {
            "format": FORMAT,
            "first": str(self.first),
            "next": str(self.next),
            "available-from": str(self.available_from),
            "records": str(self.records),
            "first-timestamp": str(self.first_timestamp),
            "last-timestamp": str(self.last_timestamp),
            "topic-id": self.topic_id,
            "writer": self.writer,
            **noted,
        }

    @classmethod
    def from_metadata(cls, metadata: Mapping[str, str], key: str) -> "Coverage":
        """Read the metadata of a segment.

        :param key: the object's key, for the message.
        :raises MeridianError: when the metadata are missing or of another format.
        """
        if metadata.get("format") != FORMAT:
            raise MeridianError(
                f"{key}: not a segment of this archive (format {metadata.get('format', 'missing')!r}, "
                f"expected {FORMAT!r}); move the object out of the bucket"
            )
        try:
            return cls(
                first=int(metadata["first"]),
                next=int(metadata["next"]),
                available_from=int(metadata["available-from"]),
                records=int(metadata["records"]),
                first_timestamp=int(metadata["first-timestamp"]),
                last_timestamp=int(metadata["last-timestamp"]),
                topic_id=metadata["topic-id"],
                writer=metadata["writer"],
                begins=int(metadata["begins"]) if "begins" in metadata else None,
            )
        except (KeyError, ValueError) as error:
            raise MeridianError(
                f"{key}: its metadata are damaged ({error}); verify the archive and move the object away"
            ) from error


def of_hint(metadata: str | None) -> int | None:
    """Return the first offset of the segment that a commit's metadata name, ``None`` when they name none."""
    first = (metadata or "").removeprefix(HINT)
    return int(first) if first.isdecimal() else None


def matcher(patterns: list[str], exclude: list[str] | None = None) -> re.Pattern[str]:
    """Compile the topics that are archived: regular expressions, each matching a whole name.

    :param patterns: topics to take.
    :param exclude: topics to leave out although a pattern takes them.
    :raises MeridianError: when one is not a regular expression.
    """
    return whole_names(patterns, exclude, "archive")
