"""In which order an environment's machines go: those that depend on others first. Pure."""

from collections.abc import Mapping
from typing import Any

from meridian.cloud.lifecycle import ownership
from meridian.topology import roles


def removal(machines: Mapping[str, Mapping[str, Any]]) -> list[list[str]]:
    """Return names in waves, to be removed one after the other; over all providers.

    :param machines: entry of ``list_nodes_full`` by name.
    """
    waves: dict[int, list[str]] = {}
    for name, seen in machines.items():
        waves.setdefault(roles.removal(ownership.roles(seen)), []).append(name)
    return [sorted(waves[place]) for place in sorted(waves)]
