"""The local proxy: addresses that stay where servers move."""

from collections.abc import Mapping
from typing import Any

from meridian.topology.model import Node, Region, Topology
from meridian.topology.slices.common import given


def of(topology: Topology, region: Region, node: Node, secrets: Mapping[str, Any]) -> dict[str, Any]:
    """Return the pillar of the proxy, on every node of a region whose brokers are Mesos tasks."""
    if region.settings["kafka"]["runtime"] != "mesos":
        return {}
    section = {
        **given(region.settings["proxy"]),
        "zookeeper": [one.id for one in region.with_role("zookeeper")],
        "marathon": [one.id for one in region.with_role("marathon")],
        "agents": [one.id for one in region.with_role("mesos-agent")],
        "brokers": [one.id for one in region.with_role("kafka")],
    }
    return {"proxy": section}
