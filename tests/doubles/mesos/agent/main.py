"""mesos-agent: flags, the way to the leading master, and who answers what."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from .. import VERSION, recordio
from ..election import Group, Place
from ..flags import AGENT_FLAGS, Flags, refuse
from ..http import Request, Response, Server, Stream, request, stream
from ..resources import Json, Resources
from ..security import Acls, Transport, basic, principal_of, read_credentials
from . import settings
from .fetcher import Fetcher
from .files import Files
from .runtime import Runtime, attributes
from .store import Store
from .trouble import Trouble
from .views import Views


class Agent:
    """One agent."""

    def __init__(self, flags: Flags) -> None:
        self.flags = flags
        self.started = time.time()
        self.transport = Transport()
        self.server = Server(self._answer)
        settings.check(flags)
        self.store = Store(Path(flags.text("work_dir") or ""))
        self._credentials = read_credentials(path) if (path := flags.text("http_credentials")) else {}
        self._acls = Acls(flags.json("acls"))
        self._headers: dict[str, str] = {}
        if (path := flags.text("credential")) is not None:
            principal, secret = next(iter(read_credentials(path).items()))
            self._headers["Authorization"] = basic(principal, secret)
        cache = Path(flags.text("fetcher_cache_dir") or "/tmp/mesos/fetch")
        self.trouble = Trouble(self)
        self.runtime = Runtime(
            self.store,
            Fetcher(cache, settings.size(flags.text("fetcher_cache_size") or "2GB")),
            settings.resources(flags),
            flags.seconds("executor_shutdown_grace_period", "5secs"),
            flags.flag("switch_user", True),
            self._environment(),
            self._say,
        )
        self.files, self._views = Files(self.store), Views(self)
        self.master: Json | None = None
        self.registered = False
        self._changed = asyncio.Event()
        self._outbox: asyncio.Queue[Json] = asyncio.Queue()

    def _environment(self) -> dict[str, str]:
        given = self.flags.json("executor_environment_variables") or {}
        return {str(name): str(value) for name, value in given.items()}

    async def run(self) -> None:
        """Serve for ever."""
        flags = self.flags
        ip = flags.text("ip") or os.environ.get("LIBPROCESS_IP") or "0.0.0.0"
        port = await self.server.listen(ip, int(flags.number("port", 5051)), self.transport.server)
        self.info = self._describe(ip, port)
        self._compatible()
        self.runtime.ip = self.info["address"][0]
        self.runtime.endpoint = f"{self.runtime.ip}:{port}"
        reconnect = flags.text("recover", "reconnect") == "reconnect"
        self.runtime.recover(reconnect)
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, os._exit, 0)
        loop.add_signal_handler(signal.SIGUSR1, lambda: asyncio.ensure_future(self.leave()))
        print(f"Agent started on {ip}:{port}", file=sys.stderr, flush=True)
        if not reconnect:
            while self.runtime.live():
                await asyncio.sleep(0.1)
            self.store.forget()
            raise SystemExit(0)
        await self._detect(flags.text("master") or "")
        sender = asyncio.ensure_future(self._send())
        while True:
            await self._attached()
            self._changed.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1):
                    await self._changed.wait()
            if sender.done():
                sender.result()

    def _describe(self, ip: str, port: int) -> Json:
        from ..master.main import _own_address

        shown = self.flags.text("advertise_ip") or os.environ.get("LIBPROCESS_ADVERTISE_IP") or ip
        if shown == "0.0.0.0":
            shown = _own_address()
        try:
            known = attributes(self.flags.text("attributes") or "")
        except ValueError as problem:
            refuse(str(problem))
        return {
            "hostname": self.flags.text("hostname") or socket.getfqdn(),
            "address": [shown, int(self.flags.number("advertise_port", port))],
            "resources": self.runtime.total.json(),
            "attributes": known,
            "checkpoint": True,
            "domain": self.flags.json("domain"),
        }

    def _compatible(self) -> None:
        """Refuse to be another agent than the one whose tasks are here."""
        before = self.store.read("info")
        if before is None:
            return
        policy = self.flags.text("reconfiguration_policy", "equal")
        pairs = ("hostname", "resources", "attributes")
        changed = [name for name in pairs if before[name] != self.info[name]]
        if policy == "additive" and "hostname" not in changed:
            more = Resources.of(self.info["resources"]).contains(Resources.of(before["resources"]))
            kept = all(one in self.info["attributes"] for one in before["attributes"])
            if more and kept:
                grown = Resources.of(self.info["resources"]) - Resources.of(before["resources"])
                known = Resources.of(
                    (self.store.read("resources") or {"resources": before["resources"]})["resources"]
                )
                self.store.write("resources", {"resources": (known + grown).json()})
                self.store.write("info", self.info)
                changed = []
        if changed:
            refuse(
                "Failed to perform recovery: Configuration change not permitted under "
                f"'{policy}' policy: {', '.join(changed)} changed\nTo restart this agent with a new agent id "
                f"instead, do as follows:\nrm -f {self.store.work_dir}/meta/slaves/latest"
            )

    # The master

    async def _detect(self, master: str) -> None:
        if master.startswith("zk://"):
            try:
                place = Place.parse(master)
            except ValueError as problem:
                refuse(f"Failed to create a master detector: {problem}")
            session = self.flags.seconds("zk_session_timeout", "10secs")
            self._group = Group(place, session, self._new_master)
            self._joining = asyncio.ensure_future(self._group.join())
            return
        host, _, port = master.rpartition(":")
        self._new_master({"address": {"hostname": host, "ip": host, "port": int(port)}})

    def _new_master(self, leader: Json | None) -> None:
        self.master = leader
        self._changed.set()
        if self.registered:
            self._connection.close()

    def _url(self) -> str:
        address = (self.master or {})["address"]
        return f"{self.transport.scheme}://{address['hostname']}:{address['port']}/double/agents"

    async def _attached(self) -> None:
        """Register with the leading master and do what it says, until it says no more."""
        if self.master is None or self.trouble.detached:
            return
        message = {"type": "REGISTER", "agent_id": self.store.agent_id, "info": self.info, "version": VERSION}
        try:
            status, _, pieces, self._connection = await stream(
                self._url(), message | self.runtime.report(), self._headers, self.transport.client
            )
            if status != 200:
                text = b"".join([piece async for piece in pieces]).decode()
                print(f"Master refused to register this agent: {status} {text}", file=sys.stderr, flush=True)
                if status == 401:
                    # Its tasks go on, for whoever starts it again with the right secret.
                    os._exit(1)
                if status == 410:
                    self.runtime.shut_down()
                    raise SystemExit(1)
                return
            decoder = recordio.Decoder()
            async for piece in pieces:
                for heard in decoder.feed(piece):
                    await self._hear(heard)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError) as problem:
            print(f"Master is not reachable: {problem!r}", file=sys.stderr, flush=True)
        finally:
            self.registered = False

    async def _hear(self, heard: Json) -> None:
        if heard["type"] == "REGISTERED":
            self.store.adopt(heard["agent_id"])
            self.store.write("info", self.info)
            self.store.keep_resources(self.runtime.total)
            self.registered = True
            print(f"Registered with master; given agent ID {heard['agent_id']}", file=sys.stderr, flush=True)
            self.runtime.deliver_all()
        elif heard["type"] == "PING":
            self._say({"type": "PONG"})
        elif heard["type"] == "SHUTDOWN":
            print(f"Asked to shut down: {heard.get('message')}", file=sys.stderr, flush=True)
            self.runtime.shut_down()
            while self.runtime.live():
                await asyncio.sleep(0.1)
            os._exit(1)
        else:
            self.runtime.hear(heard)

    def _say(self, message: Json) -> None:
        if self.registered:
            self._outbox.put_nowait(message | {"agent_id": self.store.agent_id})

    async def _send(self) -> None:
        while True:
            message = await self._outbox.get()
            if not self.registered:
                continue
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, ValueError):
                await request("POST", self._url(), message, self._headers, self.transport.client)

    async def leave(self) -> None:
        """Say goodbye, end all tasks, and be a new agent next time."""
        self._say({"type": "UNREGISTER"})
        self.runtime.shut_down()
        while self.runtime.live() or not self._outbox.empty():
            await asyncio.sleep(0.1)
        self.store.forget()
        os._exit(0)

    # Requests

    async def _answer(self, asked: Request) -> Response | Stream:
        path = asked.path.rstrip("/").removeprefix("/slave(1)")
        if header := asked.headers.get("authorization"):
            asked.principal = principal_of(header, self._credentials)
        if path == "/health":
            return Response(200)
        if path == "/version":
            return Response.of({"version": VERSION})
        writes = path == "/double"
        kind = "readwrite" if writes else "readonly"
        if self.flags.flag(f"authenticate_http_{kind}") and asked.principal is None:
            return Response.text(401, "", WWW_Authenticate=f'Basic realm="mesos-agent-{kind}"')
        if path == "/double":
            return await self.trouble.answer(asked)
        if path.startswith("/files/"):
            # Whose sandbox it is makes no difference here: all or none.
            if not self._acls.allows("access_sandboxes", asked.principal):
                return Response(403)
            return await self.files.answer(asked)
        if path in ("/metrics/snapshot", "/containers") and not self._acls.allows(
            "get_endpoints", asked.principal, [path]
        ):
            return Response(403)
        return self._views.answer(path, asked)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run mesos-agent."""
    flags = Flags("mesos-agent", AGENT_FLAGS).load(sys.argv[1:] if arguments is None else arguments)

    async def run() -> None:
        await Agent(flags).run()

    asyncio.run(run())
