"""Which machines would have to be made anew to be what the pillar wants. Pure but for the list of sizes."""

from collections.abc import Callable, Mapping
from typing import Any


def moved(elsewhere: Mapping[str, Mapping[str, Any]], wanted: Mapping[str, str]) -> dict[str, str]:
    """Return the reason for each machine whose region has gone to another provider.

    :param elsewhere: see :class:`meridian.cloud.lifecycle.world.World`.
    :param wanted: provider alias by node id.
    """
    return {name: f"is at {seen['provider']}, wanted at {wanted[name]}" for name, seen in elsewhere.items()}


def resized(
    wanted: Mapping[str, str],
    existing: Mapping[str, Mapping[str, Any]],
    offered: Callable[[], Mapping[str, Mapping[str, Any]]],
) -> dict[str, str]:
    """Return the reason for each machine that has another size than its profile says.

    :param wanted: the profile's size (id or name) by node id.
    :param existing: entry of ``list_nodes_full`` by name; where the provider does not tell the size, none
        is wrong.
    :param offered: returns the provider's sizes by name; asked only when an id may stand beside a name.
    """
    doubtful = {
        name: str(existing[name]["size"])
        for name, size in wanted.items()
        if size and name in existing and existing[name].get("size") and str(existing[name]["size"]) != size
    }
    if not doubtful:
        return {}
    ids = {name: str(size.get("id", name)) for name, size in offered().items()}
    return {
        name: f"size {has}, wanted {wanted[name]}"
        for name, has in doubtful.items()
        if ids.get(has, has) != ids.get(wanted[name], wanted[name])
    }
