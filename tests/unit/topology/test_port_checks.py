"""A port is one service's on a node."""

from collections.abc import Callable

import pytest
from meridian.topology import Layers, TopologyError, expand


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "kafka: {ports: {internal: 9094}}",
            "kafka.ports.external: expected a port of its own on nodes.kafka; 9094 is that of kafka.ports",
        ),
        ("kafka: {ports: {controller: 9092}}", "9092 is that of kafka.ports.internal"),
        (
            "connect: {port: 22}",
            "connect.port: expected a port of its own on nodes.kafka; 22 is that of the node",
        ),
        ("connect: {port: 9092}", "connect.port: expected a port of its own on nodes.kafka; 9092 is that of"),
        ("proxy: {enabled: true, ports: {metrics: 9092}}", "proxy.ports.metrics: expected a port of its own"),
    ],
)
def test_two_services_with_one_port_are_refused(bent: Callable[..., Layers], text: str, message: str) -> None:
    with pytest.raises(TopologyError) as caught:
        expand(bent(text), "local")
    assert message in str(caught.value)


def test_services_of_different_nodes_may_have_one_port(bent: Callable[..., Layers]) -> None:
    expand(bent("objectstore: {port: 9092}"), "local")
