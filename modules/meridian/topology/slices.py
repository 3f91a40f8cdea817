"""What one node may know: its slice of the topology, as pillar."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from meridian.topology import firewall
from meridian.topology.addressing import LocalNetwork
from meridian.topology.model import Node, Region, Topology

# Which artifacts a role needs; `meridian` is what the node's own states and modules are made of.
_ARTIFACTS = {
    "kafka": ("kafka", "kafka-cds"),
    "connect": ("kafka", "kafka-cds", "connect-predicates"),
    "archive": ("archiver-libs", "archiver"),
    "objectstore": ("versitygw",),
}
_COMMON_ARTIFACTS = ("meridian",)


def node_pillar(
    topology: Topology,
    node_id: str,
    secrets: Mapping[str, Any] | None = None,
    certificates: Mapping[str, Any] | None = None,
    artifacts: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the pillar of one node: only what its roles need.

    :param secrets: what :func:`meridian.secrets.load` returned.
    :param certificates: what :func:`meridian.pki.certificates_for` returned for the node.
    :param artifacts: index of artifacts by name.
    :raises KeyError: when the environment has no such node.
    """
    node = topology.node(node_id)
    region = topology.region(node.region)
    secrets = secrets or {}
    pillar: dict[str, Any] = {
        "meridian": _identity(topology, region, node),
        "routes": _routes(topology, region),
        "artifacts": _artifacts(node, artifacts or {}),
        "pki": dict(certificates or {}),
    }
    if node.volumes:
        pillar["volumes"] = [asdict(volume) for volume in node.volumes]
    if region.kind != "local":
        pillar["hosts"] = _hosts(region)
    if firewall.on_node(region):
        pillar["firewall"] = _firewall(topology, node)
    for formula in ("node", "java"):
        if _set(region.settings[formula]):
            pillar[formula] = _set(region.settings[formula])
    if "kafka" in node.roles:
        pillar["kafka"] = _kafka(topology, region, node)
        pillar["topics"] = dict(region.settings["topics"])
    if "connect" in node.roles:
        pillar["connect"] = _connect(region, node)
        pillar["flows"] = _flows(topology, region)
    if "archive" in node.roles:
        pillar["archive"] = _archive(topology, region, secrets)
    if "objectstore" in node.roles:
        pillar["objectstore"] = _object_store(topology, region, secrets)
    return pillar


def services_of(node: Node) -> tuple[str, ...]:
    """Return the services of a node that have a certificate of their own: one for each role."""
    return tuple(role for role in ("kafka", "connect", "archive", "objectstore") if role in node.roles)


def cluster_id(environment: str, region: str) -> str:
    """Return the KRaft cluster id of a region: 16 bytes as 22 characters of URL-safe base64.

    It follows from the names, so that a node made anew after its secrets were lost still fits its cluster.
    """
    digest = bytearray(hashlib.sha256(f"meridian/{environment}/{region}".encode()).digest()[:16])
    # Kafka's command lines take an id that begins with a dash for an option.
    digest[0] &= 0x7F
    return base64.urlsafe_b64encode(bytes(digest)).rstrip(b"=").decode()


def _set(section: Mapping[str, Any]) -> dict[str, Any]:
    """Return what pillar sets of a section; the other keys are left to the formula's own defaults."""
    found = {key: value for key, value in section.items() if value is not None}
    nested = {key: _set(value) if isinstance(value, Mapping) else value for key, value in found.items()}
    return {key: value for key, value in nested.items() if value != {} or found[key] == {}}


def _identity(topology: Topology, region: Region, node: Node) -> dict[str, Any]:
    return {
        "environment": topology.environment,
        "region": region.name,
        "central": region.is_central,
        "central_region": topology.central,
        "node": {
            "id": node.id,
            "name": node.name,
            "zone": node.zone,
            "roles": list(node.roles),
            "index": node.index,
            "size": node.size,
            "addresses": asdict(node.addresses),
        },
        "region_nodes": {
            other.id: {
                "name": other.name,
                "roles": list(other.roles),
                "zone": other.zone,
                "address": other.addresses.region,
            }
            for other in region.nodes
        },
    }


def _routes(topology: Topology, region: Region) -> list[dict[str, str]]:
    local = topology.settings["local"]
    if region.kind != "local" or not local["wan"]:
        return []
    addressing = LocalNetwork(local["network"], local["slot"])
    via = addressing.wan_gateway(region.index)
    return [
        {"network": addressing.region_network(other.index), "via": via}
        for other in topology.regions
        if other.index != region.index and other.kind == "local"
    ]


def _hosts(region: Region) -> dict[str, list[str]]:
    """Return address to names of the region's nodes, as far as they are known; nothing else resolves them."""
    return {
        node.addresses.region: [node.id, node.name]
        for node in region.nodes
        if node.addresses.region != node.id
    }


def _firewall(topology: Topology, node: Node) -> list[dict[str, Any]]:
    rules = (
        {
            "port": rule.port,
            "protocol": rule.protocol,
            "sources": list(firewall.sources(topology, node, rule)),
        }
        for rule in node.open_ports
    )
    return [rule for rule in rules if rule["sources"]]


def _artifacts(node: Node, index: Mapping[str, Any]) -> dict[str, Any]:
    names = list(_COMMON_ARTIFACTS)
    for role in node.roles:
        names += _ARTIFACTS[role]
    return {name: dict(index[name]) for name in dict.fromkeys(names) if name in index}


def _kafka(topology: Topology, region: Region, node: Node) -> dict[str, Any]:
    section = _set(region.settings["kafka"])
    ports = section["ports"]
    brokers = region.with_role("kafka")
    listeners = {"INTERNAL": "internal", "CONTROLLER": "controller", "EXTERNAL": "external"}
    hosts = {"INTERNAL": node.id, "CONTROLLER": node.id, "EXTERNAL": node.addresses.external}
    return {
        **section,
        "node_id": node.kafka_id,
        "rack": node.zone,
        "cluster_id": cluster_id(topology.environment, region.name),
        "voters": [{"id": one.kafka_id, "host": one.id, "port": ports["controller"]} for one in brokers],
        "listeners": {name: f"0.0.0.0:{ports[port]}" for name, port in listeners.items()},
        "advertised": {name: f"{hosts[name]}:{ports[port]}" for name, port in listeners.items()},
        "bootstrap_internal": region.kafka_bootstrap_internal,
        "bootstrap_external": region.kafka_bootstrap_external,
        "super_users": ["User:CN=operator", *(f"User:CN=kafka.{one.id}" for one in brokers)],
    }


def _connect(region: Region, node: Node) -> dict[str, Any]:
    section = _set(region.settings["connect"])
    workers = region.with_role("connect")
    return {
        **section,
        "bootstrap": region.kafka_bootstrap_internal,
        "worker": f"{node.id}:{section['port']}",
        "workers": [f"https://{one.id}:{section['port']}" for one in workers],
        "serial_gc": region.settings["kafka"]["serial_gc"],
    }


def _flows(topology: Topology, region: Region) -> dict[str, Any]:
    return {
        flow.name: {
            **flow.settings,
            "source": flow.source,
            "target": flow.target,
            "source_bootstrap": topology.region(flow.source).kafka_bootstrap_external,
            "target_bootstrap": region.kafka_bootstrap_internal,
        }
        for flow in topology.flows
        if flow.target == region.name
    }


def _archive(topology: Topology, region: Region, secrets: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **_set(region.settings["archive"]),
        "bootstrap": region.kafka_bootstrap_internal,
        "endpoint": topology.object_store,
        "region_name": topology.object_store_region,
        **secrets.get("objectstore", {}).get("users", {}).get("archive", {}),
        "region": region.name,
        "environment": topology.environment,
    }


def _object_store(topology: Topology, region: Region, secrets: Mapping[str, Any]) -> dict[str, Any]:
    store = secrets.get("objectstore", {})
    return {
        **_set(region.settings["objectstore"]),
        "endpoint": topology.object_store,
        "bucket": region.settings["archive"]["bucket"],
        **{f"root_{key}": value for key, value in store.get("root", {}).items()},
        "users": {name: dict(keys) for name, keys in store.get("users", {}).items()},
    }
