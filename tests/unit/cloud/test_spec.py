from meridian.cloud.allotment import Allotment
from meridian.cloud.spec import cloud_map, sizes
from meridian.topology.addressing import LocalNetwork
from meridian.topology.model import Topology

GIVEN = Allotment(LocalNetwork("10.230.0.0/16", 0), "0badcafe")


def test_every_node_is_in_the_map_under_its_profile(topology: Topology) -> None:
    found = cloud_map(topology, GIVEN)
    assert sorted(found) == ["local-medium", "local-small"]
    assert sorted(name for nodes in found.values() for name in nodes) == sorted(n.id for n in topology.nodes)


def test_local_node_gets_both_addresses_and_is_found_by_both_names(topology: Topology) -> None:
    node = cloud_map(topology, GIVEN, "image", "10.230.0.1")["local-small"]["kafka-1.west.test"]
    management, region = node["create"]["ex_networks"]
    assert management == {"network": "meridian-0badcafe-management", "address": "10.230.0.12"}
    assert region["network"] == "meridian-0badcafe-test-west"
    assert region["address"] == "10.230.17.10"
    assert region["aliases"] == ["kafka-1.west.test", "kafka-1"]
    assert (node["image"], node["minion"]) == ("image", {"master": "10.230.0.1"})


def test_real_cloud_chooses_addresses_and_image_itself(topology: Topology) -> None:
    node = cloud_map(topology, None)["local-small"]["kafka-1.west.test"]
    assert node == {"location": "west"}


def test_sizes_are_the_pillars(topology: Topology) -> None:
    assert sizes(topology) == {"small": 1024, "medium": 2048}
