"""Ports of a node, from roles and settings to rules."""

from collections.abc import Callable

import pytest
from meridian.topology import Addresses, Layers, PortRule, Topology, TopologyError, expand, node_pillar
from meridian.topology.firewall import on_node, sources

FILE = "pillar/environments/broken.sls"


def rules(topology: Topology, node: str) -> dict[int, tuple[str, ...]]:
    return {rule.port: rule.sources for rule in topology.node(node).open_ports}


def test_a_broker_is_open_to_its_region_the_platform_and_the_operator_and_to_nobody_else(
    local: Topology,
) -> None:
    assert rules(local, "kafka-1.us-east.local") == {
        22: ("operator",),
        9092: ("region",),
        9093: ("region",),
        9094: ("platform", "operator"),
    }


def test_a_node_has_the_ports_of_all_its_roles_only(local: Topology) -> None:
    assert set(rules(local, "services-1.us-east.local")) == {22}
    assert set(rules(local, "services-1.central.local")) == {22, 7070}
    assert set(rules(local, "kafka-1.central.local")) == {22, 8083, 9092, 9093, 9094}


def test_ports_follow_the_setting_that_they_name(bent: Callable[..., Layers]) -> None:
    made = expand(bent("kafka: {ports: {external: 19094}}\nconnect: {port: 18083}"), "local")
    assert rules(made, "kafka-1.us-east.local")[19094] == ("platform", "operator")
    assert 18083 in rules(made, "kafka-1.central.local")


def test_an_environment_opens_one_more_port_and_closes_another(bent: Callable[..., Layers]) -> None:
    made = expand(
        bent(
            "firewall: {open: {kafka: {external: null, metrics: {port: 9404, sources: [operator]}}, "
            "node: {time: {port: 123, protocol: udp, sources: [region]}}}}"
        ),
        "local",
    )
    node = made.node("kafka-1.us-east.local")
    assert {rule.port for rule in node.open_ports} == {22, 123, 9092, 9093, 9404}
    assert PortRule(123, "udp", ("region",)) in node.open_ports


def test_a_port_said_twice_is_open_to_both(bent: Callable[..., Layers]) -> None:
    made = expand(bent("firewall: {open: {kafka: {more: {port: 9092, sources: [operator]}}}}"), "local")
    assert rules(made, "kafka-1.us-east.local")[9092] == ("region", "operator")


WRONG = {
    "a setting that is not there": (
        "firewall: {open: {kafka: {internal: {port: kafka.ports.intrenal}}}}",
        f"{FILE}: firewall.open.kafka.internal.port: no setting 'kafka.ports.intrenal' holds a port; "
        "did you mean 'kafka.ports.internal'?",
    ),
    "a setting that is no port": (
        "firewall: {open: {kafka: {internal: {port: kafka.heap_mb}}}}",
        f"{FILE}: firewall.open.kafka.internal.port: no setting 'kafka.heap_mb' holds a port; "
        "expected one of: connect.port, elasticsearch.ports.http, elasticsearch.ports.transport, "
        "elasticsearch_scheduler.port, "
        "kafka.ports.controller, kafka.ports.external, kafka.ports.internal, kafka_scheduler.port, "
        "marathon.driver.port, marathon.port, mesos.ports.agent, mesos.ports.master, objectstore.port, "
        "proxy.ports.bootstrap, proxy.ports.external, proxy.ports.marathon, proxy.ports.metrics, "
        "proxy.ports.scheduler, proxy.ports.zookeeper, zookeeper.ports.client, "
        "zookeeper.ports.election, zookeeper.ports.quorum",
    ),
    "a port that is none": (
        "firewall: {open: {kafka: {internal: {port: 70000}}}}",
        f"{FILE}: firewall.open.kafka.internal.port: expected a port, or the setting that holds it such as "
        "kafka.ports.internal, found 70000",
    ),
    "a source that is none": (
        "firewall: {open: {kafka: {internal: {sources: [world]}}}}",
        f"{FILE}: firewall.open.kafka.internal.sources.0: expected 'region', 'platform' or 'operator', "
        "found 'world'",
    ),
    "a role that is none": (
        "firewall: {open: {kafak: {}}}",
        f"{FILE}: firewall.open.kafak: expected 'node', 'zookeeper', 'objectstore', 'mesos-master', "
        "'mesos-agent', 'marathon', 'kafka-controller', 'kafka', 'connect', 'archive' or 'elasticsearch', "
        "found 'kafak'",
    ),
    "an address that is none": (
        "firewall: {operator: [203.0.113.7/24]}",
        f"{FILE}: firewall.operator.0: expected a CIDR such as 203.0.113.0/24 or 203.0.113.7/32, "
        "found '203.0.113.7/24'",
    ),
    "neither auto nor yes nor no": (
        "firewall: {on_node: never}",
        f"{FILE}: firewall.on_node: expected 'auto', True or False, found 'never'",
    ),
}


@pytest.mark.parametrize(("text", "expected"), WRONG.values(), ids=WRONG.keys())
def test_a_mistake_is_told_by_file_and_key(bent: Callable[..., Layers], text: str, expected: str) -> None:
    with pytest.raises(TopologyError) as caught:
        expand(bent(text), "local")
    assert str(caught.value) == expected


KNOWN = {
    "kafka-1.us-east.cloud": Addresses("203.0.113.1", "10.0.0.1", "203.0.113.1"),
    "kafka-2.us-east.cloud": Addresses("203.0.113.2", "10.0.0.2", "203.0.113.2"),
    "kafka-1.eu-west.cloud": Addresses("198.51.100.1", "10.0.0.1", "198.51.100.1"),
}


@pytest.fixture
def cloud(bent: Callable[..., Layers]) -> Topology:
    text = "environment: {provider: digitalocean}\nfirewall: {operator: [192.0.2.0/24, 192.0.2.7/32]}"
    return expand(bent(text), "cloud", known=KNOWN)


def test_sources_are_those_nodes_whose_addresses_are_known(cloud: Topology) -> None:
    node = cloud.node("kafka-1.us-east.cloud")
    found = {rule.port: sources(cloud, node, rule) for rule in node.open_ports}
    assert found == {
        22: ("192.0.2.0/24",),
        9092: ("10.0.0.1/32", "10.0.0.2/32"),
        9093: ("10.0.0.1/32", "10.0.0.2/32"),
        # The private address of another region means something else here.
        9094: (
            "10.0.0.1/32",
            "10.0.0.2/32",
            "192.0.2.0/24",
            "198.51.100.1/32",
            "203.0.113.1/32",
            "203.0.113.2/32",
        ),
    }


@pytest.mark.parametrize(
    ("provider", "setting", "filters"),
    [
        ("digitalocean", "auto", True),
        ("azure", "auto", True),
        ("ec2", "auto", False),
        ("openstack", "auto", False),
        ("gce", "auto", False),
        ("local", "auto", False),
        ("ec2", "true", True),
        ("digitalocean", "false", False),
    ],
)
def test_nodes_filter_where_their_provider_does_not(
    bent: Callable[..., Layers], provider: str, setting: str, filters: bool
) -> None:
    places = "overrides: {eu-west: {region: {locations: {gce: europe-west1}}}}"
    text = f"environment: {{provider: {provider}}}\nfirewall: {{on_node: {setting}}}\n{places}"
    made = expand(bent(text), "cloud")
    assert {on_node(region) for region in made.regions} == {filters}
    slices = [node_pillar(made, node.id) for node in made.nodes]
    assert {"firewall" in one for one in slices} == {filters}


def test_a_node_is_told_rules_with_addresses_and_those_without_anybody_are_left_out(cloud: Topology) -> None:
    pillar = node_pillar(cloud, "kafka-1.us-east.cloud")
    assert pillar["firewall"][0] == {"port": 22, "protocol": "tcp", "sources": ["192.0.2.0/24"]}
    assert pillar["hosts"] == {
        "10.0.0.1": ["kafka-1.us-east.cloud", "kafka-1"],
        "10.0.0.2": ["kafka-2.us-east.cloud", "kafka-2"],
    }
    lonely = node_pillar(cloud, "services-1.us-east.cloud")
    assert [rule["port"] for rule in lonely["firewall"]] == [22]
