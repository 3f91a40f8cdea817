"""Elasticsearch in the topology: what is refused, and what a node learns."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from meridian.topology import Layers, Topology, TopologyError, expand, node_pillar

NODES = "nodes: {elastic: {count: 3, roles: [elasticsearch], size: medium}}"
HEAP = "heap_mb: 256"
SECRETS = {"elasticsearch": {"elastic": "elastic-secret", "sink": "sink-secret"}}


def central(text: str) -> str:
    return f"overrides: {{central: {{{text}}}}}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            central(f"{NODES.replace('3', '2')}, elasticsearch: {{{HEAP}}}"),
            "overrides.central.nodes: expected at least 3 nodes with the role elasticsearch, so that one "
            "may be lost; region central has 2",
        ),
        (
            central(f"{NODES}, elasticsearch: {{{HEAP}, serial_gc: true}}"),
            "overrides.central.elasticsearch.serial_gc: expected false: Elasticsearch refuses SerialGC "
            "where it listens to other machines itself; with transport: proxy it only warns",
        ),
        (
            central(f"{NODES}, elasticsearch: {{{HEAP}, transport: proxy}}"),
            "overrides.central.elasticsearch.transport: proxy: expected proxy.enabled: true as well",
        ),
        (
            central(f"{NODES}, elasticsearch: {{{HEAP}, runtime: mesos}}"),
            "overrides.central.nodes.elastic.roles: expected mesos-agent as well: elasticsearch.runtime is "
            "mesos",
        ),
        (
            "elasticsearch: {sink: {malformed: drop}}",
            "elasticsearch.sink.malformed: expected 'index' or 'dlq', found 'drop'",
        ),
    ],
)
def test_what_cannot_work_is_refused(bent: Callable[..., Layers], text: str, expected: str) -> None:
    with pytest.raises(TopologyError) as caught:
        expand(bent(text), "local")
    assert str(caught.value) == f"pillar/environments/broken.sls: {expected}"


@pytest.fixture
def made(bent: Callable[..., Layers]) -> Topology:
    settings = f"elasticsearch: {{{HEAP}, transport: proxy, serial_gc: true}}, proxy: {{enabled: true}}"
    text = central(f"{NODES}, {settings}")
    return expand(bent(text), "local")


def section(topology: Topology, node: str) -> dict[str, Any]:
    pillar = node_pillar(topology, node, secrets=SECRETS)
    return dict(pillar["elasticsearch"])


def test_a_node_learns_who_the_others_are_and_where(made: Topology) -> None:
    learnt = section(made, "elastic-2.central.local")
    assert (learnt["index"], learnt["cluster"]) == (2, "local-central")
    assert learnt["address"] == made.node("elastic-2.central.local").addresses.region
    assert [one["id"] for one in learnt["nodes"]] == [f"elastic-{one}.central.local" for one in (1, 2, 3)]
    assert len({one["zone"] for one in learnt["nodes"]}) == 3
    assert learnt["urls"][0] == "https://elastic-1.central.local:9200"


def test_its_passwords_reach_its_nodes_only(made: Topology) -> None:
    knowing = {
        node.id
        for node in made.nodes
        if "sink-secret" in json.dumps(node_pillar(made, node.id, secrets=SECRETS))
    }
    assert knowing == {f"elastic-{one}.central.local" for one in (1, 2, 3)}


def test_no_environment_has_it_unless_it_says_so(local: Topology) -> None:
    assert not [node for node in local.nodes if "elasticsearch" in node.roles]
