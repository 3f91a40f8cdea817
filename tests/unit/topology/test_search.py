"""Elasticsearch in the topology: what is refused, and what a node learns."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from meridian.topology import Layers, Topology, TopologyError, expand, node_pillar

NODES = "nodes: {elastic: {count: 3, roles: [elasticsearch], size: medium}}"
MASTERS = "masters: {count: 3, roles: [zookeeper, mesos-master, marathon], size: medium}"
AGENTS = "nodes: {elastic: {count: 3, roles: [mesos-agent, elasticsearch], size: medium}}"
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
            central(f"{AGENTS}, elasticsearch: {{{HEAP}, runtime: mesos}}"),
            "overrides.central.elasticsearch.runtime: mesos: expected nodes with the roles zookeeper, "
            "mesos-master, marathon; region central has none",
        ),
        (
            central(f"{NODES[:-1]}, {MASTERS}}}, elasticsearch: {{{HEAP}, runtime: mesos}}"),
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


MESOS_SECRETS = {
    **SECRETS,
    "zookeeper": {"elasticsearch-scheduler": "zoo-secret"},
    "mesos": {"elasticsearch-scheduler": "mesos-secret"},
    "elasticsearch-scheduler": {"api": "api-secret"},
}


@pytest.fixture
def on_mesos(bent: Callable[..., Layers]) -> Topology:
    return expand(
        bent(central(f"{AGENTS[:-1]}, {MASTERS}}}, elasticsearch: {{{HEAP}, runtime: mesos}}")), "local"
    )


def test_tasks_of_a_region_whose_brokers_are_units(on_mesos: Topology) -> None:
    region = on_mesos.region("central")
    assert (region.runtime, region.search, region.on_mesos, region.proxied) == (
        "systemd",
        "mesos",
        True,
        True,
    )
    agent = node_pillar(on_mesos, "elastic-1.central.local", secrets=MESOS_SECRETS)
    assert agent["mesos"]["fixed_ports"] == [9200, 9300, 7001]
    scheduler = agent["elasticsearch_scheduler"]
    assert (scheduler["password"], scheduler["mesos_password"]) == ("api-secret", "mesos-secret")
    assert (scheduler["zookeeper_password"], scheduler["elastic_password"]) == (
        "zoo-secret",
        "elastic-secret",
    )
    # Marathon's servers make the app, and need none of its passwords.
    server = node_pillar(on_mesos, "masters-1.central.local", secrets=MESOS_SECRETS)
    assert "password" not in server["elasticsearch_scheduler"]
    assert "elastic-secret" not in json.dumps(server)


def test_units_have_no_scheduler(made: Topology) -> None:
    assert "elasticsearch_scheduler" not in node_pillar(
        made, "elastic-1.central.local", secrets=MESOS_SECRETS
    )
