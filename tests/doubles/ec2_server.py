"""Amazon EC2 as a real HTTP server: moto, with the bad days that a cloud has.

Stands in for Amazon's API: ``python -m tests.doubles.ec2_server`` prints its port and serves until it is
ended. Faults are ordered, and the machines counted behind the API's back, over ``/meridian-test``.
"""

import json
import re
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

CONTROL = "/meridian-test"
_NAMESPACE = b"http://ec2.amazonaws.com/doc/2016-11-15"
_ERROR = """<?xml version="1.0" encoding="UTF-8"?>
<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors>
<RequestID>5e7d0000-0000-4000-8000-000000000000</RequestID></Response>"""


@dataclass
class Faults:
    """What goes wrong.

    :ivar every: each call whose number is divisible by it is turned away as too many, 0 for none.
    :ivar lost: answers that never arrive though the work was done: how many more, by action.
    :ivar down: whether nothing is answered at all.
    :ivar down_after: action to how many of it are still answered before everything is down.
    :ivar quota: how many machines the account may have, 0 for any number.
    :ivar answer: code, message and HTTP status that every call gets, if any.
    :ivar answers: the same by action.
    """

    every: int = 0
    lost: dict[str, int] = field(default_factory=dict)
    down: bool = False
    down_after: dict[str, int] = field(default_factory=dict)
    quota: int = 0
    answer: list[Any] = field(default_factory=list)
    answers: dict[str, list[Any]] = field(default_factory=dict)


class Server:
    """The server in a process of its own, as a test uses it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.doubles.ec2_server"],
            cwd=Path(__file__).resolve().parents[2],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())

    def stop(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()

    def reset(self) -> None:
        """Forget all machines, faults and counts."""
        self._control("reset", {})

    def faults(self, faults: Faults) -> None:
        """Have exactly these things go wrong from now on."""
        self._control("faults", asdict(faults))

    def machines(self) -> list[dict[str, Any]]:
        """Return the machines that are not terminated, as :func:`_living` describes them."""
        return list(self._control("machines")["machines"])

    def volumes(self) -> list[dict[str, Any]]:
        """Return the volumes: ``id, size, type, attached``."""
        return list(self._control("machines")["volumes"])

    def calls(self) -> dict[str, int]:
        """Return how many calls there were, by action; those that were turned away included."""
        return dict(self._control("machines")["calls"])

    def _control(self, what: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{CONTROL}/{what}",
            data=None if body is None else json.dumps(body).encode(),
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return dict(json.loads(answer.read()))


class Unreliable:
    """WSGI middleware in front of moto."""

    def __init__(self, cloud: Callable[..., Iterable[bytes]]) -> None:
        self._cloud = cloud
        self._lock = threading.Lock()
        self._faults = Faults()
        self._number = 0
        self._calls: dict[str, int] = {}

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"].startswith(CONTROL):
            return self._controlled(environ, start)
        action = _action(environ)
        with self._lock:
            verdict = self._judge(action)
        if verdict == "cut":
            return _cut(environ)
        if isinstance(verdict, list):
            return _refused(start, *verdict)
        answer = self._answered(environ)
        if verdict == "lost":
            return _cut(environ)
        status, headers, body = answer
        # Amazon's namespace ends with a slash, and its errors have none; libcloud finds nothing in moto's.
        wanted = b' xmlns="%s/"' % _NAMESPACE if status < "4" else b""
        body = re.sub(rb' xmlns="%s/?"' % _NAMESPACE, wanted, body)
        headers = [(key, value) for key, value in headers if key.lower() != "content-length"]
        start(status, [*headers, ("Content-Length", str(len(body)))])
        return [body]

    def _judge(self, action: str) -> Any:
        """Say what becomes of a call: "cut", "lost", an error, or nothing unusual."""
        faults = self._faults
        self._number += 1
        self._calls[action] = self._calls.get(action, 0) + 1
        if action in faults.down_after:
            faults.down_after[action] -= 1
            faults.down = faults.down or faults.down_after[action] < 0
        if faults.down:
            return "cut"
        if faults.answer or action in faults.answers:
            return faults.answer or faults.answers[action]
        if faults.every and self._number % faults.every == 0:
            return ["RequestLimitExceeded", "Request limit exceeded.", 503]
        if action == "RunInstances" and faults.quota and len(_living()) >= faults.quota:
            return ["InstanceLimitExceeded", f"You have requested more instances than your current limit of "
                    f"{faults.quota} allows.", 400]  # fmt: skip
        if faults.lost.get(action, 0) > 0:
            faults.lost[action] -= 1
            return "lost"
        return None

    def _answered(self, environ: dict[str, Any]) -> tuple[str, list[tuple[str, str]], bytes]:
        held: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], problem: Any = None) -> None:
            held[:] = [status, headers]

        body = b"".join(self._cloud(environ, start))
        return held[0], held[1], body

    def _controlled(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        what = environ["PATH_INFO"].removeprefix(f"{CONTROL}/")
        given = json.loads(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)) or b"{}")
        with self._lock:
            if what == "faults":
                self._faults = Faults(**given)
            elif what == "reset":
                _backends().reset()
                self._faults, self._number, self._calls = Faults(), 0, {}
            found = {"machines": _living(), "volumes": _volumes(), "calls": dict(self._calls)}
        start("200 OK", [("Content-Type", "application/json")])
        return [json.dumps(found).encode()]


def _action(environ: dict[str, Any]) -> str:
    return parse_qs(environ["QUERY_STRING"]).get("Action", [""])[0]


def _cut(environ: dict[str, Any]) -> Iterable[bytes]:
    environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    raise ConnectionAbortedError


def _refused(start: Callable[..., Any], code: str, message: str, status: int) -> Iterable[bytes]:
    body = _ERROR.format(code=code, message=message).encode()
    start(f"{status} Refused", [("Content-Type", "text/xml"), ("Content-Length", str(len(body)))])
    return [body]


def _backends() -> Any:
    import moto.backends

    return moto.backends.get_backend("ec2")


def _regions() -> list[Any]:
    return [backend for regions in _backends().values() for backend in regions.values()]


def _living() -> list[dict[str, Any]]:
    """Return id, name, type, state, tags, groups, key and user data (in base64, as sent) of each machine."""
    found = []
    for backend in _regions():
        for reservation in backend.reservations.values():
            for machine in reservation.instances:
                if machine._state.name in ("terminated", "shutting-down"):
                    continue
                tags = {tag["key"]: tag["value"] for tag in machine.get_tags()}
                found.append(
                    {
                        "id": machine.id,
                        "name": tags.pop("Name", ""),
                        "type": machine.instance_type,
                        "state": machine._state.name,
                        "tags": tags,
                        "groups": sorted(group.name for group in machine.security_groups),
                        "user_data": str(machine.user_data or ""),
                        "key": machine.key_name,
                    }
                )
    return found


def _volumes() -> list[dict[str, Any]]:
    return [
        {
            "id": volume.id,
            "size": volume.size,
            "type": volume.volume_type,
            "attached": volume.attachment.instance.id if volume.attachment else "",
        }
        for backend in _regions()
        for volume in backend.volumes.values()
    ]


def main() -> None:
    """Serve on a free port of the loopback address."""
    from moto.server import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import WSGIRequestHandler, make_server

    app = Unreliable(DomainDispatcherApplication(create_backend_app))
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=WSGIRequestHandler)
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
