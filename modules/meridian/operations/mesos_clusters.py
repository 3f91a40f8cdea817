"""The way from the controller to the Mesos clusters of an environment."""

from collections.abc import Mapping
from typing import Any

from meridian.common import paths, secrets
from meridian.common.errors import MeridianError
from meridian.salt_api.pillar_files import load_topology
from meridian.services.mesos.operator import OperatorClient
from meridian.topology.model import Region, Topology


def operator(topology: Topology, region: Region, patience: float = 60) -> OperatorClient:
    """Return a client of a region's Mesos cluster, with the operator's secret.

    :raises MeridianError: the region has no masters, or its secret is not made yet.
    """
    masters = region.with_role("mesos-master")
    if not masters:
        raise MeridianError(
            f"region {region.name} of {topology.environment} has no node with the role mesos-master"
        )
    folder = paths.secrets(topology.environment)
    password = secrets.load(folder).get("mesos", {}).get("operator", "")
    if not password:
        raise MeridianError(
            f"{topology.environment}: no secret of Mesos's operator yet: run salt-run pki.ensure"
        )
    port = region.settings["mesos"]["ports"]["master"]
    urls = [f"https://{node.addresses.management}:{port}" for node in masters]
    return OperatorClient(urls, ("operator", password), folder / "client" / "ca.pem", patience=patience)


def of_node(opts: Mapping[str, Any], node: str) -> OperatorClient:
    """Return a client of the Mesos cluster that a node belongs to.

    :param node: its id, ``<name>.<region>.<environment>``.
    :raises MeridianError: there is no such node, or its region has no masters.
    """
    environment = node.rpartition(".")[2]
    topology = load_topology(opts, environment)
    for region in topology.regions:
        if any(one.id == node for one in region.nodes):
            return operator(topology, region)
    raise MeridianError(
        f"no node {node} in {environment}; there are {', '.join(one.id for one in topology.nodes)}"
    )


def region_of(topology: Topology, node: str) -> Region | None:
    """Return the region of a node, also of one that the pillar names no more; ``None`` without masters."""
    parts = node.split(".")
    for region in topology.regions:
        named = len(parts) > 2 and parts[-2] == region.name
        if (named or any(one.id == node for one in region.nodes)) and region.with_role("mesos-master"):
            return region
    return None
