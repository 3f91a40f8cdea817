"""Each region's cluster, asked from outside as an operator would."""

import socket
import ssl
from collections.abc import Iterator
from typing import Any

import pytest
from confluent_kafka.admin import AdminClient, ConfigResource, ResourceType
from meridian.topology.model import Region, Topology
from meridian.verification import clients

_SECONDS = 20


@pytest.fixture
def admin(topology: Topology, region: Region) -> Iterator[AdminClient]:
    """The region's cluster."""
    return clients.admin(topology, region)


def test_every_broker_is_there_in_its_zone(admin: AdminClient, region: Region) -> None:
    described = admin.describe_cluster(request_timeout=_SECONDS).result()
    assert sorted(node.id for node in described.nodes) == list(region.broker_ids)
    hosts = {node.id: node.zone for node in region.with_role("kafka")}
    hosts |= {node.addresses.external: node.zone for node in region.with_role("kafka")}
    racks = {node.id: node.rack for node in described.nodes}
    # Where Mesos placed a broker shows in the address that it is met at.
    assert racks == {node.id: hosts[node.host] for node in described.nodes}
    own = {node.kafka_id: node.zone for node in region.with_role("kafka") if node.kafka_id}
    assert own.items() <= racks.items()


def test_every_partition_has_its_replicas_in_sync(admin: AdminClient, region: Region) -> None:
    topics = admin.list_topics(timeout=_SECONDS).topics
    short: dict[str, Any] = {}
    for name, topic in topics.items():
        wanted = region.settings["topics"].get(name, {}).get("replication_factor", 3)
        for number, partition in topic.partitions.items():
            if len(partition.replicas) != wanted or set(partition.isrs) != set(partition.replicas):
                short[f"{name}/{number}"] = (wanted, partition.replicas, partition.isrs)
    assert short == {}
    assert {"__consumer_offsets"} <= set(topics)


def test_two_replicas_must_have_a_record(admin: AdminClient, region: Region) -> None:
    names = list(admin.list_topics(timeout=_SECONDS).topics)
    asked = admin.describe_configs([ConfigResource(ResourceType.TOPIC, name) for name in names])
    low = {}
    for resource, answer in asked.items():
        wanted = region.settings["topics"].get(resource.name, {}).get("min_insync_replicas", 2)
        found = int(answer.result(timeout=_SECONDS)["min.insync.replicas"].value)
        if found < wanted:
            low[resource.name] = found
    assert low == {}


def test_topics_are_as_the_pillar_says(admin: AdminClient, region: Region) -> None:
    topics = admin.list_topics(timeout=_SECONDS).topics
    found = {name: len(topics[name].partitions) for name in region.settings["topics"] if name in topics}
    # A topic that has grown by hand stays: partitions are never taken away.
    wanted = {name: topic["partitions"] for name, topic in region.settings["topics"].items()}
    assert {name: min(found.get(name, 0), count) for name, count in wanted.items()} == wanted


@pytest.mark.parametrize("role", ["kafka", "connect"])
def test_nobody_gets_in_without_a_certificate(region: Region, role: str) -> None:
    """TLS 1.3 tells a client without a certificate only when it reads."""
    port = (
        region.settings["kafka"]["ports"]["external"]
        if role == "kafka"
        else region.settings["connect"]["port"]
    )
    let_in = []
    for node in region.with_role(role):
        address = node.addresses.external if role == "kafka" else node.addresses.management
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        try:
            with (
                socket.create_connection((address, port), timeout=_SECONDS) as plain,
                context.wrap_socket(plain) as secured,
            ):
                secured.settimeout(2)
                secured.recv(1)
                let_in.append(node.id)
        except ssl.SSLError:
            pass
        except TimeoutError:
            let_in.append(node.id)
    assert let_in == []
