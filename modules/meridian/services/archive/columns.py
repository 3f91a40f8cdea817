"""Records to zstd Parquet and back, losing nothing: null and empty stay apart, headers keep their order."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.parquet as pq

from meridian.common.errors import MeridianError
from meridian.services.archive.segment import Coverage
from meridian.services.kafka import header_names

Headers = list[tuple[str, bytes | None]]

TIMESTAMP_TYPES = ("none", "CreateTime", "LogAppendTime")
"""By the number that Kafka clients give."""

_HEADER = pa.struct([pa.field("name", pa.string(), nullable=False), pa.field("value", pa.binary())])
SCHEMA = pa.schema(
    [
        pa.field("topic", pa.dictionary(pa.int32(), pa.string()), nullable=False),
        pa.field("partition", pa.int32(), nullable=False),
        pa.field("offset", pa.int64(), nullable=False),
        pa.field("timestamp", pa.timestamp("ms", tz="UTC")),
        pa.field("timestamp_type", pa.dictionary(pa.int32(), pa.string()), nullable=False),
        pa.field("key", pa.binary()),
        pa.field("value", pa.binary()),
        pa.field("headers", pa.list_(pa.field("element", _HEADER, nullable=False)), nullable=False),
    ]
)


@dataclass(frozen=True, slots=True)
class Record:
    """One archived record.

    :ivar timestamp: milliseconds since 1970; ``None`` when the record has none.
    :ivar timestamp_type: one of :data:`TIMESTAMP_TYPES`.
    """

    topic: str
    partition: int
    offset: int
    timestamp: int | None
    timestamp_type: str
    key: bytes | None
    value: bytes | None
    headers: Headers


@dataclass(slots=True)
class Columns:
    """Records of one partition in the making, column by column."""

    offsets: list[int] = field(default_factory=list)
    timestamps: list[int | None] = field(default_factory=list)
    timestamp_types: list[int] = field(default_factory=list)
    keys: list[bytes | None] = field(default_factory=list)
    values: list[bytes | None] = field(default_factory=list)
    header_ends: list[int] = field(default_factory=lambda: [0])
    header_names: list[str] = field(default_factory=list)
    header_values: list[bytes | None] = field(default_factory=list)

    def append(
        self,
        offset: int,
        timestamp_type: int,
        timestamp: int,
        key: bytes | None,
        value: bytes | None,
        headers: Headers | None,
    ) -> None:
        """Add a record; the arguments are as a Kafka client gives them."""
        self.offsets.append(offset)
        self.timestamp_types.append(timestamp_type)
        self.timestamps.append(timestamp if timestamp_type else None)
        self.keys.append(key)
        self.values.append(value)
        for name, header in headers or ():
            self.header_names.append(name)
            self.header_values.append(header)
        self.header_ends.append(len(self.header_names))

    def __len__(self) -> int:
        return len(self.offsets)

    def time_range(self) -> tuple[int, int]:
        """Return the smallest and greatest timestamp in milliseconds, -1 and -1 when there is none."""
        stamps = [stamp for stamp in self.timestamps if stamp is not None]
        return (min(stamps), max(stamps)) if stamps else (-1, -1)


def encode(columns: Columns, topic: str, partition: int, coverage: Coverage, level: int = 3) -> bytes:
    """Make the Parquet file of a segment.

    :param level: zstd level.
    :return: the file's bytes; its footer carries the coverage too, so that a lone file explains itself.
    """
    count = len(columns)
    schema, names = _schema(columns.header_names)
    headers = pa.ListArray.from_arrays(
        pa.array(columns.header_ends, pa.int32()),
        pa.StructArray.from_arrays(
            [names, pa.array(columns.header_values, pa.binary())],
            fields=list(schema.field("headers").type.value_type),
        ),
        type=schema.field("headers").type,
    )
    table = pa.table(
        [
            pa.DictionaryArray.from_arrays(pa.array([0] * count, pa.int32()), pa.array([topic])),
            pa.array([partition] * count, pa.int32()),
            pa.array(columns.offsets, pa.int64()),
            pa.array(columns.timestamps, pa.timestamp("ms", tz="UTC")),
            pa.DictionaryArray.from_arrays(
                pa.array(columns.timestamp_types, pa.int32()), pa.array(TIMESTAMP_TYPES)
            ),
            pa.array(columns.keys, pa.binary()),
            pa.array(columns.values, pa.binary()),
            headers,
        ],
        schema=schema.with_metadata(coverage.to_metadata()),
    )
    sink = io.BytesIO()
    pq.write_table(
        table,
        sink,
        compression="zstd",
        compression_level=level,
        use_dictionary=["topic", "timestamp_type", "headers.list.element.name"],
        write_page_checksum=True,
        version="2.6",
    )
    return sink.getvalue()


def footer(content: bytes, key: str) -> Coverage:
    """Return the coverage that a segment's file carries in its footer.

    :param key: the object's key, for messages.
    :raises MeridianError: when it is not a readable Parquet file of this archive.
    """
    try:
        metadata = pq.read_schema(io.BytesIO(content)).metadata or {}
    except (pa.ArrowException, OSError) as error:
        raise MeridianError(f"{key}: not a readable Parquet file: {str(error).splitlines()[0]}") from error
    return Coverage.from_metadata({name.decode(): text.decode() for name, text in metadata.items()}, key)


def batches(content: bytes, key: str, rows: int = 8192) -> Iterator[pa.RecordBatch]:
    """Read a segment's file piece by piece, verifying the checksum of each page.

    :param rows: rows per piece.
    :raises MeridianError: when the file is damaged.
    """
    try:
        with pq.ParquetFile(io.BytesIO(content), page_checksum_verification=True) as file:
            yield from file.iter_batches(batch_size=rows, use_threads=False)
    except (pa.ArrowException, OSError) as error:
        raise MeridianError(f"{key}: damaged: {str(error).splitlines()[0]}") from error


def records(batch: pa.RecordBatch) -> Iterator[Record]:
    """Return the records of a piece in the order of their offsets."""
    # Timestamps go through integers: as Python datetimes they would cost most of the time here.
    columns = [
        (batch.column(name).cast(pa.int64()) if name == "timestamp" else batch.column(name)).to_pylist()
        for name in SCHEMA.names
    ]
    for topic, partition, offset, timestamp, kind, key, value, headers in zip(*columns, strict=True):
        yield Record(
            topic,
            partition,
            offset,
            timestamp,
            kind,
            key,
            value,
            [(_name(header["name"]), header["value"]) for header in headers],
        )


def _schema(names: list[str]) -> tuple[pa.Schema, pa.Array]:
    """Return the schema of a segment and its header names: bytes if one is not UTF-8, else text."""
    try:
        return SCHEMA, pa.array(names, pa.string())
    except UnicodeEncodeError:
        of_bytes = pa.struct([pa.field("name", pa.binary(), nullable=False), _HEADER.field("value")])
        listed = pa.list_(pa.field("element", of_bytes, nullable=False))
        headers = SCHEMA.field("headers").with_type(listed)
        schema = SCHEMA.set(SCHEMA.get_field_index("headers"), headers)
        return schema, pa.array(map(header_names.to_bytes, names), pa.binary())


def _name(name: str | bytes) -> str:
    return header_names.from_bytes(name) if isinstance(name, bytes) else name
