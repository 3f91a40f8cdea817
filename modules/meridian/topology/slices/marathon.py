"""A Marathon server."""

from collections.abc import Mapping
from typing import Any

from meridian.topology.model import Node, Region, Topology
from meridian.topology.slices.common import given


def of(topology: Topology, region: Region, node: Node, secrets: Mapping[str, Any]) -> dict[str, Any]:
    """Return the pillar of Marathon."""
    mesos = given(region.settings["mesos"])
    section = {
        **given(region.settings["marathon"]),
        "servers": [one.id for one in region.with_role("marathon")],
        # Of masters and agents: what speaks to them has to agree with them.
        "tls": mesos.get("tls") or {},
        "mesos_source": mesos.get("source", "artifact"),
        "zookeeper_password": secrets.get("zookeeper", {}).get("marathon", ""),
        "mesos_password": secrets.get("mesos", {}).get("marathon", ""),
        "password": secrets.get("marathon", {}).get("admin", ""),
    }
    return {"marathon": section}
