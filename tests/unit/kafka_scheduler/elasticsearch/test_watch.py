"""The cluster is asked how it is."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from kafka_scheduler.core.model import Instance, Requirement, Task, TaskState
from kafka_scheduler.core.state import State
from kafka_scheduler.elasticsearch.watch import Watch

_ANSWERS = {
    "/_cluster/health": {"status": "green", "number_of_nodes": 3, "unassigned_shards": 0},
    "/_nodes/_master?filter_path=nodes.*.name": {"nodes": {"x": {"name": "elastic-1"}}},
}


@pytest.fixture
def answering() -> Iterator[int]:
    """A node that says how it is to those who know its password."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            known = self.headers.get("Authorization") == "Basic ZWxhc3RpYzpzZWNyZXQ="
            body = json.dumps(_ANSWERS[self.path]).encode()
            self.send_response(200 if known else 401)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield int(server.server_address[1])
    server.shutdown()
    server.server_close()


def state(port: int) -> State:
    task = Task("t1", "a", "127.0.0.1", TaskState.RUNNING, {}, ports={"http": port})
    return State(instances={"1": Instance("1", {}, Requirement(), True, task)})


@pytest.mark.parametrize(
    ("secret", "status", "master", "problem"),
    [("secret", "green", "elastic-1", ""), ("wrong", "", "", "answers 401")],
)
def test_a_node_that_runs_tells(
    answering: int, tmp_path: Path, secret: str, status: str, master: str, problem: str
) -> None:
    (tmp_path / "secret").write_text(f"{secret}\n", encoding="utf-8")
    known = state(answering)
    found = Watch(lambda: known, lambda health: None, None, "elastic", tmp_path / "secret").look()
    assert (found.status, found.master) == (status, master)
    assert problem in found.problem


def test_without_a_node_that_runs_there_is_nobody_to_ask() -> None:
    found = Watch(State, lambda health: None, None, "elastic", None).look()
    assert (found.status, found.problem) == ("", "no node runs")
