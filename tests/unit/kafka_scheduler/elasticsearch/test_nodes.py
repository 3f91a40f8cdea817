"""Elasticsearch as a service on the core."""

import json
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from kafka_scheduler.core.engine import handle
from kafka_scheduler.core.model import Instance, PortWant, Task, TaskState, VolumeWant
from kafka_scheduler.core.placing import Framework
from kafka_scheduler.core.state import Call, Offers, Settings, State, Subscribed, Updated
from kafka_scheduler.core.turn import Turn
from kafka_scheduler.core.updates import Status
from kafka_scheduler.elasticsearch import nodes, scheduler
from kafka_scheduler.elasticsearch.nodes import Health, Nodes, NodeSpec
from kafka_scheduler.elasticsearch.watch import Watch
from meridian.errors import MeridianError

from tests.unit.kafka_scheduler.core.build import NOW, offer

SERVICE = Nodes("elasticsearch", scheduler.LAUNCHER, "elasticsearch")


def test_the_file_says_scheduler_and_nodes(tmp_path: Path) -> None:
    file = tmp_path / "elasticsearch.properties"
    file.write_text(
        "# ours\nmaster=zk://a/mesos\nframework-name=elasticsearch\nnode.count=5\nnode.heap=512\n"
        "node.volume=data:10G:mount\nnode.secret=/s\n",
        encoding="utf-8",
    )
    found = scheduler.load(file)
    assert (found.scheduler.framework_name, found.count, found.spec.heap) == ("elasticsearch", 5, 512)
    assert found.secret == Path("/s")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"cpu": "1"}, "node.cpu: there is no such key; known are cpus"),
        ({"heap": "much"}, "node.heap: 'much' is no number"),
        ({"heap": "2000", "mem": "2048"}, "more than half of node.mem"),
        ({"constraints": "rack=x"}, "expected like:re"),
    ],
)
def test_what_is_wrong_is_said(given: dict[str, str], said: str) -> None:
    with pytest.raises(MeridianError, match=said):
        nodes.parse(given)


def test_a_node_is_on_a_host_of_its_own_with_fixed_ports() -> None:
    spec = nodes.plain(nodes.parse({"volume": "data:10G", "constraints": "zone=groupBy:3"}))
    need = SERVICE.requirement("0", spec)
    assert need.ports == (PortWant("http", ((9200, 9200),)), PortWant("transport", ((9300, 9300),)))
    assert need.volumes == (VolumeWant("data", 10240),)
    assert need.constraints == {"zone": "groupBy:3", "hostname": "unique"}


def running(number: int) -> Instance:
    plain = nodes.plain(NodeSpec())
    task = Task(
        f"t{number}", "a", "127.0.0.1", TaskState.RUNNING, plain, ports={"http": 9200, "transport": 9300}
    )
    return Instance(str(number), plain, SERVICE.requirement(str(number), plain), True, task)


def test_the_launcher_is_told_by_its_environment() -> None:
    one = running(0)
    assert one.task is not None
    info = SERVICE.task_info(one, one.task, ())
    said = {each["name"]: each["value"] for each in info["command"]["environment"]["variables"]}
    assert said["ELASTIC_HEAP_MB"] == "1024"
    assert (said["ELASTIC_PORT_HTTP"], said["ELASTIC_DATA"]) == ("9200", "data")
    assert info["command"]["value"] == "exec /etc/meridian/elasticsearch/node-task"


@pytest.mark.parametrize(
    ("health", "stop", "whole"),
    [
        (Health(NOW, "green", 2), "", ""),
        (Health(NOW, "yellow", 2), "the cluster is yellow", "the cluster is yellow"),
        (Health(NOW, "green", 1), "", "1 of 2 nodes have joined"),
        (Health(NOW, problem="no node runs"), "no node runs", "no node runs"),
    ],
)
def test_a_node_goes_down_only_from_green(health: Health, stop: str, whole: str) -> None:
    instances = {str(one): running(one) for one in range(2)}
    assert SERVICE.why_not_stop("0", health, instances) == stop
    assert SERVICE.why_not_whole("0", health, instances) == whole
    assert SERVICE.why_not_stop("0", health, {"0": replace(instances["0"], task=None)}) == ""


def test_another_file_starts_nodes_and_restarts_those_that_are_different() -> None:
    state = State()

    def turn(change: Any) -> list[Call]:
        nonlocal state
        settings = Settings(Framework("elasticsearch", "brokers"))
        ids = iter(range(1000 * len(state.counters), 10**6))
        made = Turn(state, NOW, settings, SERVICE, lambda: str(next(ids)))
        change(made)
        state, actions = made.finish()
        return [one for one in actions if isinstance(one, Call)]

    turn(lambda made: handle(made, Subscribed("F")))
    turn(lambda made: scheduler.want(made, NodeSpec(), 2))
    wide = {"first": 9000, "last": 9999}
    turn(lambda made: handle(made, Offers((offer("a", **wide), offer("b", **wide), offer("c", **wide)))))
    tasks = [one.task for one in state.instances.values()]
    assert len({task.hostname for task in tasks if task}) == 2
    for task in tasks:
        assert task is not None
        status = Status(task.id, task.agent_id, "TASK_RUNNING")
        turn(lambda made, said=status: handle(made, Updated(said)))
    turn(lambda made: scheduler.want(made, NodeSpec(), 2))
    assert [one.kind for one in state.plans] == ["deploy"]
    turn(lambda made: scheduler.want(made, NodeSpec(heap=512), 3))
    assert [one.kind for one in state.plans] == ["deploy", "deploy", "restart"]
    assert [one.instance for one in state.plans[-1].phases[0].steps] == ["0", "1"]
    assert state.instances["2"].active


@pytest.fixture
def answering() -> Iterator[int]:
    """A node that says that it is green, to those who know its password."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known = self.headers.get("Authorization") == "Basic ZWxhc3RpYzpzZWNyZXQ="
            self.send_response(200 if known else 401)
            self.end_headers()
            self.wfile.write(json.dumps({"status": "green", "number_of_nodes": 3}).encode())

        def log_message(self, format: str, *arguments: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield int(server.server_address[1])
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("secret", "status", "problem"), [("secret", "green", ""), ("wrong", "", "answers 401")]
)
def test_the_cluster_is_asked(answering: int, tmp_path: Path, secret: str, status: str, problem: str) -> None:
    one = running(0)
    assert one.task is not None
    one = replace(one, task=replace(one.task, ports={"http": answering}))
    (tmp_path / "secret").write_text(f"{secret}\n", encoding="utf-8")
    state = State(instances={"0": one})
    found = Watch(lambda: state, lambda health: None, None, "elastic", tmp_path / "secret").look()
    assert found.status == status
    assert problem in found.problem
