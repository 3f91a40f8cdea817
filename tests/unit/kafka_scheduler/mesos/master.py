"""A master that does as a test says, over real HTTP."""

import json
import queue
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class FakeMaster:
    """Streams what a test gives it, and keeps what it is sent.

    :ivar calls: bodies of calls, with their headers under ``headers``.
    :ivar answer: status of the answer to calls, and to SUBSCRIBE when that is not 200.
    :ivar leader: where SUBSCRIBE is redirected to.
    """

    def __init__(self) -> None:
        self.calls: queue.Queue[dict[str, Any]] = queue.Queue()
        self.events: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self.refuse_subscription = 0
        self.answer = 202
        self.leader = ""
        self.subscriptions = 0
        master = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                master.calls.put({**body, "headers": dict(self.headers)})
                if body["type"] == "SUBSCRIBE":
                    self._stream()
                else:
                    self._say(master.answer)

            def _say(self, status: int, **headers: str) -> None:
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def _stream(self) -> None:
                if master.leader:
                    return self._say(307, Location=f"//{master.leader}/api/v1/scheduler")
                if master.refuse_subscription:
                    return self._say(master.refuse_subscription)
                master.subscriptions += 1
                self.send_response(200)
                self.send_header("Transfer-Encoding", "chunked")
                self.send_header("Mesos-Stream-Id", f"stream-{master.subscriptions}")
                self.end_headers()
                while (event := master.events.get()) is not None:
                    text = json.dumps(event).encode()
                    record = b"%d\n%b" % (len(text), text)
                    self.wfile.write(b"%x\r\n%b\r\n" % (len(record), record))
                    self.wfile.flush()
                self.close_connection = True
                return None

            def log_message(self, format: str, *arguments: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        """``host:port``."""
        return f"127.0.0.1:{self._server.server_address[1]}"

    def subscribed(self, heartbeat: float = 15.0) -> None:
        """Stream the event that takes a scheduler on."""
        body = {"framework_id": {"value": "F"}, "heartbeat_interval_seconds": heartbeat}
        self.events.put({"type": "SUBSCRIBED", "subscribed": body})

    def call(self, kind: str) -> dict[str, Any]:
        """Return the next call, which has to be of a kind."""
        found = self.calls.get(timeout=20)
        assert found["type"] == kind, found
        return found

    def close(self) -> None:
        """End."""
        self.events.put(None)
        self._server.shutdown()
        self._server.server_close()
