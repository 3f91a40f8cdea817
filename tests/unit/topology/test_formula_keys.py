"""What a formula's defaults.yaml has can be set through pillar, and has its default there alone."""

from collections.abc import Callable
from typing import Any

import pytest
import yaml
from meridian.common import paths
from meridian.topology import Layers, Topology, TopologyError, expand, node_pillar
from meridian.topology.schema import RegionSettings

# What the topology or the secrets fill in, and names that others rely on.
FIXED = {
    "zookeeper": {"server_id", "servers", "users", "super_digest", "serial_gc"},
    "kafka": {
        "artifact",
        "zookeeper",
        "zookeeper_password",
        "node_id",
        "process_roles",
        "rack",
        "cluster_id",
        "voters",
        "listeners",
        "advertised",
        "bootstrap_internal",
        "super_users",
    },
    "connect": {"bootstrap", "worker", "workers", "serial_gc"},
    "archive": {"user", "service"},
    "objectstore": {"user", "service", "health", "root_access_key", "root_secret_key", "users"},
    "marathon": {
        "user",
        "service",
        "servers",
        "libraries",
        "mesos_source",
        "zookeeper",
        "zookeeper_user",
        "zookeeper_password",
        "principal",
        "mesos_password",
        "api_user",
        "password",
        "tls",
    },
    "mesos": {
        "user",
        "cluster",
        "masters",
        "agents",
        "zookeeper",
        "zookeeper_user",
        "zookeeper_password",
        "passwords",
        "fixed_ports",
    },
    "elasticsearch": {
        "user",
        "cluster",
        "index",
        "zone",
        "address",
        "nodes",
        "urls",
        "bootstrap",
        "users",
    },
    "node": set(),
    "java": set(),
    "proxy": {
        "package",
        "program",
        "user",
        "identity",
        "name",
        "servers",
        "follow",
        "entry",
        "scheduler_user",
        "scheduler_password",
        "marathon_user",
        "marathon_password",
    },
}


def defaults(formula: str) -> dict[str, Any]:
    return dict(yaml.safe_load((paths.repository() / "salt" / formula / "defaults.yaml").read_text()))


@pytest.mark.parametrize("formula", FIXED)
def test_every_key_of_a_formula_can_be_set(formula: str) -> None:
    section: Any = RegionSettings.model_fields[formula].annotation
    assert set(defaults(formula)) - FIXED[formula] <= set(section.model_fields)


SET = """
kafka: {jvm_flags: ['-XX:+UseZGC'], nofile: 200000, stop_seconds: 300, check_seconds: 5, log_level: DEBUG,
        throttle_mb: 10, data: /var/lib/logs}
connect: {nofile: 99999, log_level: WARN, offset_partitions: 25}
archive: {memory_mb: 128, watchdog_seconds: 30}
objectstore: {region_name: eu-west-1, directory: /srv/objects, ready_seconds: 7}
zookeeper: {snapshots: 9, paths: {/x: {owner: mesos}}, config: {syncEnabled: false}}
node: {journal: {max_use: 1G}, volumes: {filesystem: xfs}}
java: {package: openjdk-21-jre-headless}
"""


@pytest.fixture
def changed(bent: Callable[..., Layers]) -> Topology:
    return expand(bent(SET), "local")


def test_what_is_set_reaches_the_node_that_needs_it(changed: Topology) -> None:
    broker = node_pillar(changed, "kafka-1.central.local")
    assert broker["kafka"]["jvm_flags"] == ["-XX:+UseZGC"]
    assert (broker["kafka"]["data"], broker["kafka"]["throttle_mb"]) == ("/var/lib/logs", 10)
    assert (broker["connect"]["nofile"], broker["connect"]["offset_partitions"]) == (99999, 25)
    assert broker["node"] == {"journal": {"max_use": "1G"}, "volumes": {"filesystem": "xfs"}}
    assert broker["java"] == {"package": "openjdk-21-jre-headless"}
    services = node_pillar(changed, "services-1.central.local")
    assert services["archive"]["memory_mb"] == 128
    assert services["objectstore"]["directory"] == "/srv/objects"


def test_clients_of_the_store_sign_for_its_region(changed: Topology) -> None:
    assert changed.object_store_region == "eu-west-1"
    for node in ("services-1.us-east.local", "services-1.central.local"):
        assert node_pillar(changed, node)["archive"]["region_name"] == "eu-west-1"


def test_what_is_not_set_is_left_to_the_formula(local: Topology) -> None:
    for node in local.nodes:
        pillar = node_pillar(local, node.id)
        assert "node" not in pillar
        assert "java" not in pillar
        for formula in ("kafka", "connect", "archive", "objectstore"):
            assert None not in pillar.get(formula, {}).values()
    assert "nofile" not in node_pillar(local, "kafka-1.us-east.local")["kafka"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "kafka: {log_level: LOUD}",
            "kafka.log_level: expected 'TRACE', 'DEBUG', 'INFO', 'WARN' or 'ERROR', found 'LOUD'",
        ),
        ("kafka: {nofile: 10}", "kafka.nofile: expected at least 1024, found 10"),
        (
            "kafka: {jvm_flags: ['-Xmx1g; reboot']}",
            "kafka.jvm_flags.0: expected a name like ^-[A-Za-z0-9_:=+./,%-]+$, found '-Xmx1g; reboot'",
        ),
        (
            "kafka: {data: /srv/kafka}",
            "kafka.data: expected a name like ^/var/lib(/[A-Za-z0-9_-]+)+$, found '/srv/kafka'",
        ),
        ("zookeeper: {snapshots: 1}", "zookeeper.snapshots: expected at least 3, found 1"),
        ("connect: {stop_second: 1}", "connect.stop_second: unknown key; did you mean 'stop_seconds'?"),
        (
            "archive: {memory_mb: 16}",
            "archive.memory_mb: expected room for a segment, 32 MiB (segment.max_bytes); found 16",
        ),
        (
            "node: {volumes: {filesystem: zfs}}",
            "node.volumes.filesystem: expected 'ext4' or 'xfs', found 'zfs'",
        ),
    ],
)
def test_a_wrong_value_is_told(bent: Callable[..., Layers], text: str, expected: str) -> None:
    with pytest.raises(TopologyError) as caught:
        expand(bent(text), "local")
    assert str(caught.value) == f"pillar/environments/broken.sls: {expected}"
