"""Nodes as a service on the core: what they need, how they are launched, when one may go down."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from kafka_scheduler.core.model import Instance, PortWant, Task, TaskState, VolumeWant
from kafka_scheduler.core.state import State
from kafka_scheduler.elasticsearch import nodes, spec
from kafka_scheduler.elasticsearch.nodes import Nodes
from kafka_scheduler.elasticsearch.settings import LAUNCHER
from kafka_scheduler.elasticsearch.spec import NodeSpec
from kafka_scheduler.elasticsearch.views import ClusterHealth
from meridian.common.errors import MeridianError

from tests.unit.kafka_scheduler.core.build import NOW

SERVICE = Nodes("elasticsearch", LAUNCHER, "elasticsearch")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"cpu": "1"}, "there is no option cpu; known are cpus"),
        ({"heap": "much"}, "option heap: 'much' is no integer"),
        ({"heap": "2000", "mem": "2048"}, "option heap: 2000 MB are more than half of mem 2048 MB"),
        ({"constraints": "rack=x"}, "expected like:re"),
        ({"volume": "a:1G,b:1G"}, "option volume: one volume is what a node can use"),
        ({"portTransport": "9300..9310"}, "option portTransport: nodes look for each other at one port"),
        ({"failoverDelay": "1h"}, "option failoverMaxDelay: is less than failoverDelay"),
    ],
)
def test_what_is_wrong_is_said(given: dict[str, str], said: str) -> None:
    with pytest.raises(MeridianError, match=said):
        spec.parse(given)


def test_a_node_is_stored_as_it_is_told() -> None:
    wanted = spec.parse(
        {"heap": "512", "volume": "data:10G:mount", "failoverDelay": "5s", "failoverMaxTries": "3"}
    )
    assert NodeSpec.from_json(wanted.to_json()) == wanted
    assert spec.parse({"heap": "", "volume": ""}, wanted) == replace(wanted, heap=1024, volumes=())


@pytest.mark.parametrize(
    ("change", "restart"),
    [({"heap": "512"}, ("heap",)), ({"jvmOptions": "-Xint"}, ("jvmOptions",)), ({"failoverDelay": "5s"}, ())],
)
def test_what_takes_effect_at_once_needs_no_restart(change: dict[str, str], restart: tuple[str, ...]) -> None:
    assert spec.modified(NodeSpec(), spec.parse(change)) == restart


def test_a_node_is_on_a_host_of_its_own_with_the_ports_that_others_know() -> None:
    wanted = spec.parse({"volume": "data:10G", "constraints": "zone=groupBy:3", "failoverDelay": "5s"})
    need = SERVICE.requirement("1", wanted.to_json())
    assert need.ports == (PortWant("http", ((9200, 9200),)), PortWant("transport", ((9300, 9300),)))
    assert need.volumes == (VolumeWant("data", 10240),)
    assert need.constraints == {"zone": "groupBy:3", "hostname": "unique"}
    assert need.failover_delay == 5.0


def running(number: int, state: TaskState = TaskState.RUNNING) -> Instance:
    plain = NodeSpec().to_json()
    ports = {"http": 9200, "transport": 9300}
    task = Task(f"t{number}", "a", f"host-{number}", state, plain, ports=ports)
    return Instance(str(number), plain, SERVICE.requirement(str(number), plain), True, task)


THREE = {str(one): running(one) for one in (1, 2, 3)}


def test_the_launcher_is_told_by_its_environment_and_no_password_is_in_it() -> None:
    one = running(1)
    assert one.task is not None
    info = SERVICE.task_info(one, one.task, ())
    said = {each["name"]: each["value"] for each in info["command"]["environment"]["variables"]}
    assert said == {
        "ELASTIC_NODE_ID": "1",
        "ELASTIC_HEAP_MB": "1024",
        "ELASTIC_PORT_HTTP": "9200",
        "ELASTIC_PORT_TRANSPORT": "9300",
        "ELASTIC_JVM_OPTIONS": "",
        "ELASTIC_DATA": "data",
    }
    assert info["command"]["value"] == "exec /etc/meridian/elasticsearch/node-task"
    assert info["command"]["user"] == "elasticsearch"


@pytest.mark.parametrize(
    ("seen", "stop", "whole"),
    [
        (ClusterHealth(NOW, "green", 3), "", ""),
        (
            ClusterHealth(NOW, "yellow", 3, unassigned=2),
            "the cluster is yellow, with 2 unassigned shards",
            "the cluster is yellow",
        ),
        (
            ClusterHealth(NOW, "green", 2),
            "1 of 3 nodes would be left, which is no majority",
            "2 of 3 nodes have joined",
        ),
        (ClusterHealth(NOW, problem="no node runs"), "no node runs", "no node runs"),
    ],
)
def test_a_node_goes_down_only_from_green_and_never_the_majority(
    seen: ClusterHealth, stop: str, whole: str
) -> None:
    assert SERVICE.why_not_stop("1", seen, THREE) == stop
    assert SERVICE.why_not_whole("1", seen, THREE) == whole


@pytest.mark.parametrize(
    "instances",
    [
        {**THREE, "1": replace(THREE["1"], task=None)},
        {**THREE, "1": running(1, TaskState.STARTING)},
        {name: one for name, one in THREE.items() if name != "1"},
    ],
)
def test_a_node_that_does_not_run_may_go(instances: Mapping[str, Instance]) -> None:
    assert SERVICE.why_not_stop("1", ClusterHealth(NOW, "red", 2), instances) == ""


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (None, [1, 2, 3]),
        (ClusterHealth(NOW, "green", 3, master="host-1"), [2, 3, 1]),
        (ClusterHealth(NOW, "green", 3, master="elsewhere"), [1, 2, 3]),
    ],
)
def test_the_elected_master_goes_last(seen: ClusterHealth | None, expected: list[int]) -> None:
    assert nodes.order([3, 1, 2], seen, THREE) == expected


def test_a_node_that_runs_as_another_than_it_is_to_be_shows_it() -> None:
    one = replace(THREE["1"], spec=spec.parse({"heap": "512"}).to_json())
    view = nodes.view(one, State(instances={"1": one}), NOW)
    assert (view.state, view.modified, view.task and view.task.hostname) == ("running", True, "host-1")


@pytest.mark.parametrize(
    ("seen", "why"),
    [
        (None, "the cluster was not asked yet"),
        (ClusterHealth(NOW - 5, "green", 1), "the cluster was not asked yet"),
        (ClusterHealth(NOW + 5, problem="refused"), "has not joined the cluster (refused)"),
        (ClusterHealth(NOW + 5, "green", 0), "0 of 1 nodes have joined"),
        (ClusterHealth(NOW + 5, "yellow", 1), ""),
    ],
)
def test_a_node_has_started_when_it_has_joined_the_cluster(seen: ClusterHealth | None, why: str) -> None:
    task = Task("t", "a", "a.example", TaskState.RUNNING, {}, running_since=NOW)
    instance = Instance("1", {}, SERVICE.requirement("1", {}), active=True, task=task)
    assert nodes.why_not_up(instance, seen, {"1": instance}) == why
