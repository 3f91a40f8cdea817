"""What one node may know: its slice of the topology, as pillar. One file for each formula."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from meridian.topology import firewall, roles
from meridian.topology.model import Node, Region, Topology
from meridian.topology.slices import (
    archive,
    connect,
    elasticsearch,
    identity,
    kafka,
    marathon,
    mesos,
    objectstore,
    proxy,
    scheduler,
    search_scheduler,
    zookeeper,
)
from meridian.topology.slices.common import given
from meridian.topology.slices.kafka import cluster_id

__all__ = ["cluster_id", "node_pillar"]

_Slice = Callable[[Topology, Region, Node, Mapping[str, Any]], dict[str, Any]]
# What of a node's pillar its roles ask for by name, and the proxy, which nodes of all roles may have.
_SLICES: dict[str, _Slice] = {
    "zookeeper": zookeeper.of,
    "mesos": mesos.of,
    "marathon": marathon.of,
    "scheduler": scheduler.of,
    "search_scheduler": search_scheduler.of,
    "kafka": kafka.of,
    "connect": connect.of,
    "archive": archive.of,
    "objectstore": objectstore.of,
    "elasticsearch": elasticsearch.of,
    "proxy": proxy.of,
}


def node_pillar(
    topology: Topology,
    node_id: str,
    secrets: Mapping[str, Any] | None = None,
    certificates: Mapping[str, Any] | None = None,
    artifacts: Mapping[str, Any] | None = None,
    transport: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return the pillar of one node: only what its roles need.

    :param secrets: what :func:`meridian.common.secrets.load` returned.
    :param certificates: what :func:`meridian.pki.certificates_for` returned for the node.
    :param artifacts: index of artifacts by name.
    :param transport: the node's certificate towards the Salt master: ``ca``, ``certificate``, ``key``, PEM.
    :raises KeyError: when the environment has no such node.
    """
    node = topology.node(node_id)
    region = topology.region(node.region)
    index = artifacts or {}
    pillar: dict[str, Any] = {
        "meridian": identity.identity(topology, region, node),
        "routes": identity.routes(topology, region),
        "artifacts": {
            name: dict(index[name]) for name in roles.artifacts(region.settings, node.roles) if name in index
        },
        "pki": dict(certificates or {}),
    }
    if transport:
        pillar["transport"] = dict(transport)
    if node.volumes:
        pillar["volumes"] = [asdict(volume) for volume in node.volumes]
    if region.kind != "local":
        pillar["hosts"] = identity.hosts(region)
    if firewall.on_node(region):
        pillar["firewall"] = identity.firewall(topology, node)
    for formula in ("node", "java"):
        if given(region.settings[formula]):
            pillar[formula] = given(region.settings[formula])
    for name in (*roles.slices(node.roles), "proxy"):
        pillar |= _SLICES[name](topology, region, node, secrets or {})
    pillar["meridian"]["node"]["formulas"] = list(roles.formulas(node.roles, pillar))
    return pillar
