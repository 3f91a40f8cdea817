"""Firewall rules as plain data, ``{port, protocol, sources}``, and the name that a set of them has. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from meridian.cloud import tags as tagging

Single = tuple[str, int, str]


def name(tags: Mapping[str, str], separator: str = ".") -> str:
    """Return the name of the rules that the machines of one role in one region share.

    :param tags: a machine's.
    :param separator: between the parts.
    """
    parts = [tags.get(key, "") for key in (tagging.ENVIRONMENT, tagging.REGION, tagging.ROLE)]
    return separator.join(["meridian", *(part.replace("+", "-").replace(".", "-") for part in parts if part)])


def prefix(environment: str, separator: str = ".") -> str:
    """Return what the names of all rules of one environment begin with."""
    return f"meridian{separator}{environment}{separator}"


def single(rules: Iterable[Mapping[str, Any]]) -> set[Single]:
    """Return rules as ``(protocol, port, source)``."""
    return {
        (str(rule.get("protocol", "tcp")), int(rule["port"]), _net(str(source)))
        for rule in rules
        for source in rule["sources"]
    }


def joined(parts: Iterable[Single]) -> list[dict[str, Any]]:
    """Return rules from their single parts, in order of port and protocol."""
    found: dict[tuple[int, str], list[str]] = {}
    for protocol, port, source in sorted(parts):
        found.setdefault((port, protocol), []).append(source)
    return [
        {"port": port, "protocol": protocol, "sources": sources}
        for (port, protocol), sources in sorted(found.items())
    ]


def by_sources(rules: Sequence[Mapping[str, Any]]) -> list[tuple[tuple[str, ...], list[Single]]]:
    """Return rules grouped by their sources: each group of sources with what is open to it."""
    found: dict[tuple[str, ...], list[Single]] = {}
    for rule in joined(single(rules)):
        sources = tuple(rule["sources"])
        found.setdefault(sources, []).append((rule["protocol"], rule["port"], ""))
    return sorted(found.items())


def _net(source: str) -> str:
    if "/" in source:
        return source
    return f"{source}/{128 if ':' in source else 32}"
