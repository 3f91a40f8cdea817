"""REST and command line of the scheduler of Elasticsearch, over the real engine and storage."""

import base64
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import jsonschema
import pytest
from kafka_scheduler.api.application import Application, Request
from kafka_scheduler.api.http_server import HttpServer
from kafka_scheduler.api.settings import ApiSettings, User
from kafka_scheduler.cli.main import main
from kafka_scheduler.core.loop import Loop
from kafka_scheduler.core.placing import Framework
from kafka_scheduler.core.state import Call, Observed, Offers, Settings, Subscribed, Updated
from kafka_scheduler.core.updates import Status
from kafka_scheduler.elasticsearch import openapi
from kafka_scheduler.elasticsearch.context import Context
from kafka_scheduler.elasticsearch.nodes import Nodes
from kafka_scheduler.elasticsearch.routes import DESCRIPTION, ROUTES
from kafka_scheduler.elasticsearch.service import ElasticService, Parts
from kafka_scheduler.elasticsearch.views import ClusterHealth
from kafka_scheduler.storage.file import FileStorage
from meridian.common.errors import MeridianError

from tests.unit.kafka_scheduler.core.build import NOW, offer

_SECRET = "secret"
_USERS = (User("api", lambda: _SECRET),)
_DOCUMENT = openapi.document()


class Lab:
    """A scheduler, with a master and a cluster that the test plays."""

    def __init__(self, folder: Path) -> None:
        self.calls: list[Call] = []
        fatal: list[MeridianError] = []
        storage = FileStorage(folder / "state.json", "elasticsearch")
        storage.lead("https://here:7001", fatal.append)
        framework = Settings(Framework("elasticsearch", "brokers"))
        self.loop = Loop(framework, Nodes("elasticsearch", "/launcher"), storage, self._send, fatal.append)
        self.loop.start()
        mesos = SimpleNamespace(send=self._send, heard=NOW * 1e6, subscribed=NOW, problem="", master="m")
        self.watch = SimpleNamespace(seen=None)
        self.ended = threading.Event()
        service = ElasticService(storage, self.ended.set)
        parts = Parts(self.loop, cast(Any, mesos), cast(Any, None), cast(Any, self.watch))
        service.lead(parts)
        self.loop.post(Subscribed("F"))
        context = Context(service, openapi.document)
        self.application = Application(ROUTES, context, service.health, _USERS, DESCRIPTION)

    def _send(self, call: Call) -> bool:
        self.calls.append(call)
        return True

    def ask(self, path: str, status: int = 200) -> Any:
        """Ask by POST."""
        token = base64.b64encode(f"api:{_SECRET}".encode()).decode()
        target = path if path.startswith("/") else f"/v1/elasticsearch/{path}"
        method = "GET" if target == "/metrics" else "POST"
        answer = self.application.answer(Request(method, target, {"authorization": f"Basic {token}"}))
        assert answer.status == status, answer.body
        return answer.body

    def run_all(self, *names: str) -> None:
        """Offer hosts, and say that tasks run there."""
        wide = {"first": 9000, "last": 9999}
        self.loop.post(Offers(tuple(offer(f"host-{name}", **wide) for name in names)))
        for name in names:
            assert self.loop.wait(lambda state, one=name: bool(state.instances[one].task), 20)
            task = self.loop.state.instances[name].task
            assert task is not None
            self.loop.post(Updated(Status(task.id, task.agent_id, "TASK_RUNNING")))

    def see(self, status: str, nodes: int, **more: Any) -> None:
        """Let the cluster say how it is."""
        import time

        self.watch.seen = ClusterHealth(time.time(), status, nodes, **more)
        self.loop.post(Observed(self.watch.seen))


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    made = Lab(tmp_path)
    yield made
    made.loop.close()


@pytest.fixture
def three(lab: Lab) -> Lab:
    """Three nodes that run."""
    lab.ask("node/add?node=1..3&heap=512&volume=")
    lab.ask("node/start?node=*&timeout=0")
    lab.run_all("1", "2", "3")
    running = ["running"] * 3
    assert lab.loop.wait(lambda _: [one["state"] for one in lab.ask("node/list")["nodes"]] == running, 20)
    return lab


def resolve(schema: Any) -> Any:
    """Put schemas in the place of references."""
    if isinstance(schema, dict):
        if "$ref" in schema:
            return resolve(openapi.SCHEMAS[schema["$ref"].rsplit("/", 1)[1]])
        return {key: resolve(value) for key, value in schema.items()}
    return [resolve(one) for one in schema] if isinstance(schema, list) else schema


def test_every_answer_is_as_described(three: Lab) -> None:
    three.see("green", 3, master="host-1")
    plan = three.ask("node/restart?node=1&timeout=0")["plan"]
    asked = [
        "node/list",
        "node/add?node=7&portTransport=9301&constraints=zone=groupBy",
        "node/update?node=7&failoverMaxTries=3",
        "node/remove?node=7",
        "node/start?node=3&timeout=0",
        "cluster",
        "plan/list",
        f"plan/pause?plan={plan}",
        f"plan/continue?plan={plan}",
        f"plan/force?plan={plan}&node=1",
        f"plan/cancel?plan={plan}",
        "node/stop?node=2&force&timeout=0",
        "loglevel",
        "health",
        "scheduler/stop",
    ]
    for one in asked:
        path = "/v1/elasticsearch/" + one.split("?")[0]
        described = _DOCUMENT["paths"][path]["post"]["responses"]["200"]["content"]["application/json"]
        jsonschema.validate(three.ask(one), resolve(described["schema"]))
    assert three.ended.is_set()
    left = {one.path.removeprefix("/v1/elasticsearch/") for one in ROUTES if "POST" in one.methods}
    assert left - {one.split("?")[0] for one in asked} == {"node/restart", "node/log", "node/volume/give-up"}


def test_all_is_under_a_version_and_every_schema_is_used() -> None:
    outside = {path for path in _DOCUMENT["paths"] if not path.startswith("/v1/elasticsearch/")}
    assert outside == {"/health", "/metrics"}
    text = json.dumps(_DOCUMENT)
    assert [name for name in openapi.SCHEMAS if f"#/components/schemas/{name}" not in text] == []


def test_what_cannot_be_is_refused_with_its_reason(three: Lab) -> None:
    assert three.ask("node/add?node=1", 409) == {"error": "1: there already; nothing was added"}
    assert three.ask("node/list?node=x", 400)["error"].startswith("'x' is no broker expression")
    assert three.ask("node/start?node=9", 404) == {"error": "node 9: there is none of that id"}
    assert "more than half of mem" in three.ask("node/update?node=1&heap=2000", 400)["error"]
    assert "is active; stop it first" in three.ask("node/remove?node=1", 409)["error"]


def test_one_node_goes_at_a_time_the_master_last_and_only_from_green(three: Lab) -> None:
    three.see("yellow", 3, master="host-1", unassigned=1)
    three.ask("node/update?node=*&heap=256")
    plan = three.ask("node/restart?node=*&timeout=0")["plan"]
    steps = three.ask("plan/list")["plans"][0]["phases"][0]["steps"]
    assert [one["node"] for one in steps] == ["2", "3", "1"]
    assert (steps[0]["status"], steps[0]["message"]) == (
        "blocked",
        "the cluster is yellow, with 1 unassigned shards",
    )
    three.see("green", 3, master="host-1")
    assert three.loop.wait(lambda _: any(call.kind == "KILL" for call in three.calls), 20)
    states = {one["node"]: one["status"] for one in three.ask("plan/list")["plans"][0]["phases"][0]["steps"]}
    assert states == {"2": "running", "3": "pending", "1": "pending"}
    assert three.ask(f"plan/cancel?plan={plan}")["status"] in ("cancelled", "running")


def test_metrics_tell_of_nodes_and_of_their_cluster(three: Lab) -> None:
    three.see("yellow", 3, unassigned=4)
    lines = three.ask("/metrics").splitlines()
    for line in (
        'elasticsearch_scheduler_nodes{state="running"} 3',
        'elasticsearch_scheduler_cluster_status{status="yellow"} 1',
        'elasticsearch_scheduler_cluster_status{status="green"} 0',
        "elasticsearch_scheduler_cluster_nodes 3",
        "elasticsearch_scheduler_cluster_unassigned_shards 4",
        "elasticsearch_scheduler_leader 1",
    ):
        assert line in lines


def test_commands_ask_it(
    three: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "api").write_text(_SECRET, encoding="utf-8")
    server = HttpServer(three.application, ApiSettings("http://127.0.0.1:0", "127.0.0.1", _USERS))
    server.start()
    try:
        monkeypatch.setenv("ELASTICSEARCH_SCHEDULER_API", f"http://127.0.0.1:{server.port}")
        monkeypatch.setenv("ELASTICSEARCH_SCHEDULER_SECRET_FILE", str(tmp_path / "api"))
        three.see("green", 3, master="host-1")
        words = {
            "node list --quiet": "1 running\n2 running\n3 running\n",
            "cluster": "status: green\nnodes: 3\nmaster: host-1\nunassigned shards: 0\n",
            "health": "ok\n",
        }
        for said, printed in words.items():
            assert main(["elasticsearch", *said.split()]) == 0
            assert capsys.readouterr().out == printed
        assert main(["elasticsearch", "node", "update", "2", "--heap", "256"]) == 0
        shown = capsys.readouterr().out
        assert "state: running (modified, needs restart)" in shown
        assert "heap:256, port:9200, port-transport:9300" in shown
        assert main(["elasticsearch", "node", "start", "9"]) == 1
        assert capsys.readouterr().err == "kafka-scheduler: node 9: there is none of that id\n"
    finally:
        server.stop()
