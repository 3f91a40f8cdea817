"""Machines: which are wanted, which there are, and what was changed at the provider."""

from collections.abc import Iterator, Mapping
from typing import Any

from meridian.plan.change import Difference, Finding, Verdict
from meridian.plan.observed import World
from meridian.topology.model import Region, Topology

_KIND = "node"
_UP = ("RUNNING", "REBOOTING")


def compare(region: Region, world: World) -> Iterator[Finding]:
    """Yield what becomes of each machine of a region."""
    for node in region.nodes:
        seen = world.nodes.get(node.id)
        if node.id in world.half_made:
            reason = "it was never finished: it is removed and made anew"
            yield Finding(_KIND, node.id, region.name, Verdict.MISSING, reason=reason)
        elif seen is None:
            yield Finding(_KIND, node.id, region.name, Verdict.MISSING)
        elif node.id in world.replace:
            # It holds data, which no deployment removes.
            reason = f"{world.replace[node.id]}: it is kept until you have it replaced (platform.replace)"
            yield Finding(_KIND, node.id, region.name, Verdict.REPLACE, reason=reason)
        else:
            differences = (
                *_power(seen),
                *_tags(node.tags, seen.get("tags")),
            )
            verdict = Verdict.DIFFERS if differences else Verdict.SAME
            yield Finding(_KIND, node.id, region.name, verdict, differences)


def strangers(topology: Topology, world: World) -> list[Finding]:
    """Return the machines that the pillar does not name; nobody touches them."""
    regions = {region.name for region in topology.regions}

    def region(name: str) -> str:
        parts = name.split(".")
        return parts[-2] if len(parts) > 2 and parts[-2] in regions else ""

    why = "the pillar does not name it; it is left alone"
    return [
        Finding(_KIND, name, region(name), Verdict.STRANGER, reason=why) for name in sorted(world.strangers)
    ]


def is_up(seen: Mapping[str, Any]) -> bool:
    """Tell whether a machine runs, as far as its provider says."""
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
