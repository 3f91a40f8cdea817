"""Ports that two services of one node would want. Pure."""

from collections.abc import Iterator
from typing import Any

from meridian.topology import roles
from meridian.topology.problems import Path
from meridian.topology.schema import RegionSettings

# What listens on every node before us.
_SSH = 22
# Beside those where a role's own service listens: what else its node may listen on.
_FURTHER = {
    "kafka": ("kafka.ports.controller",),
    "zookeeper": ("zookeeper.ports.quorum",),
    "elasticsearch": ("elasticsearch.ports.transport",),
    "marathon": ("marathon.driver.port",),
}
_PROXY = ("zookeeper", "scheduler", "marathon", "bootstrap", "external", "metrics")


def check(pillar: RegionSettings) -> Iterator[tuple[Path, str]]:
    """Yield each setting whose port is taken on a node by another: path, expected."""
    told: set[tuple[str, str]] = set()
    proxied = pillar.proxy.enabled is True or (pillar.proxy.enabled == "auto" and _on_mesos(pillar))
    for group, wanted in pillar.nodes.items():
        taken: dict[int, str] = {_SSH: "the node's own ssh"}
        for setting in _settings(wanted.roles, proxied):
            port = _value(pillar, setting)
            if port is None:
                continue
            other = taken.setdefault(port, setting)
            if other != setting and (setting, other) not in told:
                told.add((setting, other))
                yield (
                    tuple(setting.split(".")),
                    f"expected a port of its own on nodes.{group}; {port} is that of {other}",
                )


def _on_mesos(pillar: RegionSettings) -> bool:
    return "mesos" in (pillar.kafka.runtime, pillar.elasticsearch.runtime)


def _settings(names: list[str], proxied: bool) -> Iterator[str]:
    for name in names:
        yield from roles.TABLE[name].ports
        yield from _FURTHER.get(name, ())
    if proxied:
        yield from (f"proxy.ports.{key}" for key in _PROXY)


def _value(pillar: RegionSettings, setting: str) -> int | None:
    found: Any = pillar
    for key in setting.split("."):
        found = getattr(found, key, None)
    return found if isinstance(found, int) else None
