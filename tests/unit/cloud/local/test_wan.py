import json
from collections.abc import Callable

import pytest
from meridian.cloud.local import gateway_agent, wan
from meridian.cloud.local.allocation import Allocation
from meridian.topology.addressing import LocalNetwork
from meridian.topology.model import Topology

GIVEN = Allocation(LocalNetwork("10.230.0.0/16", 0), "0badcafe")


def test_gateway_stands_for_every_remote_server_under_its_advertised_address(topology: Topology) -> None:
    found = {link.name: link for link in wan.links(topology, "east")}
    assert sorted(found) == ["hub.kafka-1.9094", "hub.services-1.7070", "west.kafka-1.9094"]
    west = found["west.kafka-1.9094"]
    broker = topology.node("kafka-1.west.test")
    assert west.listen == f"{broker.addresses.external}:9094"
    assert west.upstream == f"{broker.addresses.management}:9094"


@pytest.mark.parametrize(("source", "target", "each_way"), [("east", "west", 37.5), ("hub", "west", 43)])
def test_each_direction_takes_half_the_round_trip(
    topology: Topology, source: str, target: str, each_way: float
) -> None:
    assert {k.latency_ms for k in wan.links(topology, source) if k.target == target} == {each_way}


def test_pair_without_a_time_has_no_delay() -> None:
    assert wan.round_trip_ms({"east": {"west": 75}}, "east", "hub") == 0
    assert gateway_agent.toxics(0) == []


def test_delay_is_put_on_both_directions() -> None:
    found = gateway_agent.toxics(37.5)
    assert {t["stream"]: t["attributes"]["latency"] for t in found} == {"upstream": 38, "downstream": 38}


def test_gateway_container_holds_its_links(topology: Topology) -> None:
    machine = wan.machine(topology, topology.region("west"), GIVEN, "image", "/bin/toxiproxy-server")
    assert [a.address for a in machine.attachments] == ["10.230.15.11", "10.230.17.2"]
    config = json.loads(machine.files[gateway_agent.CONFIG].data)
    assert config["server"] == "/bin/toxiproxy-server"
    assert {link["target"] for link in config["links"]} == {"east", "hub"}


def test_gateway_is_replaced_exactly_when_its_links_or_image_differ(
    make_topology: Callable[..., Topology],
) -> None:
    def mark(image: str, region: str = "west") -> str:
        topology = make_topology()
        return wan.machine(topology, topology.region(region), GIVEN, image, "t").labels[wan.HASH_LABEL]

    assert mark("a") == mark("a")
    assert len({mark("a"), mark("b"), mark("a", "east")}) == 3


def test_wan_can_be_switched_off_and_is_local_only(make_topology: Callable[..., Topology]) -> None:
    assert wan.enabled(make_topology())
    assert not wan.enabled(make_topology(wan=False))
    assert not wan.enabled(make_topology(provider="ec2"))
