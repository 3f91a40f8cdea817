"""RecordIO: each record is its length in decimal, a newline, and its bytes."""

import json
from collections.abc import Iterator
from typing import Any


def encode(record: Any) -> bytes:
    """Return a record of JSON."""
    body = json.dumps(record, separators=(",", ":")).encode()
    return str(len(body)).encode() + b"\n" + body


class Decoder:
    """Records out of pieces of a stream, wherever those are cut."""

    def __init__(self) -> None:
        self._held = b""

    def feed(self, piece: bytes) -> Iterator[Any]:
        """Yield the records that are complete now."""
        self._held += piece
        while (end := self._held.find(b"\n")) >= 0:
            length = int(self._held[:end])
            if len(self._held) < end + 1 + length:
                return
            body = self._held[end + 1 : end + 1 + length]
            self._held = self._held[end + 1 + length :]
            yield json.loads(body)
