"""Where nodes have a proxy, and what it leads to."""

from collections.abc import Callable
from typing import Any

import pytest
from meridian.cloud.local import wan
from meridian.pki import names
from meridian.topology import Layers, Topology, expand, node_pillar, roles

MESOS = """
overrides:
  us-east:
    kafka: {runtime: mesos}
    nodes:
      kafka: {roles: [mesos-agent, kafka], size: medium}
      masters: {count: 3, roles: [zookeeper, mesos-master, marathon, kafka-controller], size: large}
zookeeper: {heap_mb: 64}
marathon: {heap_mb: 64}
"""
SECRETS = {
    "kafka-scheduler": {"api": "scheduler-secret", "reader": "reader-secret"},
    "marathon": {"admin": "marathon-secret"},
}
BOOTSTRAP = "bootstrap.kafka.us-east.local"


@pytest.fixture
def mesos(bent: Callable[..., Layers]) -> Topology:
    return expand(bent(MESOS), "local")


def proxy(topology: Topology, node: str) -> dict[str, Any]:
    return dict(node_pillar(topology, f"{node}.local", secrets=SECRETS).get("proxy", {}))


def test_every_node_of_a_region_whose_brokers_are_tasks_has_one_and_no_other(mesos: Topology) -> None:
    with_proxy = {node.id for node in mesos.nodes if "proxy" in node_pillar(mesos, node.id)}
    assert with_proxy == {node.id for node in mesos.region("us-east").nodes}


def test_it_leads_to_the_regions_own_services(mesos: Topology) -> None:
    servers = proxy(mesos, "services-1.us-east")["servers"]
    assert {name: [one["port"] for one in found] for name, found in servers.items()} == {
        "marathon": [8443] * 3,
        "scheduler": [7000] * 3,
    }
    # Only what knows no TLS asks ZooKeeper by the proxy.
    for node in ("masters-1.us-east", "kafka-1.us-east"):
        assert [one["port"] for one in proxy(mesos, node)["servers"]["zookeeper"]] == [2281] * 3
    assert servers["scheduler"][0] == {
        "name": "kafka-1.us-east.local",
        "address": "10.213.16.10",
        "port": 7000,
    }


def test_clients_begin_with_a_name_that_stays(mesos: Topology) -> None:
    region = mesos.region("us-east")
    assert region.kafka_bootstrap_internal == f"{BOOTSTRAP}:19092"
    assert region.kafka_bootstrap_external == "10.213.16.10:19094,10.213.16.11:19094,10.213.16.12:19094"
    assert proxy(mesos, "kafka-1.us-east")["entry"]
    assert not proxy(mesos, "masters-1.us-east")["entry"]
    assert 19094 in {rule.port for rule in mesos.node("kafka-1.us-east.local").open_ports}
    assert "us-east.kafka-1.19094" in {link.name for link in wan.links(mesos, "central")}


def test_whoever_answers_there_is_the_right_one(mesos: Topology) -> None:
    region, node = mesos.region("us-east"), mesos.node("kafka-1.us-east.local")
    assert {BOOTSTRAP, "10.213.16.12"} <= set(names.of_service(region, node, "kafka"))
    assert BOOTSTRAP not in names.of_service(region, node, "mesos")
    assert BOOTSTRAP not in names.of_service(region, mesos.node("masters-1.us-east.local"), "kafka")


def test_a_password_is_only_where_it_is_needed(bent: Callable[..., Layers], mesos: Topology) -> None:
    assert "marathon_password" not in proxy(mesos, "services-1.us-east")
    with_apps = expand(bent(f"{MESOS}\nproxy: {{apps: {{pipeline: 20080}}}}"), "local")
    assert proxy(with_apps, "services-1.us-east")["marathon_password"] == "marathon-secret"
    assert proxy(with_apps, "services-1.eu-west") == {}


def test_it_asks_the_scheduler_as_one_who_may_only_read(mesos: Topology) -> None:
    for node in ("services-1.us-east", "kafka-1.us-east"):
        section = proxy(mesos, node)
        assert (section["scheduler_user"], section["scheduler_password"]) == ("reader", "reader-secret")
    pillars = {node.id: node_pillar(mesos, node.id, secrets=SECRETS) for node in mesos.nodes}
    with_operators = [node for node, pillar in pillars.items() if "scheduler-secret" in str(pillar)]
    assert with_operators == [f"kafka-{number}.us-east.local" for number in (1, 2, 3)]


def test_it_shows_a_certificate_that_the_node_has(mesos: Topology) -> None:
    for node in mesos.region("us-east").nodes:
        identity = node_pillar(mesos, node.id)["proxy"]["identity"]
        assert identity in roles.services(node.roles)


def test_brokers_under_systemd_can_be_reached_through_it_as_well(bent: Callable[..., Layers]) -> None:
    made = expand(bent("proxy: {enabled: true}"), "local")
    section = proxy(made, "services-1.us-east")
    assert not section["follow"]
    assert [one["address"] for one in section["servers"]["kafka"]] == [f"10.213.16.{n}" for n in (10, 11, 12)]
    assert {one["port"] for one in section["servers"]["external"]} == {9094}
    assert made.region("us-east").kafka_bootstrap_internal == f"{BOOTSTRAP}:19092"
