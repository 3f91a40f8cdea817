"""A Mesos master, an agent, or both."""

from collections.abc import Mapping
from typing import Any

from meridian.topology.model import Node, Region, Topology
from meridian.topology.slices.common import given

_OF_AGENTS = ("agent", "kafka-scheduler")


def of(topology: Topology, region: Region, node: Node, secrets: Mapping[str, Any]) -> dict[str, Any]:
    """Return the pillar of Mesos: passwords of all principals on masters; on an agent its own, and that of
    the scheduler, which runs on agents and asks them for logs of its tasks.
    """
    passwords = dict(secrets.get("mesos", {}))
    if "mesos-master" not in node.roles:
        passwords = {name: value for name, value in passwords.items() if name in _OF_AGENTS}
    ports = region.settings["kafka"]["ports"]
    # Of brokers and of their scheduler, which are the same wherever Mesos places them.
    fixed = [ports["internal"], ports["external"], region.settings["kafka_scheduler"]["port"]]
    hosts_brokers = {"kafka", "mesos-agent"} <= set(node.roles)
    section = {
        **given(region.settings["mesos"]),
        "cluster": f"{topology.environment}-{region.name}",
        "masters": [one.id for one in region.with_role("mesos-master")],
        "agents": [one.id for one in region.with_role("mesos-agent")],
        "zookeeper_password": secrets.get("zookeeper", {}).get("mesos", ""),
        "passwords": passwords,
        "broker_ports": fixed if hosts_brokers else [],
    }
    return {"mesos": section}
