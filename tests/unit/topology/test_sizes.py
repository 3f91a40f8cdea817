"""Sizes follow from the topics: what a source takes, its flows and targets take."""

from collections.abc import Callable
from typing import Any

import pytest
from meridian.topology import Layers, Topology, expand, node_pillar


def flow_of(topology: Topology) -> dict[str, Any]:
    [flow] = [one for one in topology.flows if one.source == "us-east"]
    return dict(flow.settings)


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("{}", 1048588),
        ("{topics: {big: {partitions: 1, config: {max.message.bytes: 10485760}}}}", 1048588),
        (
            "{topics: {big: {partitions: 1, config: {max.message.bytes: 10485760}}}, "
            "flows: {central: {topics: [flights, 'b.*']}}}",
            10485760,
        ),
        ("{kafka: {config: {message.max.bytes: 5000000}}}", 5000000),
    ],
)
def test_a_flow_knows_the_largest_limit_of_its_topics(
    bent: Callable[..., Layers], text: str, limit: int
) -> None:
    assert flow_of(expand(bent(f"overrides: {{us-east: {text}}}"), "local"))["max_message_bytes"] == limit


def test_a_region_that_flows_end_in_takes_a_record_of_the_sources_very_limit(
    bent: Callable[..., Layers],
) -> None:
    def limit(topology: Topology, region: str) -> Any:
        pillar = node_pillar(topology, f"kafka-1.{region}.local")
        return pillar["kafka"]["config"].get("message.max.bytes")

    found = expand(bent("{}"), "local")
    assert limit(found, "central") == 1048588 + 65536
    assert limit(found, "us-east") is None
    larger = expand(bent("overrides: {us-east: {kafka: {config: {message.max.bytes: 5000000}}}}"), "local")
    assert limit(larger, "central") == 5000000 + 65536
    own = expand(bent("overrides: {central: {kafka: {config: {message.max.bytes: 2000000}}}}"), "local")
    assert limit(own, "central") == 2000000
