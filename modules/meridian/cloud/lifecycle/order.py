"""In which order an environment's machines go: those that depend on others first. Pure."""

from collections.abc import Mapping
from typing import Any

from meridian.cloud.lifecycle.ownership import roles

# From what nothing depends on to what everything does. A role unknown here goes first, with the clients.
_WAVES: tuple[tuple[str, ...], ...] = (
    ("connect",),
    ("archive", "elasticsearch"),
    ("kafka",),
    ("kafka-controller",),
    ("marathon", "mesos-agent"),
    ("mesos-master",),
    ("zookeeper",),
    ("objectstore",),
)


def removal(machines: Mapping[str, Mapping[str, Any]]) -> list[list[str]]:
    """Return names in waves, to be removed one after the other; over all providers.

    A machine with several roles goes with the last of them: the others' users are gone by then.

    :param machines: entry of ``list_nodes_full`` by name.
    """
    waves: dict[int, list[str]] = {}
    for name, seen in machines.items():
        place = max((_place(role) for role in roles(seen)), default=0)
        waves.setdefault(place, []).append(name)
    return [sorted(waves[place]) for place in sorted(waves)]


def _place(role: str) -> int:
    for place, wave in enumerate(_WAVES):
        if role in wave:
            return place
    return 0
