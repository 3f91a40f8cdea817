"""Settings that name another setting instead of repeating its value, e.g. ``port: kafka.ports.internal``."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from meridian.topology.problems import suggest
from meridian.topology.schema import FOLDER, RegionSettings

_SERVICES = (
    "kafka",
    "connect",
    "archive",
    "objectstore",
    "zookeeper",
    "mesos",
    "marathon",
    "kafka_scheduler",
    "elasticsearch_scheduler",
    "elasticsearch",
    "proxy",
)


class Unknown(ValueError):
    """No such setting, or one of another type; the text is what was expected instead."""


def port(pillar: RegionSettings, value: int | str) -> int:
    """Return a port that is given as a number or by the setting that holds it.

    :raises Unknown: no setting of that name holds a port.
    """
    if isinstance(value, int):
        return value
    known = {path: held for path, held in _settings(pillar) if path.split(".")[-2:-1] == ["ports"]}
    known |= {path: held for path, held in _settings(pillar) if path.endswith(".port")}
    return int(_choose(value, known, "port"))


def folder(pillar: RegionSettings, value: str) -> str:
    """Return a folder that is given as an absolute path or by the setting that holds it.

    :raises Unknown: no setting of that name holds an absolute path.
    """
    if value.startswith("/"):
        if not re.fullmatch(FOLDER, value):
            raise Unknown(f"expected an absolute path without spaces, found '{value}'")
        return value
    known = {path: held for path, held in _settings(pillar) if isinstance(held, str) and held[:1] == "/"}
    return str(_choose(value, known, "folder"))


def _choose(name: str, known: Mapping[str, Any], what: str) -> Any:
    if name not in known:
        raise Unknown(f"no setting '{name}' holds a {what}; {suggest(name, known)}")
    return known[name]


def _settings(pillar: RegionSettings) -> Iterator[tuple[str, Any]]:
    """Yield the settings of services: their path and value."""
    for section in _SERVICES:
        yield from _flat(section, getattr(pillar, section).model_dump())


def _flat(at: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(f"{at}.{key}", inner)
    else:
        yield at, value
