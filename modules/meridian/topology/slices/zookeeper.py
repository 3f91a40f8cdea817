"""A server of a region's ZooKeeper ensemble."""

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

from meridian.topology.model import Node, Region, Topology
from meridian.topology.slices.common import given

_ADMIN = "admin"


def of(topology: Topology, region: Region, node: Node, secrets: Mapping[str, Any]) -> dict[str, Any]:
    """Return the pillar of a ZooKeeper server."""
    servers = region.with_role("zookeeper")
    users = dict(secrets.get("zookeeper", {}))
    section = {
        **given(region.settings["zookeeper"]),
        "server_id": servers.index(node) + 1,
        "servers": [{"id": number, "host": one.id} for number, one in enumerate(servers, start=1)],
        "users": users,
        "super_digest": _digest(_ADMIN, users.get(_ADMIN, "")),
        "serial_gc": region.settings["kafka"]["serial_gc"],
    }
    return {"zookeeper": section}


def _digest(user: str, password: str) -> str:
    """Return what ZooKeeper knows a user by: the name, and the SHA-1 sum of name and password."""
    digest = hashlib.sha1(f"{user}:{password}".encode()).digest()
    return f"{user}:{base64.b64encode(digest).decode()}"
