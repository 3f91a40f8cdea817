"""Whether two texts of a setting mean the same to Kafka. Pure.

Kafka keeps the text that it is given of some settings and writes others anew (``1`` as ``1.0``, ``102400000``
as ``1.024E8``), so that texts cannot be compared.

Source: ``ConfigDef.parseType`` and ``convertToString`` of Kafka 4.3.1.
"""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal

#: Stands for a value that Kafka does not show: a password. It is taken for the one that is wanted.
HIDDEN = "[hidden]"

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")
_NUMERIC = ("SHORT", "INT", "LONG", "DOUBLE")
# Texts that only look like numbers: 01 is another rack than 1.
_TEXT = re.compile(r"(^|[._-])(rack|version|password|secret|username|name|id|location|class|dn|topic|alias)$")
# Lists whose first element that fits is the one that counts; of all others the order means nothing.
_ORDERED = re.compile(
    r"(principal\.mapping\.rules|principal\.to\.local\.rules|ssl\.cipher\.suites|interceptor\.classes|transforms)$"
)


def same(key: str, one: str | None, other: str | None, kind: str | None = None) -> bool:
    """Return whether two values of a setting are equal as Kafka reads them.

    :param key: the setting's name.
    :param one: its text; ``None``: it is not set, which equals no text.
    :param kind: its type as ``ConfigDef`` names it (``BOOLEAN``, ``STRING``, ``SHORT``, ``INT``, ``LONG``,
        ``DOUBLE``, ``LIST``, ``CLASS``, ``PASSWORD``); ``None``: judged by name and values.
    """
    if one is None or other is None:
        return one is other
    if HIDDEN in (one, other):
        return True
    # A password is taken as it stands.
    if one == other or kind == "PASSWORD" or (kind is None and key.endswith("password")):
        return one == other
    one, other = one.strip(), other.strip()
    if one == other:
        return True
    if kind in ("STRING", "CLASS"):
        return False
    if kind == "LIST":
        return _list(key, one) == _list(key, other)
    if kind is None and _TEXT.search(key):
        return False
    if kind in (None, "BOOLEAN") and {one.lower(), other.lower()} <= {"true", "false"}:
        return one.lower() == other.lower()
    if kind is None or kind in _NUMERIC:
        if _NUMBER.fullmatch(one) and _NUMBER.fullmatch(other):
            # Only a DOUBLE is ever written with a point; it has the precision of one.
            double = any(mark in (one + other).lower() for mark in ".e")
            return float(one) == float(other) if double else Decimal(one) == Decimal(other)
        if kind is not None:
            return False
    return kind is None and _list(key, one) == _list(key, other)


def changed(
    before: Mapping[str, str], after: Mapping[str, str], kinds: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """Return the settings that are there on one side only, or mean something else.

    :param kinds: setting → its type, where it is known.
    """
    known = kinds or {}
    return tuple(
        key
        for key in sorted({*before, *after})
        if not same(key, before.get(key), after.get(key), known.get(key))
    )


def covers(there: Mapping[str, str], wanted: Mapping[str, str | None]) -> bool:
    """Return whether settings are as wanted; of others nothing is asked."""
    return all(same(key, there.get(key), value) for key, value in wanted.items())


def shown(value: object, sensitive: bool = False) -> str:
    """Return a value as Kafka tells it, or that it does not tell it."""
    return HIDDEN if sensitive else "" if value is None else str(value)


def _list(key: str, text: str) -> tuple[str, ...]:
    # Names of users may hold commas.
    separator = ";" if key.endswith("super.users") else ","
    parts: Iterable[str] = (part.strip() for part in text.split(separator))
    return tuple(parts) if _ORDERED.search(key) else tuple(sorted(parts))
