"""The environment `local` as it is when all is well, and one over two clouds; tests bend both."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from meridian.cloud.catalogue import Catalogue
from meridian.common.tls import Tls
from meridian.plan import World
from meridian.plan import topics as planned_topics
from meridian.services.mirror.connectors import configurations
from meridian.services.mirror.flow import from_pillar
from meridian.topology import Layers, Topology, expand, node_pillar

from tests.unit.topology.conftest import bent, local, salt_options, shipped  # noqa: F401

CLOUDS = """
environment: {provider: amazon, providers: {eu-west: google}}
volumes: {kafka: {data: {size_gb: 200, type: ssd, mount: kafka.data}}}
overrides:
  us-east: {region: {locations: {ec2: us-east-1}}}
  eu-west:
    region:
      locations: {gce: europe-west1}
      location_zones: {gce: [europe-west1-b, europe-west1-c, europe-west1-d]}
"""

TRUE_STATE = {"file_|-/etc/hosts_|-/etc/hosts_|-managed": {"result": True, "changes": {}, "__run_num__": 0}}


@pytest.fixture
def clouds(bent: Callable[..., Layers]) -> Topology:  # noqa: F811
    """`local` moved to Amazon, one region of it to Google."""
    kinds = {"amazon": "ec2", "google": "gce"}
    return expand(replace(bent(CLOUDS), providers=kinds), "clouds")


@pytest.fixture
def catalogue() -> Catalogue:
    """Profiles of the local cloud and of both others; libcloud has no price of t9.small."""
    sizes = {"amazon": ("t9.small", "m5.large"), "google": ("n2-standard-2", "n2-standard-4")}
    profiles = {f"local-{size}": {"provider": "local", "size": size} for size in ("small", "medium")}
    for alias, names in sizes.items():
        for size, name in zip(("small", "medium"), names, strict=True):
            profiles[f"{alias}-{size}"] = {"provider": alias, "size": name}
    kinds = {"local": "local", "amazon": "ec2", "google": "gce"}
    return Catalogue(profiles, {alias: {"provider": kind} for alias, kind in kinds.items()})


@pytest.fixture
def well(local: Topology) -> World:  # noqa: F811
    """`local` deployed a moment ago."""
    return world_of(local)


def world_of(topology: Topology) -> World:
    """Return the world that a deployment leaves behind."""
    return World(
        nodes={node.id: {"state": "RUNNING", "tags": dict(node.tags)} for node in topology.nodes},
        states={node.id: TRUE_STATE for node in topology.nodes},
        topics={region.name: _topics(region.settings["topics"]) for region in topology.regions},
        connectors={topology.central: connectors(topology)},
    )


def _topics(section: Mapping[str, Any]) -> dict[str, Any]:
    found = {}
    for name, settings in section.items():
        wanted = planned_topics.wanted(name, settings)
        replicas = dict.fromkeys(range(wanted.partition_count), (1, 2, 3))
        found[name] = replace(wanted, partitions=replicas)
    return found


def connectors(topology: Topology) -> dict[str, dict[str, Any]]:
    """Return the connectors that the centre's workers run when all is well."""
    worker = topology.region(topology.central).with_role("connect")[0]
    running = {"connector": {"state": "RUNNING"}}
    return {
        name: {"config": config, "status": running}
        for flow, settings in node_pillar(topology, worker.id)["flows"].items()
        for name, config in configurations(from_pillar(flow, settings), Tls.of_service("connect")).items()
    }
