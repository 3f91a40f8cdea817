"""What a region's scheduler is told, compared with what it knows."""

from collections.abc import Callable
from typing import Any

import pytest
from meridian.services.mesos.scheduler import wanted
from meridian.services.mesos.scheduler.services import NODES
from meridian.topology import Layers, expand
from meridian.topology.model import Region

from tests.render import rendering


@pytest.fixture(scope="module")
def region() -> Region:
    return rendering.topology("local-mesos").region("us-east")


def told(broker: int, options: dict[str, str], **more: Any) -> dict[str, Any]:
    """A broker as the scheduler tells it: some options in groups, times in large units."""
    plain = {name: value for name, value in options.items() if not name.startswith(("failover", "stick"))}
    return {
        "id": str(broker),
        "active": True,
        "state": "running",
        **plain,
        "cpus": float(options["cpus"]),
        "mem": int(options["mem"]),
        "heap": int(options["heap"]),
        "failover": {"delay": options["failoverDelay"], "maxDelay": "10m"},
        "stickiness": {"period": "10m", "hostname": "kafka-1"},
        "hostLostPeriod": "2m",
        "reasons": [],
        **more,
    }


def test_one_broker_a_host_at_the_ports_of_the_pillar(region: Region) -> None:
    found = wanted.brokers(region)
    assert list(found) == [1, 2, 3]
    assert (found[1]["port"], found[1]["portExternal"]) == ("9092", "9094")
    assert found[1]["constraints"] == "hostname=unique"
    assert int(found[1]["mem"]) > int(found[1]["heap"]) == 256


def test_what_the_scheduler_knows_already_is_not_told_again(region: Region) -> None:
    wishes = wanted.brokers(region)
    known = [told(broker, options) for broker, options in wishes.items()]
    assert wanted.missing(wishes, known) == []
    assert wanted.changed(wishes, known) == {}
    assert wanted.idle(wishes, known) == []
    assert wanted.down(wishes, known) == {}


def test_new_changed_and_idle_brokers_are_found(region: Region) -> None:
    wishes = wanted.brokers(region)
    known = [
        told(1, wishes[1], heap=128),
        told(2, wishes[2], active=False, state="stopped"),
    ]
    assert wanted.missing(wishes, known) == [3]
    assert wanted.changed(wishes, known) == {1: {"heap": "256"}}
    assert wanted.idle(wishes, known) == [2]


def test_what_an_operator_set_by_hand_stays(region: Region) -> None:
    wishes = wanted.brokers(region)
    known = [told(broker, options, jvmOptions="-verbose:gc") for broker, options in wishes.items()]
    assert wanted.changed(wishes, known) == {}


def test_a_broker_that_is_not_placed_says_why(region: Region) -> None:
    wishes = wanted.brokers(region)
    known = [told(1, wishes[1]), told(2, wishes[2], state="starting", reasons=["not enough cpus on a, b"])]
    assert wanted.down(wishes, known) == {2: "starting: not enough cpus on a, b", 3: "unknown"}


@pytest.fixture
def searching(bent: Callable[..., Layers]) -> Region:
    """A region whose nodes of Elasticsearch are tasks."""
    text = (
        "overrides: {central: {elasticsearch: {heap_mb: 512, runtime: mesos}, nodes: {"
        "elastic: {count: 3, roles: [mesos-agent, elasticsearch], size: medium}, "
        "masters: {count: 3, roles: [zookeeper, mesos-master, marathon], size: medium}}}}"
    )
    return expand(bent(text), "local").region("central")


def test_one_node_of_elasticsearch_on_each_of_its_hosts(searching: Region) -> None:
    found = wanted.of(NODES, searching)
    assert list(found) == [1, 2, 3]
    assert (found[1]["port"], found[1]["portTransport"], found[1]["heap"]) == ("9200", "9300", "512")
    assert int(found[1]["mem"]) >= 2 * 512
    known = [told(node, options) for node, options in found.items()]
    assert wanted.changed(found, known) == {}
    assert wanted.changed(found, [told(1, found[1], heap=256)]) == {1: {"heap": "512"}}
