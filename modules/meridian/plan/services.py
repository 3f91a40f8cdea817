"""Brokers and workers that run with other settings or files than are there: a deployment rolls them."""

from collections.abc import Iterator

from meridian.plan.change import Change, ChangeKind, Difference
from meridian.plan.observed import Service, World
from meridian.topology.model import Region

_KIND = "state"


def compare(region: Region, world: World) -> Iterator[Change]:
    """Yield each service of a region that was left behind by its files, or changed by hand while it runs."""
    for node in region.nodes:
        for service in world.services.get(node.id, ()):
            yield from _service(f"{node.id}: {service.name}", region.name, service)


def _service(identity: str, region: str, service: Service) -> Iterator[Change]:
    if service.problem:
        reason = f"could not be compared: {service.problem}"
        yield Change(_KIND, identity, region, ChangeKind.UNKNOWN, reason=reason)
        return
    differences = [Difference(what, "as its file is", "as it was started") for what in service.restart]
    differences += [Difference(key, new, old) for key, (new, old) in sorted(service.settings.items())]
    if differences:
        yield Change(_KIND, identity, region, ChangeKind.DIFFERS, tuple(differences))
    for key, value in sorted(service.by_hand.items()):
        reason = f"{value} in the running broker, which its file does not say; it is left alone"
        yield Change(_KIND, f"{identity} setting {key}", region, ChangeKind.UNMANAGED, reason=reason)
