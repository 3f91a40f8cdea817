"""The archiver of a region."""

from collections.abc import Mapping
from typing import Any

from meridian.topology.model import Node, Region, Topology
from meridian.topology.slices.common import given


def of(topology: Topology, region: Region, node: Node, secrets: Mapping[str, Any]) -> dict[str, Any]:
    """Return the pillar of an archiver."""
    archive = {
        **given(region.settings["archive"]),
        "bootstrap": region.kafka_bootstrap_internal,
        "endpoint": topology.object_store,
        "region_name": topology.object_store_region,
        **secrets.get("objectstore", {}).get("users", {}).get("archive", {}),
        "region": region.name,
        "environment": topology.environment,
    }
    return {"archive": archive}
