"""A region's ensemble, and brokers that keep their metadata there."""

from collections.abc import Callable

import pytest
from meridian.topology import Layers, Topology, TopologyError, expand, node_pillar, roles

MASTERS = "masters: {count: 3, roles: [zookeeper], size: small}"
MODE = f"overrides: {{us-east: {{kafka: {{mode: zookeeper, version: 3.9.2}}, nodes: {{{MASTERS}}}}}}}"
SECRETS = {"zookeeper": {"admin": "a", "quorum": "q", "kafka": "k", "mesos": "m"}}


@pytest.fixture
def mixed(bent: Callable[..., Layers]) -> Topology:
    """One region with ZooKeeper, the others with KRaft."""
    return expand(bent(MODE), "local")


def test_a_server_knows_all_and_its_own_number(mixed: Topology) -> None:
    pillar = node_pillar(mixed, "masters-2.us-east.local", secrets=SECRETS)["zookeeper"]
    assert pillar["server_id"] == 2
    assert pillar["servers"] == [{"id": n, "host": f"masters-{n}.us-east.local"} for n in (1, 2, 3)]
    # `echo -n admin:a | openssl sha1 -binary | base64`
    assert pillar["super_digest"] == "admin:e7Ll3ttzbuBtpuZb1mSwOh29PyI="
    assert pillar["heap_mb"] == 512


def test_brokers_of_one_region_keep_their_metadata_there_and_those_of_others_do_not(mixed: Topology) -> None:
    broker = node_pillar(mixed, "kafka-3.us-east.local", secrets=SECRETS)["kafka"]
    servers = ",".join(f"masters-{number}.us-east.local:2281" for number in (1, 2, 3))
    assert broker["zookeeper"] == f"{servers}/kafka"
    assert (broker["zookeeper_password"], broker["artifact"]) == ("k", "kafka-3.9")
    assert (broker["process_roles"], broker["voters"]) == (["broker"], [])
    assert set(broker["listeners"]) == {"INTERNAL", "EXTERNAL"}

    other = node_pillar(mixed, "kafka-1.central.local", secrets=SECRETS)["kafka"]
    assert (other["artifact"], other["process_roles"]) == ("kafka", ["broker", "controller"])
    assert "zookeeper_password" not in other


def test_only_servers_and_brokers_get_their_passwords(mixed: Topology) -> None:
    for node in mixed.nodes:
        pillar = str(node_pillar(mixed, node.id, secrets=SECRETS))
        assert ("'q'" in pillar) == ("zookeeper" in node.roles)


def test_the_mode_decides_the_artifacts_of_brokers_and_not_of_connect(mixed: Topology) -> None:
    settings = mixed.region("us-east").settings
    assert set(roles.artifacts(settings, ["kafka"])) == {"meridian", "kafka-3.9"}
    assert {"kafka-3.9", "kafka", "connect-predicates"} <= set(
        roles.artifacts(settings, ["kafka", "connect"])
    )
    assert set(roles.artifacts(settings, ["zookeeper"])) == {"meridian", "zookeeper", "zookeeper-access"}


def test_a_single_server_is_for_trials_that_say_so(bent: Callable[..., Layers]) -> None:
    one = MODE.replace("count: 3", "count: 1")
    with pytest.raises(TopologyError, match=r"expected 3 or 5 nodes with the role zookeeper"):
        expand(bent(one), "local")
    said = one.replace("us-east: {", "us-east: {zookeeper: {allow_single: true}, ")
    assert len(expand(bent(said), "local").region("us-east").with_role("zookeeper")) == 1


FILE = "pillar/environments/broken.sls"
WRONG = {
    "no ensemble": (
        "overrides: {us-east: {kafka: {mode: zookeeper, version: 3.9.2}}}",
        f"{FILE}: overrides.us-east.kafka.mode: zookeeper: expected nodes with the role zookeeper; "
        "region us-east has none",
    ),
    "a Kafka that does not know ZooKeeper": (
        f"overrides: {{us-east: {{kafka: {{mode: zookeeper, version: 4.3.1}}, nodes: {{{MASTERS}}}}}}}",
        f"{FILE}: overrides.us-east.kafka.version: expected 3.9.x, as kafka.mode zookeeper wants "
        "(we have 3.9.2); found '4.3.1'",
    ),
    "a Kafka that is too old for its mode": (
        "overrides: {us-east: {kafka: {version: 3.9.2}}}",
        f"{FILE}: overrides.us-east.kafka.version: expected 4.x, as kafka.mode kraft wants "
        "(we have 4.3.1); found '3.9.2'",
    ),
    "an even number of servers": (
        MODE.replace("count: 3", "count: 4"),
        f"{FILE}: overrides.us-east.nodes: expected 3 or 5 nodes with the role zookeeper, a quorum; "
        "region us-east has 4",
    ),
    "controllers of KRaft": (
        MODE.replace("roles: [zookeeper]", "roles: [zookeeper, kafka-controller]").replace("small", "large"),
        f"{FILE}: overrides.us-east.kafka.mode: zookeeper: expected no nodes with the role "
        "kafka-controller, which is KRaft's",
    ),
}


@pytest.mark.parametrize(("text", "expected"), WRONG.values(), ids=WRONG)
def test_what_does_not_fit_is_told(bent: Callable[..., Layers], text: str, expected: str) -> None:
    with pytest.raises(TopologyError) as caught:
        expand(bent(text), "local")
    assert str(caught.value).splitlines() == [expected]
