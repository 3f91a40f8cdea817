"""The local proxy: addresses that stay where servers move."""

from collections.abc import Iterable, Mapping
from typing import Any

from meridian.topology import names, roles
from meridian.topology.model import Node, Region, Topology
from meridian.topology.slices.common import given

# What knows ZooKeeper without TLS only.
_WITHOUT_TLS = {"mesos-master", "mesos-agent", "marathon"}


def of(topology: Topology, region: Region, node: Node, secrets: Mapping[str, Any]) -> dict[str, Any]:
    """Return the pillar of the proxy; nothing where there is none."""
    if not region.proxied:
        return {}
    mesos = region.runtime == "mesos"
    section = given(region.settings["proxy"])
    section |= {
        "name": names.bootstrap(region.name, topology.environment),
        # Any identity of the platform will do towards servers of the region.
        "identity": roles.services(node.roles)[0],
        "servers": {name: found for name, found in _servers(region, node).items() if found},
        "follow": mesos,
        "entry": node in region.entries,
    }
    if mesos:
        section |= {
            # It may read where brokers are, and change nothing.
            "scheduler_user": "reader",
            "scheduler_password": secrets.get("kafka-scheduler", {}).get("reader", ""),
        }
    if section.get("apps"):
        section |= {
            "marathon_user": "admin",
            "marathon_password": secrets.get("marathon", {}).get("admin", ""),
        }
    masters = region.with_role("mesos-master")
    if section.get("mesos_dns", {}).get("source") and masters:
        section["mesos_dns"] |= {
            "masters": [f"{one.addresses.region}:{_port(region, 'mesos', 'master')}" for one in masters],
            "address": node.addresses.region,
            "password": secrets.get("mesos", {}).get("mesos-dns", ""),
        }
    return {"proxy": section}


def _servers(region: Region, node: Node) -> dict[str, list[dict[str, Any]]]:
    # Each check is a TLS handshake for a server: only those have it that have who asks.
    ensemble = region.with_role("zookeeper") if _WITHOUT_TLS & set(node.roles) else ()
    found = {
        "zookeeper": _places(ensemble, _port(region, "zookeeper", "client")),
        "marathon": _places(region.with_role("marathon"), region.settings["marathon"]["port"]),
    }
    if region.runtime == "mesos":
        agents = region.with_role("mesos-agent")
        # Marathon starts it on any of them; the others refuse the health check.
        found["scheduler"] = _places(agents, region.settings["kafka_scheduler"]["port"])
    else:
        brokers = region.with_role("kafka")
        found["kafka"] = _places(brokers, _port(region, "kafka", "internal"))
        found["external"] = _places(brokers, _port(region, "kafka", "external"))
    return found


def _port(region: Region, section: str, port: str) -> int:
    return int(region.settings[section]["ports"][port])


def _places(nodes: Iterable[Node], port: int) -> list[dict[str, Any]]:
    return [{"name": one.id, "address": one.addresses.region, "port": port} for one in nodes]
