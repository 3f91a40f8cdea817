"""Metrics for Prometheus and a health check, by HTTP on an address of the node's own."""

import json
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from meridian.common.errors import MeridianError


class Metrics:
    """A server that tells the facts it was last given.

    :param address: ``host:port``; empty: no server.
    :param text: puts the facts into Prometheus' format.
    :raises MeridianError: the address is taken or none of this machine's.
    """

    def __init__(self, address: str, text: Callable[[Mapping[str, Any]], str]) -> None:
        self._text = text
        self.facts: Mapping[str, Any] = {"state": "starting"}
        self._server: ThreadingHTTPServer | None = None
        if not address:
            return
        host, _, port = address.rpartition(":")
        try:
            self._server = ThreadingHTTPServer((host, int(port)), self._handler())
        except (OSError, ValueError) as error:
            raise MeridianError(f"metrics: cannot listen on {address}: {error}") from error
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Stop serving."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        metrics = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path == "/metrics":
                    self._answer(200, "text/plain; version=0.0.4", metrics._text(metrics.facts))
                elif self.path == "/health":
                    state = metrics.facts.get("state")
                    facts = {"state": state, "problems": metrics.facts.get("problems", [])}
                    self._answer(200 if state == "running" else 503, "application/json", json.dumps(facts))
                else:
                    self._answer(404, "text/plain", "there are /metrics and /health\n")

            def _answer(self, status: int, kind: str, body: str) -> None:
                content = body.encode()
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing of each request."""

        return Handler
