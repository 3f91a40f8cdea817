"""Machines: which are wanted, which there are, and what was changed at the provider."""

from collections.abc import Iterator, Mapping
from typing import Any

from meridian.plan.change import Change, ChangeKind, Difference
from meridian.plan.observed import World
from meridian.topology.model import Region, Topology

_KIND = "node"
_UP = ("RUNNING", "REBOOTING")


def compare(region: Region, world: World) -> Iterator[Change]:
    """Yield what becomes of each machine of a region."""
    for node in region.nodes:
        seen = world.nodes.get(node.id)
        if node.id in world.incomplete:
            reason = "it was never finished: it is removed and made anew"
            yield Change(_KIND, node.id, region.name, ChangeKind.MISSING, reason=reason)
        elif seen is None:
            yield Change(_KIND, node.id, region.name, ChangeKind.MISSING)
        elif node.id in world.replace:
            # It holds data, which no deployment removes.
            reason = f"{world.replace[node.id]}: it is kept until you have it replaced (platform.replace)"
            yield Change(_KIND, node.id, region.name, ChangeKind.REPLACE, reason=reason)
        else:
            differences = (
                *_power(seen),
                *_tags(node.tags, seen.get("tags")),
            )
            verdict = ChangeKind.DIFFERS if differences else ChangeKind.SAME
            yield Change(_KIND, node.id, region.name, verdict, differences)


def unmanaged(topology: Topology, world: World) -> list[Change]:
    """Return the machines that the pillar does not name; nobody touches them."""
    regions = {region.name for region in topology.regions}

    def region(name: str) -> str:
        parts = name.split(".")
        return parts[-2] if len(parts) > 2 and parts[-2] in regions else ""

    why = "the pillar does not name it; it is left alone"
    return [
        Change(_KIND, name, region(name), ChangeKind.UNMANAGED, reason=why)
        for name in sorted(world.unmanaged)
    ]


def is_up(seen: Mapping[str, Any]) -> bool:
    """Return whether a machine runs, as far as its provider says."""
    return str(seen.get("state") or "RUNNING").upper() in _UP


def _power(seen: Mapping[str, Any]) -> Iterator[Difference]:
    if not is_up(seen):
        yield Difference("power", "running", str(seen["state"]).lower())


def _tags(wanted: Mapping[str, str], found: Mapping[str, Any] | None) -> Iterator[Difference]:
    """Compare our tags; what else a provider or its owner put there is theirs."""
    if found is None:
        return
    for key, value in sorted(wanted.items()):
        if str(found.get(key)) != value:
            yield Difference(f"tag {key}", value, found.get(key))
