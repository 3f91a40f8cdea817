import dataclasses
from collections.abc import Callable

from meridian.cloud.local.allocation import Allocation
from meridian.cloud.spec import cloud_map, sizes
from meridian.topology.addressing import LocalNetwork
from meridian.topology.model import PortRule, Topology, Volume

GIVEN = Allocation(LocalNetwork("10.230.0.0/16", 0), "0badcafe")


def test_every_node_is_in_the_map_under_its_profile(topology: Topology) -> None:
    found = cloud_map(topology, GIVEN)
    assert sorted(found) == ["local-medium", "local-small"]
    assert sorted(name for nodes in found.values() for name in nodes) == sorted(n.id for n in topology.nodes)


def test_local_node_gets_both_addresses_and_is_found_by_both_names(topology: Topology) -> None:
    node = cloud_map(topology, GIVEN, "image", "10.230.0.1")["local-small"]["kafka-1.west.test"]
    management, region = node["create"]["ex_networks"]
    assert management == {"network": "meridian-0badcafe-management", "address": "10.230.0.11"}
    assert region["network"] == "meridian-0badcafe-test-west"
    assert region["address"] == "10.230.17.10"
    assert region["aliases"] == ["kafka-1.west.test", "kafka-1"]
    assert (node["image"], node["minion"]) == ("image", {"master": "10.230.0.1"})


def test_every_node_carries_the_tags_that_it_is_destroyed_by(topology: Topology) -> None:
    for given in (GIVEN, None):
        node = cloud_map(topology, given)["local-small"]["kafka-1.west.test"]
        assert node["tags"] == {
            "meridian-platform": "meridian",
            "meridian-environment": "test",
            "meridian-region": "west",
            "meridian-role": "kafka",
        }


def test_real_cloud_chooses_addresses_and_image_itself(make_topology: Callable[..., Topology]) -> None:
    node = cloud_map(_placed(make_topology(provider="aws")), None)["aws-small"]["kafka-1.west.test"]
    assert node.keys() == {"location", "zone", "tags", "volumes", "firewall"}
    assert (node["location"], node["zone"]) == ("eu-west-1", "westa")
    assert node["volumes"] == [{"name": "kafka-data", "size_gb": 200, "type": "ssd"}]


def test_only_the_nodes_of_the_wanted_provider_are_in_the_map(topology: Topology) -> None:
    assert cloud_map(topology, None, provider="aws") == {}
    assert cloud_map(topology, GIVEN, provider="local") == cloud_map(topology, GIVEN)


def test_firewall_opens_nothing_to_addresses_that_are_not_known_yet(
    make_topology: Callable[..., Topology],
) -> None:
    placed = _placed(make_topology(provider="aws"))
    first = cloud_map(placed, None)["aws-small"]["kafka-1.west.test"]
    assert first["firewall"] == [{"port": 22, "protocol": "tcp", "sources": ["203.0.113.7/32"]}]
    known = {
        "services-1.west.test": {"private_ips": ["10.0.0.5"], "public_ips": ["198.51.100.5"]},
        "kafka-1.east.test": {"private_ips": ["10.9.0.1"], "public_ips": ["198.51.100.9", "2001:db8::1"]},
    }
    later = cloud_map(placed, None, addresses=known)["aws-small"]["kafka-1.west.test"]
    assert {rule["port"]: rule["sources"] for rule in later["firewall"]} == {
        22: ["203.0.113.7/32"],
        9092: ["10.0.0.5/32"],
        9094: ["10.0.0.5/32", "198.51.100.9/32", "2001:db8::1/128"],
    }


def _placed(topology: Topology) -> Topology:
    """Give west a place, and its broker a disk and open ports."""
    west = topology.region("west")
    ports = (
        PortRule(22, "tcp", ("operator",)),
        PortRule(9092, "tcp", ("region",)),
        PortRule(9094, "tcp", ("platform",)),
    )
    disk = Volume("kafka-data", 200, "ssd", "/var/lib/kafka")
    broker = dataclasses.replace(west.nodes[0], open_ports=ports, volumes=(disk,))
    placed = dataclasses.replace(
        west,
        location="eu-west-1",
        nodes=(broker, *west.nodes[1:]),
        settings={**west.settings, "firewall": {"operator": ["203.0.113.7/32"]}},
    )
    regions = tuple(placed if region.name == "west" else region for region in topology.regions)
    return dataclasses.replace(topology, regions=regions)


def test_sizes_are_the_pillars(topology: Topology) -> None:
    assert sizes(topology) == {"small": 1024, "medium": 2048}
