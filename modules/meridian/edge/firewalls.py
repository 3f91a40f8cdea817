"""Firewalls of providers that have some, for machines whose addresses were not known when they were made."""

from collections.abc import Iterable, Mapping
from typing import Any

from meridian.cloud import spec
from meridian.cloud.providers import rules
from meridian.cloud.providers.base import Request
from meridian.edge import accounts
from meridian.topology.firewall import WITH_FIREWALL
from meridian.topology.model import Node, Topology


def ensure(
    opts: Mapping[str, Any], topology: Topology, existing: Mapping[str, Mapping[str, Any]]
) -> list[str]:
    """Have the rules of each role in each region say what the pillar says.

    :param opts: a runner's options.
    :param existing: entry of ``list_nodes_full`` of each machine, by node id.
    :return: a line for each set of rules that changed.
    :raises MeridianError: a provider refuses, or cannot be asked.
    """
    addresses = {
        name: [*seen.get("private_ips", ()), *seen.get("public_ips", ())] for name, seen in existing.items()
    }
    changes = []
    options = accounts.cloud_options(opts) if topology.is_remote else {}
    for region in topology.regions:
        if region.kind not in WITH_FIREWALL:
            continue
        account = accounts.account(options, region.provider)
        for node in _one_of_each_role(node for node in region.nodes if node.id in existing):
            wanted = spec.firewall(topology, region, node, addresses)
            network = (options["profiles"].get(node.profile) or {}).get("network") or {}
            if not _differs(wanted, existing[node.id].get("firewall"), bool(network.get("security_groups"))):
                continue
            with account.explained(f"set the firewall of {'+'.join(node.roles)} in {region.name}"):
                account.adapter(region.location).prepare_firewall(
                    Request(node.id, None, None, tags=node.tags, firewall=wanted, network=network)
                )
            changes.append(f"firewall of {'+'.join(node.roles)} in {region.name}")
    return changes


def _one_of_each_role(nodes: Iterable[Node]) -> list[Node]:
    """Return a node for each set of rules: machines of the same roles share them."""
    return list({node.roles: node for node in nodes}.values())


def _differs(wanted: list[dict[str, Any]], found: Any, others: bool) -> bool:
    """Tell whether rules have to be set.

    :param found: rules in effect; ``None`` when the provider cannot tell.
    :param others: whether the machine has groups beside ours, whose rules are among those found.
    """
    if found is None:
        return True
    have, want = rules.single(found), rules.single(wanted)
    return not want <= have if others else want != have
