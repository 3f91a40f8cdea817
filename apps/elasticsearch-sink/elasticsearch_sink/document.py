"""A record as a document. Pure.

A JSON object becomes the document as it was sent, byte for byte, with the record's place beside its fields;
what is none becomes the base64 of its bytes. The id follows from the record's place in Kafka, so a record has
one document, however often it is sent.
"""

import base64
import json
from dataclasses import dataclass
from typing import Any, NoReturn

from meridian.services.kafka import header_names

META = "@kafka"
_VALUE = "@value"
_RESERVED = (META, _VALUE, "@timestamp")
Headers = list[tuple[str, bytes | None]]


class Malformed(Exception):
    """The record cannot become a document; says why."""


@dataclass(frozen=True, slots=True)
class Record:
    """A record as Kafka gave it.

    :ivar timestamp: milliseconds since 1970; ``None`` where the record has none.
    """

    topic: str
    partition: int
    offset: int
    timestamp: int | None
    key: bytes | None
    value: bytes | None
    headers: Headers


@dataclass(frozen=True, slots=True)
class Document:
    """What is sent for a record.

    :ivar meta: the record's place, key and headers, as they stand in the document.
    :ivar action: both lines of the bulk request, the action and the source.
    """

    record: Record
    index: str
    id: str
    meta: dict[str, Any]
    action: bytes


def of_record(record: Record, prefix: str, malformed: str) -> Document:
    """Return the document of a record.

    :param prefix: what the index's name begins with.
    :param malformed: ``index`` or ``dlq``: what becomes of a value that is no JSON object.
    :raises Malformed: the value is no JSON object, and such ones are not indexed; or it has a field of ours.
    """
    index = f"{prefix}{record.topic.lower()}"
    number = f"{record.topic}-{record.partition}-{record.offset}"
    meta = _meta(record)
    ours: dict[str, Any] = {META: meta}
    if record.timestamp is not None:
        ours["@timestamp"] = record.timestamp
    fields = b""
    if record.value is not None:
        try:
            fields = _fields(record.value)
        except Malformed:
            if malformed == "dlq":
                raise
            ours[_VALUE] = base64.b64encode(record.value).decode()
    source = json.dumps(ours, separators=(",", ":")).encode()
    if fields:
        source = source[:-1] + b"," + fields + b"}"
    action = json.dumps({"create": {"_index": index, "_id": number}}, separators=(",", ":")).encode()
    return Document(record, index, number, meta, action + b"\n" + source + b"\n")


def _fields(value: bytes) -> bytes:
    """Return what stands between the braces of a JSON object, on one line."""
    try:
        parsed = json.loads(value.decode("utf-8"), parse_constant=_no_number)
    except UnicodeDecodeError as error:
        raise Malformed(f"not UTF-8: {error.reason} at byte {error.start}") from None
    except RecursionError:
        raise Malformed("JSON nested too deeply") from None
    except ValueError as error:
        raise Malformed(f"not JSON: {error}") from None
    if not isinstance(parsed, dict):
        raise Malformed(f"JSON, but no object: {type(parsed).__name__}")
    for name in _RESERVED:
        if name in parsed:
            raise Malformed(f"has a field {name}, which is the sink's own")
    # Line breaks are white space here: JSON has none inside of strings, and the parser refuses them there.
    return value.strip(b" \t\r\n")[1:-1].strip(b" \t\r\n").replace(b"\n", b" ").replace(b"\r", b" ")


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")


def _meta(record: Record) -> dict[str, Any]:
    meta: dict[str, Any] = {
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
    }
    if record.timestamp is not None:
        meta["timestamp"] = record.timestamp
    if record.value is None:
        meta["tombstone"] = True
    if record.key is not None:
        meta |= _text("key", record.key)
    if record.headers:
        meta["headers"] = [
            {"name": header_names.readable(name), **(_text("value", value) if value is not None else {})}
            for name, value in record.headers
        ]
    return meta


def _text(name: str, value: bytes) -> dict[str, str]:
    """Return bytes as text where they are text, else as base64 under a name that says so."""
    try:
        return {name: value.decode("utf-8")}
    except UnicodeDecodeError:
        return {f"{name}_base64": base64.b64encode(value).decode()}
