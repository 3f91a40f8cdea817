"""Which ports of a node are open, and to whom."""

import ipaddress
from collections.abc import Iterable, Iterator

from meridian.topology import references
from meridian.topology.model import Node, PortRule, Region, Topology
from meridian.topology.problems import Path
from meridian.topology.schema import RegionSettings, Role

#: What libcloud calls the providers whose firewalls we set ourselves (security groups, GCE's firewall).
WITH_FIREWALL = frozenset({"ec2", "gce", "openstack"})
#: The local cloud: each region is a network of its own, which only its WAN gateway leads into.
_APART = frozenset({"local"})
_SOURCES = ("region", "platform", "operator")


def open_ports(pillar: RegionSettings, roles: Iterable[Role]) -> tuple[PortRule, ...]:
    """Return what a node of these roles lets in, in order of ports, each port and protocol once.

    :raises references.Unknown: see :func:`check`.
    """
    found: dict[tuple[int, str], set[str]] = {}
    openings = pillar.firewall.open
    for group in (openings.get("node", {}), *(openings.get(role, {}) for role in roles)):
        for opening in group.values():
            at = (references.port(pillar, opening.port), opening.protocol)
            found.setdefault(at, set()).update(opening.sources)
    return tuple(
        PortRule(port, protocol, tuple(source for source in _SOURCES if source in found[port, protocol]))
        for port, protocol in sorted(found)
    )


def on_node(region: Region) -> bool:
    """Return whether the nodes of a region filter for themselves."""
    wanted = region.settings["firewall"]["on_node"]
    return region.kind not in WITH_FIREWALL | _APART if wanted == "auto" else bool(wanted)


def sources(topology: Topology, node: Node, rule: PortRule) -> tuple[str, ...]:
    """Return who may use a port of a node, as CIDRs that do not overlap; IPv4 before IPv6.

    Nodes whose addresses no cloud has chosen yet are left out.
    """
    named: set[str] = set()
    region = topology.region(node.region)
    if "region" in rule.sources:
        named |= {other.addresses.region for other in region.nodes}
    if "platform" in rule.sources:
        # A private address means something in its own region only.
        named |= {other.addresses.region for other in region.nodes}
        named |= {other.addresses.external for other in topology.nodes}
    if "operator" in rule.sources:
        named |= set(region.settings["firewall"]["operator"])
    networks = [network for network in map(_network, named) if network is not None]
    four = ipaddress.collapse_addresses(one for one in networks if isinstance(one, ipaddress.IPv4Network))
    six = ipaddress.collapse_addresses(one for one in networks if isinstance(one, ipaddress.IPv6Network))
    return tuple(str(network) for network in (*four, *six))


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(text)
    except ValueError:  # the name of a node that is not there yet
        return None


def check(pillar: RegionSettings) -> Iterator[tuple[Path, str]]:
    """Yield what is wrong with the firewall of a region: path and what was expected."""
    for role, openings in pillar.firewall.open.items():
        for name, opening in openings.items():
            try:
                references.port(pillar, opening.port)
            except references.Unknown as error:
                yield ("firewall", "open", role, name, "port"), str(error)
    for position, text in enumerate(pillar.firewall.operator):
        try:
            ipaddress.ip_network(text)
        except ValueError:
            expected = f"expected a CIDR such as 203.0.113.0/24 or 203.0.113.7/32, found '{text}'"
            yield ("firewall", "operator", str(position)), expected
