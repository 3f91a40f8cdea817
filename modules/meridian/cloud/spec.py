"""The topology as a salt-cloud map. Pure."""

from collections.abc import Mapping
from typing import Any

from meridian.cloud import networks
from meridian.cloud.allotment import Allotment
from meridian.topology.model import Node, Region, Topology


def cloud_map(
    topology: Topology, given: Allotment | None, image: str = "", master: str = ""
) -> dict[str, Any]:
    """Return what salt-cloud shall make: ``{profile: {node id: overrides}}``.

    :param topology: the environment.
    :param given: its addresses in the local cloud; ``None`` on a real cloud, which chooses them.
    :param image: image to start nodes from; the profile's when empty.
    :param master: address at which nodes find the Salt master; the provider's ``minion: master`` when empty.
    """
    found: dict[str, Any] = {}
    for region in topology.regions:
        for node in region.nodes:
            found.setdefault(node.profile, {})[node.id] = _overrides(
                topology, region, node, given, image, master
            )
    return found


def sizes(topology: Topology) -> dict[str, int]:
    """Return the memory limit in MiB of each size that pillar names, for the local cloud."""
    found: dict[str, int] = {}
    for region in topology.regions:
        for name, size in (region.settings.get("sizes") or {}).items():
            found[name] = max(int(size["memory_mb"]), found.get(name, 0))
    return found


def _overrides(
    topology: Topology, region: Region, node: Node, given: Allotment | None, image: str, master: str
) -> dict[str, Any]:
    found: dict[str, Any] = {"location": region.name}
    if image:
        found["image"] = image
    if master:
        found["minion"] = {"master": master}
    if given is not None:
        found["create"] = {
            "ex_environment": topology.environment,
            "ex_networks": _networks(topology, region, node, given),
            "ex_tags": {"zone": node.zone, "roles": ",".join(node.roles)},
        }
    return found


def _networks(topology: Topology, region: Region, node: Node, given: Allotment) -> list[Mapping[str, Any]]:
    return [
        {"network": networks.management_name(given.platform), "address": node.addresses.management},
        {
            "network": networks.region_name(given.platform, topology.environment, region.name),
            "address": node.addresses.region,
            "aliases": [node.id, node.name],
        },
    ]
