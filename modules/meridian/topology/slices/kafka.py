"""A broker, a controller, or the host of brokers that are Mesos tasks."""

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

from meridian.topology import sizes
from meridian.topology.kafka_mode import MODES, ZOOKEEPER
from meridian.topology.model import Node, Region, Topology
from meridian.topology.slices.common import given

_LISTENERS = {"INTERNAL": "internal", "CONTROLLER": "controller", "EXTERNAL": "external"}


def of(topology: Topology, region: Region, node: Node, secrets: Mapping[str, Any]) -> dict[str, Any]:
    """Return the pillar of Kafka on a node, and its cluster's topics."""
    section = given(region.settings["kafka"])
    ports = section["ports"]
    hosts = {"INTERNAL": node.id, "CONTROLLER": node.id, "EXTERNAL": node.addresses.external}
    names = _listeners(region, node)
    limit = sizes.of_target(topology.flows, region.name, section.get("config") or {})
    config = {sizes.BROKER_LIMIT: limit} if limit else {}
    kafka = {
        **section,
        "config": {**config, **(section.get("config") or {})},
        "artifact": MODES[section["mode"]].artifact,
        "process_roles": [role for role, on in _process_roles(region, node).items() if on],
        "node_id": node.kafka_id,
        "rack": node.zone,
        "cluster_id": cluster_id(topology.environment, region.name),
        "voters": [
            {"id": one.kafka_id, "host": one.id, "port": ports["controller"]} for one in region.controllers
        ],
        "listeners": {name: f"0.0.0.0:{ports[_LISTENERS[name]]}" for name in names},
        "advertised": {name: f"{hosts[name]}:{ports[_LISTENERS[name]]}" for name in names},
        "bootstrap_internal": region.kafka_bootstrap_internal,
        "bootstrap_external": region.kafka_bootstrap_external,
        "super_users": ["User:CN=operator", *(f"User:CN=kafka.{one.id}" for one in region.kafka_nodes)],
    }
    if section["mode"] == ZOOKEEPER:
        kafka |= _zookeeper(region, secrets)
    return {"kafka": kafka, "topics": dict(region.settings["topics"])}


def _zookeeper(region: Region, secrets: Mapping[str, Any]) -> dict[str, str]:
    port = region.settings["zookeeper"]["ports"]["client"]
    servers = ",".join(f"{one.id}:{port}" for one in region.with_role("zookeeper"))
    return {
        "zookeeper": f"{servers}/kafka",
        "zookeeper_password": secrets.get("zookeeper", {}).get("kafka", ""),
    }


def _process_roles(region: Region, node: Node) -> dict[str, bool]:
    return {"broker": "kafka" in node.roles, "controller": node in region.controllers}


def _listeners(region: Region, node: Node) -> list[str]:
    roles = _process_roles(region, node)
    wanted = {"INTERNAL": roles["broker"], "CONTROLLER": roles["controller"], "EXTERNAL": roles["broker"]}
    return [name for name in _LISTENERS if wanted[name]]


def cluster_id(environment: str, region: str) -> str:
    """Return the KRaft cluster id of a region: 16 bytes as 22 characters of URL-safe base64.

    It follows from the names, so that a node made anew after its secrets were lost still fits its cluster.
    """
    digest = bytearray(hashlib.sha256(f"meridian/{environment}/{region}".encode()).digest()[:16])
    # Kafka's command lines take an id that begins with a dash for an option.
    digest[0] &= 0x7F
    return base64.urlsafe_b64encode(bytes(digest)).rstrip(b"=").decode()
