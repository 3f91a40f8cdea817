"""Rules of the providers' own firewalls; where a node filters for itself, its states tell."""

from collections.abc import Iterable, Iterator

from meridian.cloud.providers import rules
from meridian.cloud.providers.rules import Single
from meridian.plan.change import Change, ChangeKind, Difference
from meridian.plan.observed import World
from meridian.topology.model import Region


def compare(region: Region, world: World) -> Iterator[Change]:
    """Yield each machine whose rules are not those of the pillar, as far as its provider tells them."""
    for node in region.nodes:
        wanted = world.firewalls.get(node.id)
        found = world.nodes.get(node.id, {}).get("firewall")
        if wanted is None or found is None:
            continue
        want, have = rules.single(wanted.rules), rules.single(found)
        if wanted.others:
            # Rules of groups that are not ours stand among those found.
            have &= want
        differences = tuple(_differences(want, have))
        if differences:
            yield Change("firewall", node.id, region.name, ChangeKind.DIFFERS, differences)


def _differences(want: set[Single], have: set[Single]) -> Iterator[Difference]:
    for protocol, port in sorted({one[:2] for one in want ^ have}, key=lambda one: (one[1], one[0])):
        yield Difference(f"port {port}/{protocol}", *(_sources(of, protocol, port) for of in (want, have)))


def _sources(singles: Iterable[Single], protocol: str, port: int) -> list[str] | None:
    """Return who may reach a port; ``None`` when nobody."""
    return sorted(source for *to, source in singles if to == [protocol, port]) or None
