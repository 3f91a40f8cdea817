"""A small platform of two regions and a centre, built by hand: these tests are not about expansion."""

from collections.abc import Callable

import pytest
from meridian.topology.addressing import LocalNetwork
from meridian.topology.model import Addresses, Node, Region, Topology

from tests.doubles.docker_engine import Engine

NET = LocalNetwork("10.230.0.0/16", 0)
SETTINGS = {
    "kafka": {"ports": {"internal": 9092, "controller": 9093, "external": 9094}},
    "objectstore": {"port": 7070},
    "sizes": {"small": {"cpus": 1, "memory_mb": 1024}, "medium": {"cpus": 2, "memory_mb": 2048}},
}
RTT = {"east": {"west": 75, "hub": 12}, "west": {"hub": 86}}


@pytest.fixture
def engine() -> Engine:
    return Engine()


@pytest.fixture
def make_topology() -> Callable[..., Topology]:
    def make(wan: bool = True, provider: str = "local") -> Topology:
        return Topology(
            environment="test",
            provider=provider,
            central="hub",
            regions=tuple(
                _region(name, index, provider) for index, name in enumerate(("east", "west", "hub"))
            ),
            flows=(),
            settings={"local": {"wan": wan, "round_trip_ms": RTT}},
        )

    return make


@pytest.fixture
def topology(make_topology: Callable[..., Topology]) -> Topology:
    return make_topology()


def _region(name: str, index: int, provider: str) -> Region:
    roles: list[tuple[str, tuple[str, ...], str]] = [("kafka-1", ("kafka",), "small")]
    if name == "hub":
        roles.append(("services-1", ("archive", "objectstore"), "medium"))
    else:
        roles.append(("services-1", ("archive",), "small"))
    nodes = tuple(
        Node(
            id=f"{node}.{name}.test",
            name=node,
            group=node.partition("-")[0],
            index=1,
            environment="test",
            region=name,
            zone=f"{name}a",
            roles=has,
            profile=f"{provider}-{size}",
            addresses=Addresses(
                NET.node_management(index, place),
                NET.node_region(index, place),
                NET.node_region(index, place),
            ),
            provider=provider,
            size=size,
        )
        for place, (node, has, size) in enumerate(roles)
    )
    return Region(name, index, (f"{name}a",), name == "hub", nodes, SETTINGS, "", "", provider, provider)
