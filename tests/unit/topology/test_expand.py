"""From layers to nodes, addresses and flows."""

from collections.abc import Callable

import pytest
from meridian.topology import Layers, TopologyError, expand


def test_addresses_follow_from_allotment_and_slot(shipped: Layers) -> None:
    made = expand(shipped, "local", network="10.220.0.0/16", slot=1)
    first, last = made.nodes[0], made.nodes[-1]
    assert (first.addresses.management, first.addresses.region) == ("10.220.1.10", "10.220.32.10")
    assert (last.addresses.management, last.addresses.region) == ("10.220.1.60", "10.220.34.13")
    assert len({node.addresses.management for node in made.nodes}) == len(made.nodes)


def test_environments_of_a_clone_never_share_an_address(shipped: Layers) -> None:
    seen: set[str] = set()
    for slot in range(15):
        places = [node.addresses for node in expand(shipped, "local", slot=slot).nodes]
        own = {place.management for place in places} | {place.region for place in places}
        assert not own & seen
        seen |= own


def test_a_network_wished_for_must_be_the_one_that_the_clone_has(bent: Callable[..., Layers]) -> None:
    layers = bent("local: {network: 10.230.0.0/16}")
    assert expand(layers, "local").nodes[0].addresses.management == "10.230.0.10"
    assert (
        expand(layers, "local", network="10.230.0.0/16").settings["local"]["wished_network"]
        == "10.230.0.0/16"
    )
    with pytest.raises(
        TopologyError, match=r"local\.network: expected null or 10\.231\.0\.0/16, which this clone"
    ):
        expand(layers, "local", network="10.231.0.0/16")


def test_brokers_advertise_their_region_address_behind_the_wan_and_else_the_management_one(
    shipped: Layers, bent: Callable[..., Layers]
) -> None:
    node = expand(shipped, "local").nodes[0]
    assert node.addresses.external == node.addresses.region
    region = expand(bent("local: {wan: false}"), "local").regions[0]
    assert region.nodes[0].addresses.external == region.nodes[0].addresses.management
    assert region.kafka_bootstrap_external.startswith("10.213.0.10:9094,")


def test_a_cloud_that_chooses_addresses_has_names_instead(bent: Callable[..., Layers]) -> None:
    made = expand(bent("environment: {provider: aws}"), "cloud")
    node = made.nodes[0]
    assert node.addresses.external == node.id == "kafka-1.us-east.cloud"
    assert node.profile == "aws-small"


def test_zones_are_taken_in_turn(bent: Callable[..., Layers]) -> None:
    made = expand(bent("overrides: {us-east: {nodes: {kafka: {count: 5}}}}"), "local")
    zones = [node.zone[-1] for node in made.region("us-east").with_role("kafka")]
    assert zones == ["a", "b", "c", "a", "b"]


def test_overrides_win_over_all_and_touch_one_region_only(bent: Callable[..., Layers]) -> None:
    made = expand(bent("kafka: {heap_mb: 300}\noverrides: {us-east: {kafka: {heap_mb: 400}}}"), "local")
    assert made.region("us-east").settings["kafka"]["heap_mb"] == 400
    assert made.region("eu-west").settings["kafka"]["heap_mb"] == 300


def test_a_topic_said_for_all_regions_stays_out_of_the_centre(bent: Callable[..., Layers]) -> None:
    made = expand(bent("topics: {flights: {partitions: 12}, orders: {partitions: 1}}"), "local")
    assert made.region("us-east").settings["topics"]["flights"]["partitions"] == 12
    assert made.region("central").settings["topics"] == {}


def test_expanding_twice_gives_equal_topologies(shipped: Layers) -> None:
    assert expand(shipped, "local") == expand(shipped, "local")
