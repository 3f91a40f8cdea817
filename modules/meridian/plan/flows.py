"""Flows that end in a region: MirrorMaker's connectors, and connectors that nobody named."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from meridian.common.tls import Tls
from meridian.plan.change import Change, ChangeKind, Difference
from meridian.plan.observed import World
from meridian.services.mirror import handover, ownership, unmanaged
from meridian.services.mirror import plan as mirror_plan
from meridian.services.mirror.connectors import configurations
from meridian.services.mirror.flow import KINDS, FlowSpec, connector_name, from_pillar
from meridian.topology import node_pillar
from meridian.topology.model import Region, Topology

_KIND = "flow"


def compare(topology: Topology, region: Region, world: World) -> Iterator[Change]:
    """Yield what becomes of each flow into a region that is not as the pillar says."""
    names = [flow.name for flow in topology.flows if flow.target == region.name]
    workers = region.with_role("connect")
    if not any(node.id in world.nodes for node in workers):
        yield from (Change(_KIND, name, region.name, ChangeKind.MISSING) for name in names)
        return
    seen = world.connectors.get(region.name, "its Connect cluster was not asked")
    if isinstance(seen, str):
        if names:
            reason = f"flows could not be compared: {seen}"
            yield Change(_KIND, region.name, region.name, ChangeKind.UNKNOWN, reason=reason)
        return
    # The very settings that the node which makes the connectors is given.
    pillar = node_pillar(topology, workers[0].id)["flows"]
    flows = [from_pillar(name, pillar[name]) for name in names]
    for flow in flows:
        yield from _flow(flow, region.name, seen, flows)
    yield from _others(names, region, seen)


def _others(names: Iterable[str], region: Region, seen: ownership.Seen) -> Iterator[Change]:
    """Connectors that no flow has: ours are paused or removed as the pillar says, others left alone."""
    policy = region.settings["mirror"]["unmanaged_connectors"]
    found = ownership.unmanaged(seen, names)
    changes = unmanaged.compare(found, policy)
    wanted = {connector_name(name, kind) for name in names for kind in KINDS}
    for connector in sorted(set(seen) - wanted):
        reason = "no flow of the pillar has this connector"
        if connector in changes:
            change = changes[connector]
            differs = Difference("state", change["new"] or "none", change["old"])
            reason = f"{reason} (mirror.unmanaged_connectors: {policy})"
            yield Change(_KIND, connector, region.name, ChangeKind.DIFFERS, (differs,), reason)
            continue
        if connector in found:
            reason = f"{reason}; it is {found[connector]}"
        reason = f"{reason}; it is left alone"
        yield Change(_KIND, connector, region.name, ChangeKind.UNMANAGED, reason=reason)


def _flow(flow: FlowSpec, region: str, seen: ownership.Seen, flows: Iterable[FlowSpec]) -> Iterator[Change]:
    todo = mirror_plan.compare(configurations(flow, Tls.of_service("connect")), seen, flow)
    if not todo:
        return
    if set(todo.create) == set(flow.connectors.values()):
        before = handover.expected(flow, seen, flows)
        reason = f"goes on where {', '.join(before)} has read to" if before else ""
        yield Change(_KIND, flow.name, region, ChangeKind.MISSING, reason=reason)
        return
    yield Change(_KIND, flow.name, region, ChangeKind.DIFFERS, tuple(_differences(todo, seen)))


def _differences(todo: mirror_plan.Plan, seen: Mapping[str, Mapping[str, Any]]) -> Iterator[Difference]:
    for name in todo.create:
        yield Difference(name, "present", "missing")
    for name in todo.delete:
        yield Difference(name, None, "present")
    for name, keys in todo.update.items():
        for key, values in keys.items():
            yield Difference(f"{name} {key}", values["new"], values["old"])
    for name in (*todo.resume, *todo.pause):
        found = (seen[name]["status"].get("connector") or {}).get("state")
        yield Difference(f"{name} state", "RUNNING" if name in todo.resume else "PAUSED", found)
