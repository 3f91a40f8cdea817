"""Files of a task, read from an agent that speaks TLS, over real HTTP."""

import base64
import json
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from kafka_scheduler.core.model import Task, TaskState
from kafka_scheduler.mesos.http import Access
from kafka_scheduler.sandbox import Sandbox

from tests.unit.kafka_scheduler import certificates

_FILE = b"one\ntwo\nthree\n"


class _Agent(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["read_file"]
        part = _FILE[asked["offset"] :][: asked["length"]]
        said = {"size": len(_FILE), "data": base64.b64encode(part).decode()}
        text = json.dumps({"type": "READ_FILE", "read_file": said}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *arguments: object) -> None:
        pass


@pytest.fixture(params=[True, False], ids=["tls", "plain"])
def agent(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[int, Access]]:
    """An agent's port, and how its framework speaks to it."""
    server = HTTPServer(("127.0.0.1", 0), _Agent)
    access = Access()
    if request.param:
        certificates.write(tmp_path)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tmp_path / "server.pem", tmp_path / "server.key")
        server.socket = context.wrap_socket(server.socket, server_side=True)
        access = Access(ca=tmp_path / "ca.pem")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_address[1], access
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("told", ["127.0.0.1:{}", "http://127.0.0.1:{}", "https://127.0.0.1:{}"])
def test_the_log_is_read_by_the_own_settings_whatever_scheme_mesos_has_told(
    agent: tuple[int, Access], told: str
) -> None:
    port, access = agent
    task = Task("t", "a", "localhost", TaskState.RUNNING, {}, url=told.format(port))
    assert Sandbox(access).tail(task, "F", "stdout", 2, 5.0) == "two\nthree"
