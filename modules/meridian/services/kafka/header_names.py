"""Header names that are not UTF-8, kept byte for byte: Kafka's brokers take any bytes for a name.

confluent-kafka decodes and encodes names strictly and has no option for it: a name that is not UTF-8 leaves
an exception pending behind ``Message.headers()``, which then ends whatever is called next. Within
:func:`lenient` such bytes become surrogates (PEP 383), and surrogates become the bytes again.
"""

import codecs
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_strict = codecs.lookup_error("strict")
_escaped = codecs.lookup_error("surrogateescape")
_here = threading.local()


def _handle(error: UnicodeError) -> tuple[str | bytes, int]:
    return _escaped(error) if getattr(_here, "lenient", False) else _strict(error)


codecs.register_error("strict", _handle)


@contextmanager
def lenient() -> Iterator[None]:
    """Let this thread read and write names that are not UTF-8; other threads stay strict."""
    _here.lenient = True
    try:
        yield
    finally:
        _here.lenient = False


def headers(message: Any) -> list[tuple[str, bytes | None]] | None:
    """Return the headers of a consumed message.

    :param message: a ``confluent_kafka.Message``.
    :return: names and values in their order; bytes of a name that are not UTF-8 as surrogates.
    """
    _here.lenient = True
    try:
        found: list[tuple[str, bytes | None]] | None = message.headers()
    finally:
        _here.lenient = False
    return found


def to_bytes(name: str) -> bytes:
    """Return a name as it was on the wire."""
    return name.encode("utf-8", "surrogateescape")


def from_bytes(name: bytes) -> str:
    """Return a name as :func:`headers` gives it."""
    return name.decode("utf-8", "surrogateescape")


def readable(name: str) -> str:
    """Return a name that any encoder takes: bytes that are not UTF-8 as ``\\xff``."""
    return to_bytes(name).decode("utf-8", "backslashreplace")
