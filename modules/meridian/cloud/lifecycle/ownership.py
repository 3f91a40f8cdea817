"""Whose machine it is: its tags tell, its name never does. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from meridian.cloud import tags

# A provider may go on listing what it has removed; EC2 does for an hour, under the machine's name.
_GONE = ("TERMINATED",)
_GOING = ("shutting-down", "terminated")


def living(listed: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return a provider's machines without those that are gone or going.

    :param listed: ``list_nodes_full`` of the driver: entry by name.
    """
    return {
        name: dict(seen)
        for name, seen in listed.items()
        if seen.get("state") not in _GONE and (seen.get("extra") or {}).get("status") not in _GOING
    }


def is_ours(seen: Mapping[str, Any], environment: str) -> bool:
    """Return whether a machine's tags say that it belongs to an environment of this platform.

    :param seen: its entry in ``list_nodes_full``.
    """
    return tags.is_ours(seen.get("tags") or {}, environment)


def duplicate(seen: Mapping[str, Any]) -> list[str]:
    """Return the ids of all machines that share one name, when there are several.

    :param seen: the name's entry in ``list_nodes_full``.
    """
    ids = [str(seen.get("id", ""))] + [str(other) for other in seen.get("duplicates") or ()]
    found = sorted(dict.fromkeys(ids))
    return found if len(found) > 1 else []


def roles(seen: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the roles that a machine's tag names."""
    return tuple(role for role in str((seen.get("tags") or {}).get(tags.ROLE, "")).split("+") if role)


def names(of: Iterable[str], shown: int = 20) -> str:
    """Return names in one line; of very many the first, and how many more there are."""
    listed = sorted(of)
    more = f" and {len(listed) - shown} more" if len(listed) > shown else ""
    return ", ".join(listed[:shown]) + more
