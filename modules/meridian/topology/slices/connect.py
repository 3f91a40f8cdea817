"""A Connect worker, and the flows into its region."""

from collections.abc import Mapping
from typing import Any

from meridian.topology.model import Node, Region, Topology
from meridian.topology.slices.common import given


def of(topology: Topology, region: Region, node: Node, secrets: Mapping[str, Any]) -> dict[str, Any]:
    """Return the pillar of a worker."""
    section = given(region.settings["connect"])
    workers = region.with_role("connect")
    connect = {
        **section,
        "bootstrap": region.kafka_bootstrap_internal,
        "worker": f"{node.id}:{section['port']}",
        "workers": [f"https://{one.id}:{section['port']}" for one in workers],
        "serial_gc": region.settings["kafka"]["serial_gc"],
    }
    return {"connect": connect, "mirror": region.settings["mirror"], "flows": _flows(topology, region)}


def _flows(topology: Topology, region: Region) -> dict[str, Any]:
    return {
        flow.name: {
            **flow.settings,
            "source": flow.source,
            "target": flow.target,
            "source_bootstrap": topology.region(flow.source).kafka_bootstrap_external,
            "target_bootstrap": region.kafka_bootstrap_internal,
        }
        for flow in topology.flows
        if flow.target == region.name
    }
