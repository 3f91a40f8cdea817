"""A Connect worker's REST interface in memory, over plain HTTP, for tests of those who talk to it."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

State = dict[str, dict[str, Any]]


class ConnectDouble:
    """What all workers of a group share.

    :ivar connectors: name → ``{"config", "state", "trace", "tasks": [{"id", "state", "trace"}], "offsets"}``.
        One with an empty state has no status yet.
    :ivar requests: ``METHOD path`` of all that was asked, in order.
    :ivar left: offsets of connectors that were deleted.
    :ivar conflicts: how many of the next requests meet a rebalance (409).
    :ivar on_restart: called with the connector's entry when a restart is asked for.
    """

    def __init__(self) -> None:
        self.connectors: State = {}
        self.requests: list[str] = []
        self.left: dict[str, list[dict[str, Any]]] = {}
        self.conflicts = 0
        self.on_restart: Callable[[dict[str, Any]], None] = lambda connector: None

    def add(self, name: str, config: dict[str, str], state: str = "RUNNING") -> dict[str, Any]:
        """Put a connector there, with one task in its state."""
        tasks = [] if state == "STOPPED" else [{"id": 0, "state": state}]
        self.connectors[name] = {"config": dict(config), "state": state, "tasks": tasks, "offsets": []}
        return self.connectors[name]

    def answer(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        """Return status code and JSON of an answer."""
        self.requests.append(f"{method} {path}")
        if self.conflicts:
            self.conflicts -= 1
            return 409, {"error_code": 409, "message": "a rebalance is in progress"}
        parts = [part for part in path.split("?")[0].split("/") if part]
        if parts == ["health"]:
            return 200, {"status": "healthy"}
        if not parts:
            return 200, {"kafka_cluster_id": "double"}
        if len(parts) == 1:
            return self._all(method, path, body)
        name, verb = parts[1], parts[-1] if len(parts) > 2 else ""
        if verb == "config" and method == "PUT":
            if name not in self.connectors:
                self.add(name, body)
            self.connectors[name]["config"] = body
            return 200, body
        if name not in self.connectors:
            return 404, {"error_code": 404, "message": f"Connector {name} not found"}
        return self._patch(name, body) if method == "PATCH" else self._one(method, name, verb)

    def _all(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        if method == "POST":
            if "connector.class" not in body["config"]:
                return 400, {"error_code": 400, "message": "connector.class is missing"}
            made = self.add(body["name"], body["config"], body.get("initial_state", "RUNNING"))
            # Offsets are kept by name, and outlive a connector.
            made["offsets"] = self.left.pop(body["name"], [])
            return 201, body
        expanded = {}
        for name, entry in self.connectors.items():
            if "expand=status" not in path:
                expanded[name] = {"info": {"config": entry["config"]}}
            elif entry["state"]:
                expanded[name] = {"info": {"config": entry["config"]}, "status": self._status(name)}
        return 200, expanded

    def _one(self, method: str, name: str, verb: str) -> tuple[int, Any]:
        entry = self.connectors[name]
        if method == "DELETE":
            self.left[name] = self.connectors.pop(name)["offsets"]
            return 204, None
        if verb == "status":
            return 200, self._status(name)
        if verb == "offsets":
            return 200, {"offsets": entry["offsets"]}
        if verb == "restart":
            self.on_restart(entry)
            return 202, None
        states = {"pause": "PAUSED", "resume": "RUNNING", "stop": "STOPPED"}
        entry["state"] = states[verb]
        # A stopped connector has no tasks, and gets them back when it runs.
        tasks = entry["tasks"] or ([{"id": 0}] if verb == "resume" else [])
        entry["tasks"] = [] if verb == "stop" else [{**task, "state": states[verb]} for task in tasks]
        return 202, None

    def _patch(self, name: str, body: Any) -> tuple[int, Any]:
        entry = self.connectors[name]
        if entry["state"] != "STOPPED" or entry["tasks"]:
            return 400, {"error_code": 400, "message": f"Connector {name} must be in the STOPPED state"}
        kept = [
            one
            for one in entry["offsets"]
            if one["partition"] not in [new["partition"] for new in body["offsets"]]
        ]
        entry["offsets"] = [*kept, *body["offsets"]]
        return 200, {"message": "The offsets for this connector have been altered successfully"}

    def _status(self, name: str) -> dict[str, Any]:
        entry = self.connectors[name]
        connector = {"state": entry["state"], "trace": entry.get("trace", "")}
        return {"name": name, "connector": connector, "tasks": entry["tasks"]}

    @contextmanager
    def worker(self) -> Iterator[str]:
        """Serve on a free port of the loopback; yields the URL."""
        double = self

        class Handler(BaseHTTPRequestHandler):
            def _serve(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length)) if length else None
                status, answer = double.answer(self.command, self.path, body)
                content = b"" if answer is None else json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _serve

            def log_message(self, *args: Any) -> None:
                """Say nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            server.server_close()
            thread.join()
