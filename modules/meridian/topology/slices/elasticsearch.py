"""A node of the Elasticsearch cluster, and the sink that fills it."""

from collections.abc import Mapping
from typing import Any

from meridian.topology.model import Node, Region, Topology
from meridian.topology.slices.common import given


def of(topology: Topology, region: Region, node: Node, secrets: Mapping[str, Any]) -> dict[str, Any]:
    """Return the pillar of Elasticsearch."""
    nodes = region.with_role("elasticsearch")
    settings = given(region.settings["elasticsearch"])
    section = {
        **settings,
        "cluster": f"{topology.environment}-{region.name}",
        "index": nodes.index(node) + 1,
        "zone": node.zone,
        "address": node.addresses.region,
        "nodes": [
            {"id": one.id, "index": number, "zone": one.zone, "address": one.addresses.region}
            for number, one in enumerate(nodes, start=1)
        ],
        "urls": list(urls(region)),
        "users": dict(secrets.get("elasticsearch", {})),
        "bootstrap": region.kafka_bootstrap_internal,
    }
    if settings.get("snapshots"):
        section["snapshots"] = {
            **settings["snapshots"],
            "endpoint": topology.object_store,
            **secrets.get("objectstore", {}).get("users", {}).get("archive", {}),
        }
    return {"elasticsearch": section}


def urls(region: Region) -> tuple[str, ...]:
    """Return where the nodes of a region's cluster answer."""
    port = region.settings["elasticsearch"]["ports"]["http"]
    return tuple(f"https://{node.id}:{port}" for node in region.with_role("elasticsearch"))
