"""Who a node is, what is around it, and how it gets there."""

from dataclasses import asdict
from typing import Any

from meridian.topology import firewall as openings
from meridian.topology.addressing import LocalNetwork
from meridian.topology.model import Node, Region, Topology


def identity(topology: Topology, region: Region, node: Node) -> dict[str, Any]:
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


def routes(topology: Topology, region: Region) -> list[dict[str, str]]:
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


def hosts(region: Region) -> dict[str, list[str]]:
    """Return address to names of the region's nodes, as far as they are known; nothing else resolves them."""
    return {
        node.addresses.region: [node.id, node.name]
        for node in region.nodes
        if node.addresses.region != node.id
    }


def firewall(topology: Topology, node: Node) -> list[dict[str, Any]]:
    rules = (
        {
            "port": rule.port,
            "protocol": rule.protocol,
            "sources": list(openings.sources(topology, node, rule)),
        }
        for rule in node.open_ports
    )
    return [rule for rule in rules if rule["sources"]]
