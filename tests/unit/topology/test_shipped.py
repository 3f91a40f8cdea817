"""The environments as they are shipped."""

import math
from pathlib import Path
from typing import Any

import pytest
from meridian import paths
from meridian.edge.pillar_source import environments, load_layers
from meridian.topology import Topology, expand, node_pillar


def topology(options: dict[str, Any], environment: str) -> Topology:
    return expand(load_layers(options, environment), environment)


@pytest.mark.parametrize(("environment", "nodes", "brokers"), [("local", 12, 9), ("local-global", 32, 24)])
def test_an_environment_has_three_brokers_in_three_zones_per_region(
    salt_options: dict[str, Any], environment: str, nodes: int, brokers: int
) -> None:
    made = topology(salt_options, environment)
    assert len(made.nodes) == nodes
    assert sum("kafka" in node.roles for node in made.nodes) == brokers
    for region in made.regions:
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
    assert {"local", "local-global"} <= set(names)
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
            fastest = 2 * kilometres(one.settings["region"], other.settings["region"]) / 200
            assert table[one.name][other.name] == table[other.name][one.name]
            assert fastest < table[one.name][other.name] < 3 * fastest + 10, (one.name, other.name)


def kilometres(one: dict[str, float], other: dict[str, float]) -> float:
    """Return the length of the great circle between two places (haversine)."""
    here, there = math.radians(one["latitude"]), math.radians(other["latitude"])
    across = math.radians(other["longitude"] - one["longitude"])
    part = math.sin((there - here) / 2) ** 2 + math.cos(here) * math.cos(there) * math.sin(across / 2) ** 2
    return 2 * 6371 * math.asin(math.sqrt(part))


def test_region_files_are_short() -> None:
    files = list(Path(paths.repository() / "pillar" / "regions").glob("*.sls"))
    assert len(files) == 8
    assert all(len(file.read_text().splitlines()) <= 20 for file in files)
