"""A node of the Elasticsearch cluster, and the sink that fills it."""

from collections.abc import Mapping
from typing import Any

from meridian.topology.model import Node, Region, Topology
from meridian.topology.slices.common import given


def of(topology: Topology, region: Region, node: Node, secrets: Mapping[str, Any]) -> dict[str, Any]:
    """Return the pillar of Elasticsearch."""
    nodes = region.with_role("elasticsearch")
    section = {
        **given(region.settings["elasticsearch"]),
        "index": nodes.index(node) + 1,
        "zone": node.zone,
        "nodes": [
            {"id": one.id, "index": number, "zone": one.zone} for number, one in enumerate(nodes, start=1)
        ],
        "users": dict(secrets.get("elasticsearch", {})),
        "bootstrap": region.kafka_bootstrap_internal,
    }
    return {"elasticsearch": section}
