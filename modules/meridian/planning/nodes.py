"""Machines: which are wanted, which there are, and what was changed at the provider."""

from collections.abc import Iterator, Mapping
from typing import Any

from meridian.planning.finding import Difference, Finding, Verdict
from meridian.planning.world import World
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
            reason = f"{world.replace[node.id]}: it is kept until you remove it, then made anew"
            yield Finding(_KIND, node.id, region.name, Verdict.REPLACE, reason=reason)
        else:
            differences = (
                *_power(seen),
                *_tags(world.wanted.get(node.id, {}).get("tags"), seen.get("tags")),
                *_firewall(world.wanted.get(node.id, {}).get("firewall"), seen.get("firewall")),
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


def _tags(wanted: Mapping[str, Any] | None, found: Mapping[str, Any] | None) -> Iterator[Difference]:
    """Compare our tags; what else a provider or its owner put there is theirs."""
    if not wanted or found is None:
        return
    for key in sorted(wanted):
        if str(found.get(key)) != str(wanted[key]):
            yield Difference(f"tag {key}", str(wanted[key]), found.get(key))


def _firewall(wanted: Any, found: Any) -> Iterator[Difference]:
    """Compare the rules, where both the map and the provider tell them."""
    if wanted is None or found is None:
        return
    want, have = _sources(wanted), _sources(found)
    for port in sorted({*want, *have}):
        if want.get(port, set()) != have.get(port, set()):
            both = (sorted(rules[port]) if port in rules else None for rules in (want, have))
            yield Difference(f"port {port}", *both)


def _sources(rules: list[Mapping[str, Any]]) -> dict[str, set[str]]:
    """Return who may reach each ``<port>/<protocol>``."""
    found: dict[str, set[str]] = {}
    for rule in rules:
        found.setdefault(f"{rule['port']}/{rule['protocol']}", set()).update(map(str, rule["sources"]))
    return found
