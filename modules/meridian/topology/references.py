"""Settings that name another setting instead of repeating its value, e.g. ``port: kafka.ports.internal``."""

import re
from collections.abc import Callable, Iterator
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

    def fits(path: str, _: Any) -> bool:
        return path.split(".")[-2:-1] == ["ports"] or path.endswith(".port")

    return int(_choose(pillar, value, "port", fits))


def folder(pillar: RegionSettings, value: str) -> str:
    """Return a folder that is given as an absolute path or by the setting that holds it.

    :raises Unknown: no setting of that name holds an absolute path.
    """
    if value.startswith("/"):
        if not re.fullmatch(FOLDER, value):
            raise Unknown(f"expected an absolute path without spaces, found '{value}'")
        return value

    def fits(_: str, held: Any) -> bool:
        return isinstance(held, str) and held[:1] == "/"

    return str(_choose(pillar, value, "folder", fits))


def _choose(pillar: RegionSettings, name: str, what: str, fits: Callable[[str, Any], bool]) -> Any:
    section = name.partition(".")[0]
    if section in _SERVICES:
        for path, held in _settings(pillar, section):
            if path == name and fits(path, held):
                return held
    known = [path for one in _SERVICES for path, held in _settings(pillar, one) if fits(path, held)]
    raise Unknown(f"no setting '{name}' holds a {what}; {suggest(name, known)}")


def _settings(pillar: RegionSettings, section: str) -> Iterator[tuple[str, Any]]:
    """Yield the settings of a service: their path and value."""
    return _flat(section, getattr(pillar, section).model_dump())


def _flat(at: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(f"{at}.{key}", inner)
    else:
        yield at, value
