"""A Mesos master, an agent, or both."""

from collections.abc import Mapping
from typing import Any

from meridian.topology.model import Node, Region, Topology
from meridian.topology.slices.common import given

_OF_AGENTS = ("agent", "kafka-scheduler", "elasticsearch-scheduler")


def of(topology: Topology, region: Region, node: Node, secrets: Mapping[str, Any]) -> dict[str, Any]:
    """Return the pillar of Mesos: passwords of all principals on masters; on an agent its own, and those of
    our schedulers, which run on agents and ask them for logs of their tasks.
    """
    passwords = dict(secrets.get("mesos", {}))
    if "mesos-master" not in node.roles:
        passwords = {name: value for name, value in passwords.items() if name in _OF_AGENTS}
    section = {
        **given(region.settings["mesos"]),
        "cluster": f"{topology.environment}-{region.name}",
        "masters": [one.id for one in region.with_role("mesos-master")],
        "agents": [one.id for one in region.with_role("mesos-agent")],
        "zookeeper_password": secrets.get("zookeeper", {}).get("mesos", ""),
        "passwords": passwords,
        "fixed_ports": _fixed_ports(region, node),
    }
    return {"mesos": section}


def _fixed_ports(region: Region, node: Node) -> list[int]:
    """Return ports of services and their schedulers, which are the same wherever Mesos places them."""
    if "mesos-agent" not in node.roles:
        return []
    found: list[int] = []
    if "kafka" in node.roles:
        ports = region.settings["kafka"]["ports"]
        found += [ports["internal"], ports["external"], region.settings["kafka_scheduler"]["port"]]
    if "elasticsearch" in node.roles and region.search == "mesos":
        ports = region.settings["elasticsearch"]["ports"]
        found += [ports["http"], ports["transport"], region.settings["elasticsearch_scheduler"]["port"]]
    return found
