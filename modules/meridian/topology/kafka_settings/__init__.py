"""Kafka's settings as the shipped version has them: names, types and bounds. Pure.

``4.3.1.json`` is made from the jars of the artifact ``kafka``, once for each version::

    java -cp '<folder of the jars>/*' Settings.java > <version>.json
"""

import difflib
import functools
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

VERSION = "4.3.1"
# Unknown names may be those of plugins; one this near to a known one is a mistake.
_NEAR = 0.85
_WHOLE = {"SHORT": 2**15, "INT": 2**31, "LONG": 2**63}
_RANGE = re.compile(r"\[(-?[\d.]+)?(?:,)?\.\.\.(?:,)?(-?[\d.]+)?\](?P<or> or -1)?")
_CHOICES = re.compile(r"(?P<any>\(case insensitive\) )?\[([A-Za-z0-9_ ,-]+)\]")
_UNITS = {"k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40}
_SECONDS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}


@functools.cache
def table(name: str) -> Mapping[str, tuple[str, str]]:
    """Return a table: type and bounds by the name of the setting.

    :param name: ``topic``, ``broker``, ``worker``, ``producer``, ``consumer`` or ``admin``.
    """
    tables = json.loads((Path(__file__).parent / f"{VERSION}.json").read_text(encoding="utf-8"))
    return {key: (kind, bounds) for key, (kind, bounds) in tables[name].items()}


def unknown(name: str, key: str, *, strict: bool) -> str:
    """Return what is wrong with a setting's name; empty when it is known, or may be somebody else's.

    :param name: the table, see :func:`table`.
    :param strict: whether Kafka refuses what it does not know.
    """
    known = table(name)
    if key in known:
        return ""
    nearest = difflib.get_close_matches(key, known, n=1, cutoff=0.6 if strict else _NEAR)
    if nearest:
        return f"Kafka {VERSION} has no such setting; did you mean '{nearest[0]}'?"
    return f"Kafka {VERSION} has no such setting" if strict else ""


def wrong(name: str, key: str, value: Any) -> str:
    """Return what is wrong with a setting's value; empty when Kafka takes it, or the setting is not known.

    :param name: the table, see :func:`table`.
    """
    kind, bounds = table(name).get(key, ("", ""))
    if kind in _WHOLE or kind == "DOUBLE":
        return _number(key, kind, bounds, value)
    if kind == "BOOLEAN":
        good = isinstance(value, bool) or str(value).strip().lower() in ("true", "false")
        return "" if good else f"expected true or false, found {value!r}"
    if kind in ("STRING", "LIST"):
        return _choice(kind, bounds, value)
    return ""


def _number(key: str, kind: str, bounds: str, value: Any) -> str:
    what = "a number" if kind == "DOUBLE" else "a whole number"
    try:
        if isinstance(value, bool):
            raise ValueError
        found = float(value) if kind == "DOUBLE" else int(str(value).strip())
    except ValueError:
        return f"expected {what}, found {value!r}{_hint(key, str(value))}"
    limit = _WHOLE.get(kind, 0)
    if limit and not -limit <= found < limit:
        return f"expected {what} of at most {limit - 1}, found {value!r}"
    match = _RANGE.fullmatch(bounds)
    if not match or (match["or"] and found == -1):
        return ""
    least, most = match[1], match[2]
    if (least and found < float(least)) or (most and found > float(most)):
        return f"expected {what} in {bounds}, found {value!r}"
    return ""


def _hint(key: str, text: str) -> str:
    """Return what a number with a unit is in Kafka's own."""
    match = re.fullmatch(r"\s*(\d+)\s*([A-Za-z]+)\s*", text)
    if not match:
        return ""
    number, unit = int(match[1]), match[2].lower()
    if key.endswith("bytes") or "bytes" in key:
        factor = _UNITS.get(unit.removesuffix("b").removesuffix("i"))
        return f"; Kafka takes bytes: {number * factor}" if factor else ""
    if key.endswith("ms"):
        return f"; Kafka takes milliseconds: {number * _SECONDS[unit]}" if unit in _SECONDS else ""
    return ""


def _choice(kind: str, bounds: str, value: Any) -> str:
    match = _CHOICES.fullmatch(bounds)
    if not match:
        return ""
    choices = [one.strip() for one in match[2].split(",")]
    fold = str.lower if match["any"] else str
    known = {fold(one) for one in choices}
    wanted = [one.strip() for one in str(value).split(",")] if kind == "LIST" else [str(value).strip()]
    odd = next((one for one in wanted if one and fold(one) not in known), None)
    return (
        f"expected {'some' if kind == 'LIST' else 'one'} of {', '.join(choices)}; found {odd!r}"
        if odd
        else ""
    )
