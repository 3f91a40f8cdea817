"""A server of a region's ZooKeeper ensemble."""

from collections.abc import Mapping
from typing import Any

from meridian.topology.model import Node, Region, Topology
from meridian.topology.slices.common import given


def of(topology: Topology, region: Region, node: Node, secrets: Mapping[str, Any]) -> dict[str, Any]:
    """Return the pillar of a ZooKeeper server."""
    servers = region.with_role("zookeeper")
    section = {
        **given(region.settings["zookeeper"]),
        "server_id": servers.index(node) + 1,
        "servers": [{"id": number, "host": one.id} for number, one in enumerate(servers, start=1)],
        "users": dict(secrets.get("zookeeper", {})),
    }
    return {"zookeeper": section}
