"""The topology as a salt-cloud map. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from meridian.cloud.local import networks
from meridian.cloud.local.allocation import Allocation
from meridian.topology.model import Node, PortRule, Region, Topology


def cloud_map(
    topology: Topology,
    given: Allocation | None,
    image: str = "",
    master: str = "",
    provider: str | None = None,
    addresses: Mapping[str, Mapping[str, Iterable[str]]] | None = None,
) -> dict[str, Any]:
    """Return what salt-cloud shall make: ``{profile: {node id: overrides}}``.

    :param topology: the environment.
    :param given: its addresses in the local cloud; ``None`` on a real cloud, which chooses them.
    :param image: image to start nodes from; the profile's when empty.
    :param master: address at which nodes find the Salt master; the provider's ``minion: master`` when empty.
    :param provider: alias of the provider whose nodes are wanted; those of all when not given.
    :param addresses: entry of ``list_nodes_full`` of the nodes that exist, by id; firewalls let these in.
    """
    found: dict[str, Any] = {}
    for region in topology.regions:
        if provider is not None and region.provider != provider:
            continue
        for node in region.nodes:
            own = _local(topology, region, node, given) if given is not None else _remote(region, node)
            if given is None:
                own["firewall"] = firewall(topology, region, node, addresses or {})
            own["tags"] = node.tags
            if image:
                own["image"] = image
            if master:
                own["minion"] = {"master": master}
            found.setdefault(node.profile, {})[node.id] = own
    return found


def sizes(topology: Topology) -> dict[str, int]:
    """Return the memory limit in MiB of each size that pillar names, for the local cloud."""
    found: dict[str, int] = {}
    for region in topology.regions:
        for name, size in (region.settings.get("sizes") or {}).items():
            found[name] = max(int(size["memory_mb"]), found.get(name, 0))
    return found


def firewall(
    topology: Topology, region: Region, node: Node, addresses: Mapping[str, Mapping[str, Iterable[str]]]
) -> list[dict[str, Any]]:
    """Return a node's open ports with their sources as CIDRs: ``[{port, protocol, sources}]``.

    A port that nobody may use yet, since no address is known, is not among them: closed by default.

    :param addresses: ``private_ips`` and ``public_ips`` of the nodes that exist, by id.
    """
    rules = []
    for rule in node.open_ports:
        sources = _sources(topology, region, rule, addresses)
        if sources:
            rules.append({"port": rule.port, "protocol": rule.protocol, "sources": sources})
    return rules


def _sources(
    topology: Topology, region: Region, rule: PortRule, addresses: Mapping[str, Mapping[str, Iterable[str]]]
) -> list[str]:
    found: set[str] = set()
    if "operator" in rule.sources:
        found.update(region.settings["firewall"]["operator"])
    if "platform" in rule.sources:
        members = topology.nodes
    elif "region" in rule.sources:
        members = region.nodes
    else:
        members = ()
    for member in members:
        seen = addresses.get(member.id, {})
        private, public = seen.get("private_ips") or (), seen.get("public_ips") or ()
        # Groups of rules are small: only the address that the member is seen with from here.
        near = private or public if member.region == region.name else public or private
        found.update(f"{address}/{128 if ':' in address else 32}" for address in near)
    return sorted(found)


def _remote(region: Region, node: Node) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if region.location:
        found["location"] = region.location
    if node.zone:
        found["zone"] = node.zone
    found["volumes"] = [
        {key: value for key, value in asdict(volume).items() if key != "mount"} for volume in node.volumes
    ]
    return found


def _local(topology: Topology, region: Region, node: Node, given: Allocation) -> dict[str, Any]:
    return {
        "location": region.name,
        "zone": node.zone,
        "create": {
            "ex_environment": topology.environment,
            "ex_networks": _networks(topology, region, node, given),
        },
    }


def _networks(topology: Topology, region: Region, node: Node, given: Allocation) -> list[Mapping[str, Any]]:
    return [
        {"network": networks.management_name(given.platform), "address": node.addresses.management},
        {
            "network": networks.region_name(given.platform, topology.environment, region.name),
            "address": node.addresses.region,
            "aliases": [node.id, node.name],
        },
    ]
