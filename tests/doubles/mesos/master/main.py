"""mesos-master: flags, election, and who answers what."""

import asyncio
import os
import socket
import sys
import time
import uuid
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from types import SimpleNamespace

from .. import VERSION
from ..election import Group, Place
from ..flags import MASTER_FLAGS, Flags, refuse
from ..http import Request, Response, Server, Stream
from ..resources import Json
from ..security import Acls, Transport, principal_of, read_credentials
from . import views
from .agents_api import AgentsApi
from .cluster import Cluster
from .operator_api import WRITES, OperatorApi
from .registry import Registry
from .scheduler_api import SchedulerApi
from .trouble import Trouble

Answer = Callable[[Request], Awaitable[Response | Stream]]


class Master:
    """One master.

    :ivar elected: since when it leads; ``None`` when it does not.
    :ivar ready: whether it has read the registry.
    """

    def __init__(self, flags: Flags) -> None:
        self.flags = flags
        self.started, self.ready = time.time(), False
        self.elected: float | None = None
        self.transport = Transport()
        self.server = Server(self._answer)
        self._credentials = read_credentials(path) if (path := flags.text("credentials")) else {}
        self._check()
        self._id = str(uuid.uuid4())
        self._group: Group | None = None
        self._trouble = Trouble(self)
        self._settings = SimpleNamespace(
            allocation_interval=flags.seconds("allocation_interval", "1secs"),
            offer_timeout=flags.seconds("offer_timeout", "0secs") or None,
            ping_timeout=flags.seconds("agent_ping_timeout", "15secs"),
            max_ping_timeouts=int(flags.number("max_agent_ping_timeouts", 5)),
        )
        self._acls = Acls(flags.json("acls"))

    def _check(self) -> None:
        flags = self.flags
        if flags.flag("authenticate_http_frameworks") and not flags.text("http_framework_authenticators"):
            refuse(
                "Missing `--http_framework_authenticators` flag. This must be used in conjunction with "
                "`--authenticate_http_frameworks`"
            )
        wanted = ("frameworks", "agents", "http_frameworks", "http_readonly", "http_readwrite")
        if any(flags.flag(f"authenticate_{one}") for one in wanted) and not self._credentials:
            refuse(
                "Failed to start master with authentication enabled: no credentials (see --credentials flag)"
            )
        if flags.text("registry", "replicated_log") != "in_memory" and not flags.text("work_dir"):
            refuse("--work_dir needed for replicated log based registry")
        if flags.text("zk") and not flags.text("quorum"):
            refuse("Need to specify --quorum for replicated log based registry when using ZooKeeper")
        if flags.seconds("agent_reregister_timeout", "10mins") < 600:
            value = flags.text("agent_reregister_timeout")
            refuse(f"Invalid value '{value}' for --agent_reregister_timeout: Must be at least 10mins")

    async def run(self) -> None:
        """Serve for ever."""
        flags = self.flags
        ip = flags.text("ip") or os.environ.get("LIBPROCESS_IP") or "0.0.0.0"
        port = await self.server.listen(ip, int(flags.number("port", 5050)), self.transport.server)
        self._info = self._describe(ip, port)
        file = None
        if flags.text("registry", "replicated_log") != "in_memory":
            folder = Path(flags.text("work_dir") or "")
            folder.mkdir(parents=True, exist_ok=True)
            file = folder / "registry.json"
        if (url := flags.text("zk")) is not None:
            try:
                place = Place.parse(url)
            except ValueError as problem:
                refuse(f"Failed to create a master contender: {problem}")
            session = flags.seconds("zk_session_timeout", "10secs")
            self._group = Group(place, session, self._leader_changed, self._lost)
            file = None
        self.registry = Registry(
            self._group,
            int(flags.number("quorum", 1)),
            file,
            flags.seconds("registry_fetch_timeout", "1mins"),
            flags.seconds("registry_store_timeout", "20secs"),
        )
        print(
            f"Master {self._id} ({self._info['hostname']}) started on {ip}:{port}",
            file=sys.stderr,
            flush=True,
        )
        # Only now: who joins may lead before join() returns, and needs all of the above.
        if self._group is None:
            await self._lead()
        else:
            await self._group.join(self._info)
        await asyncio.Event().wait()

    def _describe(self, ip: str, port: int) -> Json:
        hostname = self.flags.text("hostname") or socket.getfqdn()
        shown = self.flags.text("advertise_ip") or os.environ.get("LIBPROCESS_ADVERTISE_IP") or ip
        if shown == "0.0.0.0":
            shown = _own_address()
        port = int(self.flags.number("advertise_port", port))
        return {
            "id": self._id,
            "ip": int.from_bytes(socket.inet_aton(shown), "little"),
            "port": port,
            "pid": f"master@{shown}:{port}",
            "hostname": hostname,
            "version": VERSION,
            "address": {"hostname": hostname, "ip": shown, "port": port},
            "capabilities": [{"type": "AGENT_UPDATE"}, {"type": "AGENT_DRAINING"}, {"type": "QUOTA_V2"}],
        }

    def _leader_changed(self, leader: Json | None) -> None:
        mine = leader is not None and leader["id"] == self._id
        if mine and self.elected is None:
            self._leading = asyncio.ensure_future(self._lead())
        elif self.elected is not None and not mine:
            refuse_soon("Lost leadership... committing suicide!")

    def _lost(self, reason: str) -> None:
        if self.elected is not None:
            refuse_soon("Lost leadership... committing suicide!")
        else:
            refuse_soon(f"Failed to contend: {reason}")

    async def _lead(self) -> None:
        self.elected = time.time()
        print("Elected as the leading master!", file=sys.stderr, flush=True)
        try:
            await self.registry.recover()
        except SystemExit:
            os._exit(1)
        self.cluster = Cluster(self._id, self._info, self.registry, self._acls, self._settings)
        self._scheduler, self._operator = SchedulerApi(self.cluster), OperatorApi(self)
        self._agents = AgentsApi(self.cluster)
        self.ready = True
        self._tasks = [
            asyncio.ensure_future(one) for one in (self.cluster.allocator.run(), self._ping(), self._store())
        ]

    async def _store(self) -> None:
        try:
            await self.registry.run()
        except SystemExit:
            os._exit(1)

    async def _ping(self) -> None:
        patience = self.flags.seconds("agent_reregister_timeout", "10mins")
        until = time.monotonic() + patience
        while True:
            await asyncio.sleep(self._settings.ping_timeout)
            self.cluster.ping()
            if time.monotonic() > until and self.cluster.recovered:
                now = time.time()
                self.cluster.unreachable.update(dict.fromkeys(self.cluster.recovered, now))
                for name in list(self.cluster.recovered):
                    self.registry.forget(name)
                self.cluster.recovered.clear()

    # Requests

    async def _answer(self, request: Request) -> Response | Stream:
        path = request.path.rstrip("/") or "/"
        if path == "/double":
            return await self._authenticated(request, "http_readwrite", self._trouble.answer)
        await self._trouble.patience()
        path = path.removeprefix("/master")
        if path == "/health":
            return Response(200)
        if path == "/version":
            return Response.of({"version": VERSION})
        if path == "/flags":
            shown = {name: value for name, value in self.flags.values.items() if "zk" not in name}
            return await self._authenticated(request, "http_readonly", _always(Response.of({"flags": shown})))
        if path == "/metrics/snapshot" and not self.ready:
            nothing = {"master/elected": 0.0, "master/uptime_secs": time.time() - self.started}
            return await self._authenticated(request, "http_readonly", _always(Response.of(nothing)))
        if path == "/redirect" and self.elected is not None:
            return self._redirect(request, self._info)
        if self.elected is None:
            leader = self._group.leader if self._group else None
            if leader is None:
                return Response.text(503, "No leader elected")
            kind = {"/api/v1/scheduler": "http_frameworks", "/double/agents": "agents"}
            answer = _always(self._redirect(request, leader))
            return await self._authenticated(request, kind.get(path, "http_readonly"), answer)
        if not self.ready:
            return Response.text(503, "Master has not finished recovery")
        return await self._route(path, request)

    async def _route(self, path: str, request: Request) -> Response | Stream:
        if path == "/api/v1/scheduler":
            return await self._authenticated(request, "http_frameworks", self._scheduler.answer)
        if path == "/double/agents":
            return await self._authenticated(request, "agents", self._agents.answer)
        if path == "/api/v1":
            kind = (
                "http_readwrite"
                if any(f'"{one}"'.encode() in request.body for one in WRITES)
                else "http_readonly"
            )
            return await self._authenticated(request, kind, self._operator.answer)
        shown: dict[str, Callable[[], Json]] = {
            "/metrics/snapshot": lambda: views.metrics(self.cluster, self.started),
            "/state": lambda: views.old_state(self.cluster, self._shown_flags(), self.started, self.elected),
            "/slaves": lambda: {"slaves": [views.old_agent(one) for one in self.cluster.agents.values()]},
            "/frameworks": lambda: {
                "frameworks": [views.old_framework(one) for one in self.cluster.frameworks.values()]
            },
            "/tasks": lambda: {
                "tasks": [
                    views.old_task(one)
                    for each in self.cluster.frameworks.values()
                    for one in (*each.tasks.values(), *each.completed)
                ]
            },
            "/roles": lambda: views.roles(self.cluster),
        }
        shown["/state.json"] = shown["/state"]
        shown["/agents"] = shown["/slaves"]
        if path in shown and path == "/metrics/snapshot":
            # Only endpoints that show no tasks of others ask for it.
            return await self._authenticated(request, "http_readonly", self._metrics)
        if path in shown:
            return await self._authenticated(
                request, "http_readonly", lambda one: _always(Response.of(shown[path]()))(one)
            )
        return Response(404)

    async def _metrics(self, request: Request) -> Response:
        if not self._acls.allows("get_endpoints", request.principal, [request.path]):
            return Response(403)
        return Response.of(views.metrics(self.cluster, self.started))

    def _shown_flags(self) -> dict[str, str]:
        return {name: value for name, value in self.flags.values.items() if name not in ("zk", "acls")}

    async def _authenticated(self, request: Request, kind: str, answer: Answer) -> Response | Stream:
        if header := request.headers.get("authorization"):
            request.principal = principal_of(header, self._credentials)
        if self.flags.flag(f"authenticate_{kind}") and request.principal is None:
            realm = "mesos-master-" + {"http_frameworks": "scheduler"}.get(kind, kind.removeprefix("http_"))
            return Response.text(401, "", WWW_Authenticate=f'Basic realm="{realm}"')
        return await answer(request)

    def _redirect(self, request: Request, leader: Json) -> Response:
        base = f"//{leader['hostname']}:{leader['port']}"
        path = request.path.removeprefix("/master")
        if path == "/redirect":
            return Response(307, headers={"Location": base})
        if path.startswith("/redirect/"):
            return Response(404)
        return Response(307, headers={"Location": f"{base}/master{request.target.removeprefix('/master')}"})


def refuse_soon(message: str) -> None:
    """End the program at once, from within the loop."""
    print(message, file=sys.stderr, flush=True)
    os._exit(1)


def _always(answer: Response) -> Answer:
    async def give(request: Request) -> Response:
        return answer

    return give


def _own_address() -> str:
    """Return the address that others reach this machine at."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            # Nothing is sent: it only asks which way packets would go.
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
    except OSError:
        return "127.0.0.1"


def main(arguments: Sequence[str] | None = None) -> None:
    """Run mesos-master."""
    flags = Flags("mesos-master", MASTER_FLAGS).load(sys.argv[1:] if arguments is None else arguments)
    asyncio.run(Master(flags).run())
