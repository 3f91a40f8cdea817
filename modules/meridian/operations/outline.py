"""The topology as orchestrations see it."""

from typing import Any

from meridian.topology.model import Region, Topology


def outline(topology: Topology) -> dict[str, Any]:
    """Return regions and node ids by role, as plain data.

    ``mirror_targets`` are the regions with Connect workers, where flows end.

    :return: ``{"environment", "provider", "local", "remote", "central", "nodes": [id], "regions": [{"name",
        "central", "runtime", "search", "nodes", "topics": [name], "apps": bool, "roles": {role: [id]}}],
        "mirror_targets": [region]}``. ``apps`` tells whether Marathon is to run any of the pillar's.
        ``local`` and ``remote`` tell whether any region is in the local cloud, or beyond it; lists of ids are
        in the topology's order.
    """
    regions = [
        {
            "name": region.name,
            "central": region.is_central,
            "runtime": region.runtime,
            "search": region.search,
            "nodes": [node.id for node in region.nodes],
            "topics": sorted(region.settings["topics"]),
            "apps": bool(_apps(region)),
            "roles": {
                role: [node.id for node in region.with_role(role)]
                for role in sorted({role for node in region.nodes for role in node.roles})
            },
        }
        for region in topology.regions
    ]
    return {
        "environment": topology.environment,
        "provider": topology.provider,
        "local": topology.is_local,
        "remote": topology.is_remote,
        "central": topology.central,
        "nodes": [node.id for node in topology.nodes],
        "regions": regions,
        # A region that no flow ends in any more may still have connectors.
        "mirror_targets": sorted(region.name for region in topology.regions if region.with_role("connect")),
    }


def _apps(region: Region) -> list[str]:
    marathon = region.settings["marathon"]
    return [*(marathon.get("apps") or ()), *(marathon.get("groups") or ())]
