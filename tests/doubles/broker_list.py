"""The part of the Kafka scheduler's API that says where brokers are: https, with a name and a password."""

import base64
import json
import ssl
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType

USER, PASSWORD = "api", "a-secret"


class BrokerList:
    """A scheduler that leads until it is told not to. Use it as a context manager.

    :ivar port: where it listens.
    :ivar brokers: broker id → name of a port → number; ``None`` for one without a task. A test changes it.
    :ivar leads: whether it is the one that leads.
    """

    def __init__(self, certificate: Path, key: Path) -> None:
        self.brokers: dict[int, Mapping[str, int] | None] = {}
        self.leads = True
        double = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, answer = double.answer(self.path, self.headers.get("Authorization", ""))
                data = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *arguments: object) -> None:
                pass

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *arguments: object) -> None:
                pass  # a health check that ends in the middle of a handshake

            def finish_request(self, request: object, client_address: object) -> None:
                # In the connection's own thread: a silent client keeps nobody else waiting.
                wrapped = context.wrap_socket(request, server_side=True)  # type: ignore[arg-type]
                super().finish_request(wrapped, client_address)

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port = int(self._server.server_address[1])

    def answer(self, path: str, authorization: str) -> tuple[int, object]:
        """Return status and JSON of a question."""
        if path == "/health":
            return (200 if self.leads else 503), {"leader": self.leads}
        expected = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if authorization != expected:
            return 401, {"error": "name and password are wanted"}
        if path != "/api/broker/list":
            return 404, {"error": "no such path"}
        if not self.leads:
            return 503, {"error": "another one leads"}
        return 200, {"brokers": [self._broker(number, ports) for number, ports in self.brokers.items()]}

    def _broker(self, number: int, ports: Mapping[str, int] | None) -> dict[str, object]:
        task = {"id": f"broker-{number}", "hostname": "127.0.0.1", "state": "running", "ports": ports}
        return {"id": number, "active": True, "task": task if ports else None}

    def __enter__(self) -> "BrokerList":
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
