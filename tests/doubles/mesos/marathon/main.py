"""marathon: flags, election, and who answers what."""

import asyncio
import base64
import json
import os
import sys
import uuid
import zlib
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kazoo.security import ACL, make_digest_acl

from .. import http
from ..election import Group, Place
from ..flags import refuse
from ..http import Request, Response, Server, Stream
from ..security import principal_of
from . import stores
from .core import Core
from .definitions import Json
from .driver import Driver
from .events import Events
from .flags import Settings, load
from .health import Checks
from .rest import Rest
from .trouble import Trouble

_STATE = ("tree", "versions", "tasks", "deployments", "failures", "framework")
_LEADER_PATIENCE = 2.5


@dataclass(frozen=True)
class _Own(Place):
    """Marathon's place: what apps are told is nobody else's to read."""

    @property
    def acl(self) -> list[ACL]:
        """Whoever has made a node, and nobody else."""
        if self.user is None:
            return super().acl
        return [make_digest_acl(self.user, self.secret, all=True)]


class Marathon:
    """One Marathon of several.

    :ivar driver: its way to Mesos, while it leads.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.events = Events()
        self.core = Core(settings, self._save, self.events.emit)
        self.driver: Driver | None = None
        self._rest = Rest(self.core)
        self._servers = [Server(self._answer)]
        self._trouble = Trouble(self)
        self._entry = {"id": str(uuid.uuid4()), "address": settings.address}
        self._group: Group | None = None
        self._leading = self._ready = False
        self._client = stores.client_context() if settings.https_port else None
        self._jobs: list[asyncio.Task[Any]] = []

    async def run(self) -> None:
        """Serve for ever."""
        settings = self.settings
        try:
            place = _Own.parse(settings.zk)
        except ValueError as problem:
            refuse(f"[scallop] Error: bad arguments for option 'zk': {problem}")
        if settings.https_port:
            context = stores.server_context(settings.keystore, settings.keystore_password)
            await self._servers[0].listen("0.0.0.0", settings.https_port, context)
        if settings.http_port:
            self._servers.append(Server(self._answer))
            await self._servers[-1].listen("0.0.0.0", settings.http_port, None)
        self._group = Group(place, settings.zk_session_timeout, self._leader_changed, self._lost)
        print(f"Marathon at {settings.address} started", file=sys.stderr, flush=True)
        await self._group.join(self._entry)
        await asyncio.Event().wait()

    def drop_all(self) -> None:
        """Cut all connections of the API."""
        for server in self._servers:
            server.drop_all()

    @property
    def _leader(self) -> str:
        found = self._group.leader if self._group else None
        return str(found["address"]) if found else ""

    def _leader_changed(self, leader: Json | None) -> None:
        mine = leader is not None and leader["id"] == self._entry["id"]
        if mine and not self._leading:
            self._leading = True
            self._start(self._lead())
        elif self._leading and not mine:
            _end("Lost leadership, ending")

    def _lost(self, reason: str) -> None:
        if self._leading:
            _end(f"Lost leadership, ending: {reason}")

    async def _lead(self) -> None:
        assert self._group is not None
        held = {name: _unpacked(await self._group.read(f"state-{name}")) for name in _STATE}
        self.core.restore(held)
        framework = str((held["framework"] or {}).get("id", ""))
        self.driver = Driver(self.settings, self.core, framework, self._remember, _end)
        self._ready = True
        print("Elected as leader", file=sys.stderr, flush=True)
        for job in (self.core.run(), self.driver.run(), Checks(self.core).run(), self.events.run()):
            self._start(job)

    def _start(self, job: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(job)
        task.add_done_callback(_must_not_end)
        self._jobs.append(task)

    async def _save(self, sections: Mapping[str, Any]) -> None:
        assert self._group is not None
        for name, content in sections.items():
            await self._group.write(f"state-{name}", _packed(content))

    async def _remember(self, framework_id: str) -> None:
        await self._save({"framework": {"id": framework_id}})

    async def _answer(self, request: Request) -> Response | Stream:
        credentials = self.settings.credentials
        if credentials is not None:
            user, word = credentials
            if principal_of(request.headers.get("authorization", ""), {user: word}) is None:
                realm = f'Basic realm="{self.settings.realm}"'
                return Response.text(401, "Unauthorized", WWW_Authenticate=realm)
        path = request.path.rstrip("/")
        if path == "/double":
            return self._trouble.answer(request)
        if path == "/ping":
            return Response.text(200, "pong")
        if path == "/metrics":
            return Response.of(
                {"gauges": {key: {"value": value} for key, value in self._rest.metrics().items()}}
            )
        if path == "/metrics/prometheus":
            metrics = self._rest.metrics().items()
            return Response.text(200, "".join(f"{key.replace('.', '_')} {value}\n" for key, value in metrics))
        meddled = await self._trouble.meddle()
        if meddled is not None:
            return meddled
        if path == "/v2/leader":
            return await self._about_leader(request)
        return await self._led(request, path)

    async def _led(self, request: Request, path: str) -> Response | Stream:
        if not await self._has_leader():
            return Response.of({"message": "Could not determine the current leader"}, 502)
        if not self._ready:
            return await self._hand_on(request, path)
        if path == "/v2/events":
            return self.events.attach(request)
        if path == "/v2/info":
            framework = self.driver.framework_id if self.driver else ""
            answer = Response.of(self._rest.info(self._leader, framework, True))
        else:
            answer = await self._rest.answer(request)
        answer.headers["X-Marathon-Leader"] = f"{self.settings.scheme}://{self.settings.address}"
        return answer

    async def _has_leader(self) -> bool:
        until = asyncio.get_running_loop().time() + _LEADER_PATIENCE
        while not self._ready and (self._leading or not self._leader):
            if asyncio.get_running_loop().time() > until:
                return False
            await asyncio.sleep(0.1)
        return True

    async def _hand_on(self, request: Request, path: str) -> Response:
        url = f"{self.settings.scheme}://{self._leader}{request.target}"
        if path == "/v2/events":
            return Response(302, headers={"Location": url})
        if "x-marathon-via" in request.headers:
            return Response.of({"message": "Detected proxying loop."}, 502)
        headers = {"X-Marathon-Via": self.settings.address}
        if "authorization" in request.headers:
            headers["Authorization"] = request.headers["authorization"]
        try:
            body = request.json()
            status, content = await http.request(request.method, url, body, headers, self._client, 15)
        except TimeoutError:
            return Response.of({"message": f"timed out while asking the leader at {self._leader}"}, 504)
        except (OSError, ValueError) as problem:
            return Response.of({"message": f"while asking the leader at {self._leader}: {problem}"}, 502)
        return Response(status, content, {"Content-Type": "application/json"})

    async def _about_leader(self, request: Request) -> Response:
        if request.method == "DELETE":
            if not self._leading:
                return await self._hand_on(request, "/v2/leader")
            asyncio.get_running_loop().call_later(0.2, _end, "Abdicated")
            return Response.of({"message": "Leadership abdicated"})
        if not self._leader:
            return Response.of({"message": "There is no leader"}, 404)
        return Response.of({"leader": self._leader})


def _packed(content: Any) -> str:
    return base64.b64encode(zlib.compress(json.dumps(content).encode())).decode()


def _unpacked(text: str | None) -> Any:
    return None if text is None else json.loads(zlib.decompress(base64.b64decode(text)))


def _end(message: str) -> None:
    """End the program at once, as Marathon does: its unit starts it again."""
    print(message, file=sys.stderr, flush=True)
    os._exit(1)


def _must_not_end(task: "asyncio.Task[Any]") -> None:
    if not task.cancelled() and task.exception() is not None:
        task.print_stack()
        _end(f"Marathon ends: {task.exception()!r}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run Marathon."""
    settings = load(sys.argv[1:] if arguments is None else arguments)
    run: Callable[[], Coroutine[Any, Any, None]] = Marathon(settings).run
    asyncio.run(run())


if __name__ == "__main__":
    main()
