"""The environments as they are shipped."""

import math
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from meridian.cloud.local import wan
from meridian.common import paths
from meridian.salt_api.pillar_files import environments, load_layers
from meridian.topology import Layers, Source, Topology, expand, firewall, node_pillar
from meridian.topology.layers import Merged

CLOUD_REGIONS = (
    "us-east",
    "us-west",
    "eu-west",
    "eu-central",
    "ap-south",
    "ap-northeast",
    "sa-east",
    "central",
)


def topology(options: dict[str, Any], environment: str) -> Topology:
    return expand(load_layers(options, environment), environment)


@pytest.mark.parametrize(
    ("environment", "nodes", "brokers"),
    [
        ("local", 12, 9),
        ("local-global", 32, 24),
        ("aws", 62, 24),
        ("multicloud", 41, 15),
        ("openstack", 24, 9),
    ],
)
def test_an_environment_has_three_brokers_in_three_zones_per_region(
    salt_options: dict[str, Any], environment: str, nodes: int, brokers: int
) -> None:
    made = topology(salt_options, environment)
    assert len(made.nodes) == nodes
    assert sum("kafka" in node.roles for node in made.nodes) == brokers
    for region in made.regions:
        if region.runtime == "systemd":
            assert [node.kafka_id for node in region.with_role("kafka")] == [1, 2, 3]
        assert {node.zone for node in region.with_role("kafka")} == set(region.zones)
        assert len(region.with_role("archive")) == 1


def test_every_region_but_the_centre_flows_into_the_centre(salt_options: dict[str, Any]) -> None:
    made = topology(salt_options, "local-global")
    assert [flow.name for flow in made.flows] == [
        f"{region.name}-to-central" for region in made.regions if not region.is_central
    ]
    assert len(made.flows) == 7


def test_the_centre_has_no_source_topics_whatever_an_environment_says_of_them(local: Topology) -> None:
    assert local.region("central").settings["topics"] == {}
    assert set(local.region("us-east").settings["topics"]) == {"flights", "canary", "heartbeats"}


def test_the_centre_connects_on_its_brokers_and_stores_objects(local: Topology) -> None:
    centre = local.region("central")
    assert centre.with_role("connect") == centre.with_role("kafka")
    assert [node.name for node in centre.with_role("objectstore")] == ["services-1"]
    assert local.object_store == f"https://{centre.with_role('objectstore')[0].addresses.region}:7070"


def test_all_flights_of_the_verification_have_a_region(local: Topology) -> None:
    origins = local.settings["verification"]["flights"]["origins"]
    assert set(origins) == {"EWR", "JFK", "LGA"}


def test_every_shipped_environment_is_valid_and_every_node_has_a_slice(salt_options: dict[str, Any]) -> None:
    names = environments(salt_options)
    assert {"local", "local-global", "aws", "multicloud", "openstack"} <= set(names)
    for name in names:
        made = topology(salt_options, name)
        for node in made.nodes:
            assert node_pillar(made, node.id)["meridian"]["node"]["id"] == node.id


def test_no_link_between_regions_is_faster_than_light_in_fibre(salt_options: dict[str, Any]) -> None:
    made = topology(salt_options, "local-global")
    table = made.settings["local"]["round_trip_ms"]
    for one in made.regions:
        for other in made.regions:
            if one.name == other.name:
                continue
            there = wan.round_trip_ms(table, one.name, other.name)
            back = wan.round_trip_ms(table, other.name, one.name)
            fastest = 2 * kilometres(one.settings["region"], other.settings["region"]) / 200
            assert there == back
            assert fastest < there < 3 * fastest + 10, (one.name, other.name)


def kilometres(one: dict[str, float], other: dict[str, float]) -> float:
    """Return the length of the great circle between two places (haversine)."""
    here, there = math.radians(one["latitude"]), math.radians(other["latitude"])
    across = math.radians(other["longitude"] - one["longitude"])
    part = math.sin((there - here) / 2) ** 2 + math.cos(here) * math.cos(there) * math.sin(across / 2) ** 2
    return 2 * 6371 * math.asin(math.sqrt(part))


CLOUDS = {
    "aws": dict.fromkeys(CLOUD_REGIONS, ("aws", "ec2")),
    "openstack": dict.fromkeys(("us-east", "eu-west", "central"), ("openstack", "openstack")),
    "multicloud": {
        "us-east": ("aws", "ec2"),
        "us-west": ("gce", "gce"),
        "eu-west": ("azure", "azure_arm"),
        "eu-central": ("openstack", "openstack"),
        "central": ("aws", "ec2"),
    },
}


@pytest.mark.parametrize("environment", CLOUDS)
def test_a_cloud_environment_has_all_that_a_provider_is_asked_for(
    salt_options: dict[str, Any], environment: str
) -> None:
    made = topology(salt_options, environment)
    assert {one.name: (one.provider, one.kind) for one in made.regions} == CLOUDS[environment]
    places = {(region.provider, region.location) for region in made.regions}
    assert len(places) == len(made.regions), "two regions in one place"
    for region in made.regions:
        assert region.location
        assert len(set(region.zones)) == 3
        for node in region.nodes:
            assert node.profile == f"{region.provider}-{node.size}"
            disks = {volume.name.rpartition("-")[0] for volume in node.volumes}
            assert disks == {"mesos-agent", "zookeeper", "objectstore"} & set(node.roles)
            assert {rule.port for rule in node.open_ports} >= {22}
            assert all(re.fullmatch(r"[a-z0-9_+.-]+", value) for value in node.tags.values())


@pytest.mark.parametrize("environment", CLOUDS)
def test_only_azures_nodes_filter_for_themselves(salt_options: dict[str, Any], environment: str) -> None:
    for region in topology(salt_options, environment).regions:
        assert firewall.on_node(region) == (region.kind == "azure_arm")


def test_environment_files_are_at_most_a_page() -> None:
    for file in (paths.repository() / "pillar" / "environments").glob("*.sls"):
        assert len(file.read_text().splitlines()) <= 60, file.name


def test_region_files_are_short() -> None:
    files = list(Path(paths.repository() / "pillar" / "regions").glob("*.sls"))
    assert len(files) == 8
    assert all(len(file.read_text().splitlines()) <= 20 for file in files)


def test_no_region_file_repeats_a_fact_of_the_defaults(shipped: Layers) -> None:
    assert [again for source in shipped.regions.values() for again in repeated(shipped, source)] == []


def test_a_repeated_fact_is_found(shipped: Layers) -> None:
    bad = Source(
        "x.sls", {"kafka": {"ports": {"internal": 9092, "external": 1}, "config": {}}, "topics": None}
    )
    assert repeated(shipped, bad) == ["x.sls: kafka.ports.internal", "x.sls: kafka.config"]


def repeated(layers: Layers, source: Source) -> list[str]:
    """Return each value of a region's file that the defaults have alike."""
    merged = Merged()
    for default in layers.defaults:
        merged.lay(default.data, default.file)
    return [f"{source.file}: {'.'.join(path)}" for path in alike(merged.data, source.data, ())]


def alike(default: Any, own: Any, at: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield the paths of leaves that two trees have in common."""
    if isinstance(own, Mapping) and own and isinstance(default, Mapping):
        for key, value in own.items():
            if key in default:
                yield from alike(default[key], value, (*at, str(key)))
    elif own == default:
        yield at
