"""Flows that end in a region: MirrorMaker's connectors, and connectors that nobody named."""

from collections.abc import Iterator, Mapping
from typing import Any

from meridian.common.tls import Tls
from meridian.plan.change import Difference, Finding, Verdict
from meridian.plan.observed import World
from meridian.services.mirror import plan as mirror_plan
from meridian.services.mirror.connectors import configurations
from meridian.services.mirror.flow import FlowSpec, flow_of, from_pillar
from meridian.topology import node_pillar
from meridian.topology.model import Region, Topology

_KIND = "flow"


def compare(topology: Topology, region: Region, world: World) -> Iterator[Finding]:
    """Yield what becomes of each flow into a region that is not as the pillar says."""
    names = [flow.name for flow in topology.flows if flow.target == region.name]
    workers = region.with_role("connect")
    if not any(node.id in world.nodes for node in workers):
        yield from (Finding(_KIND, name, region.name, Verdict.MISSING) for name in names)
        return
    seen = world.connectors.get(region.name, "its Connect cluster was not asked")
    if isinstance(seen, str):
        if names:
            reason = f"flows could not be compared: {seen}"
            yield Finding(_KIND, region.name, region.name, Verdict.UNKNOWN, reason=reason)
        return
    # The very settings that the node which makes the connectors is given.
    pillar = node_pillar(topology, workers[0].id)["flows"]
    for name in names:
        yield from _flow(from_pillar(name, pillar[name]), region.name, seen)
    for connector in sorted(seen):
        if flow_of(connector) not in names:
            reason = "no flow of the pillar has this connector; it is left alone"
            yield Finding(_KIND, connector, region.name, Verdict.STRANGER, reason=reason)


def _flow(flow: FlowSpec, region: str, seen: Mapping[str, Mapping[str, Any]]) -> Iterator[Finding]:
    todo = mirror_plan.compare(configurations(flow, Tls.of_service("connect")), seen, flow)
    if not todo:
        return
    if set(todo.create) == set(flow.connectors.values()):
        yield Finding(_KIND, flow.name, region, Verdict.MISSING)
        return
    yield Finding(_KIND, flow.name, region, Verdict.DIFFERS, tuple(_differences(todo, seen)))


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
