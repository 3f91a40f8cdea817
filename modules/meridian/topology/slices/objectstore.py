"""The object store."""

from collections.abc import Mapping
from typing import Any

from meridian.topology.model import Node, Region, Topology
from meridian.topology.slices.common import given


def of(topology: Topology, region: Region, node: Node, secrets: Mapping[str, Any]) -> dict[str, Any]:
    """Return the pillar of the S3 server."""
    store = secrets.get("objectstore", {})
    section = {
        **given(region.settings["objectstore"]),
        "endpoint": topology.object_store,
        "bucket": region.settings["archive"]["bucket"],
        **{f"root_{key}": value for key, value in store.get("root", {}).items()},
        "users": {name: dict(keys) for name, keys in store.get("users", {}).items()},
    }
    return {"objectstore": section}
