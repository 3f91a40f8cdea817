"""A Mesos master, an agent, or both."""

from collections.abc import Mapping
from typing import Any

from meridian.topology.model import Node, Region, Topology
from meridian.topology.slices.common import given


def of(topology: Topology, region: Region, node: Node, secrets: Mapping[str, Any]) -> dict[str, Any]:
    """Return the pillar of Mesos: passwords of all principals on masters, of its own on an agent."""
    passwords = dict(secrets.get("mesos", {}))
    if "mesos-master" not in node.roles:
        passwords = {name: value for name, value in passwords.items() if name == "agent"}
    section = {
        **given(region.settings["mesos"]),
        "masters": [one.id for one in region.with_role("mesos-master")],
        "agents": [one.id for one in region.with_role("mesos-agent")],
        "zookeeper_password": secrets.get("zookeeper", {}).get("mesos", ""),
        "passwords": passwords,
    }
    return {"mesos": section}
