"""Marathon as a framework: Mesos' v1 scheduler API over HTTP."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from .. import http, recordio
from ..election import Group, Place
from ..security import Transport, basic
from .core import Core
from .definitions import Json
from .flags import Settings

_PAUSE = 1.0


class Driver:
    """Subscribes to the leading master, again and again, and speaks for the core.

    :ivar framework_id: empty before Mesos has given one.
    :ivar subscribed: whether it is.
    :param remember: keeps the framework's id; awaited before anything is launched.
    :param give_up: ends the program: Mesos wants no more of this framework.
    """

    def __init__(
        self,
        settings: Settings,
        core: Core,
        framework_id: str,
        remember: Callable[[str], Awaitable[None]],
        give_up: Callable[[str], None],
    ) -> None:
        self.framework_id = framework_id
        self.subscribed = False
        self._settings, self._core = settings, core
        self._remember, self._give_up = remember, give_up
        self._transport = Transport()
        self._headers = {"Accept": "application/json"}
        if settings.secret:
            self._headers["Authorization"] = basic(settings.principal, settings.secret)
        self._url = ""
        self._stream_id = ""
        self._outbox: asyncio.Queue[Json] = asyncio.Queue()
        self._connection: asyncio.StreamWriter | None = None
        self._moved = asyncio.Event()

    async def run(self) -> None:
        """Stay subscribed for ever."""
        jobs = [asyncio.ensure_future(one) for one in (self._send(), self._reconcile_now_and_then())]
        try:
            await self._find_master()
            while True:
                try:
                    await self._listen(self._url)
                except (OSError, ValueError, EOFError, asyncio.IncompleteReadError) as problem:
                    print(f"Mesos at {self._url or 'unknown'}: {problem!r}", file=sys.stderr, flush=True)
                self._lost()
                await asyncio.sleep(_PAUSE)
        finally:
            for job in jobs:
                job.cancel()

    def drop(self) -> None:
        """Cut the connection, as a network may."""
        if self._connection is not None:
            self._connection.transport.abort()

    def accept(self, offer: Json, tasks: list[Json]) -> None:
        """Launch tasks."""
        operation = {"type": "LAUNCH", "launch": {"task_infos": tasks}}
        self._call("ACCEPT", offer_ids=[offer["id"]], operations=[operation], filters={"refuse_seconds": 0})

    def decline(self, offer: Json, seconds: float) -> None:
        """Give an offer back."""
        self._call("DECLINE", offer_ids=[offer["id"]], filters={"refuse_seconds": seconds})

    def kill(self, task_id: str, agent_id: str) -> None:
        """End a task."""
        self._call("KILL", task_id={"value": task_id}, agent_id={"value": agent_id})

    def revive(self) -> None:
        """Ask for offers."""
        self._call("REVIVE")

    def suppress(self) -> None:
        """Ask for no offers."""
        self._call("SUPPRESS")

    def _info(self) -> Json:
        settings = self._settings
        names = ["PARTITION_AWARE", "MULTI_ROLE", "REGION_AWARE"]
        if "task_killing" in settings.features:
            names.append("TASK_KILLING_STATE")
        info: Json = {
            "name": settings.framework_name,
            "user": settings.task_user,
            "failover_timeout": settings.failover_timeout,
            "checkpoint": True,
            "hostname": settings.hostname,
            "webui_url": f"{settings.scheme}://{settings.address}",
            "roles": [settings.role],
            "capabilities": [{"type": name} for name in names],
        }
        if settings.principal:
            info["principal"] = settings.principal
        if self.framework_id:
            info["id"] = {"value": self.framework_id}
        return info

    async def _find_master(self) -> None:
        master = self._settings.master
        if not master.startswith("zk://"):
            self._url = master if "://" in master else f"{self._transport.scheme}://{master}"
            return
        group = Group(Place.parse(master), self._settings.zk_session_timeout, self._master_is)
        await group.join()

    def _master_is(self, leader: Json | None) -> None:
        if leader is None:
            return
        address = leader["address"]
        host = address.get("hostname") or address["ip"]
        self._url = f"{self._transport.scheme}://{host}:{address['port']}"
        self._moved.set()
        self.drop()

    async def _listen(self, base: str) -> None:
        if not base:
            raise OSError("no master leads")
        self._moved.clear()
        call: Json = {"type": "SUBSCRIBE", "subscribe": {"framework_info": self._info()}}
        if self.framework_id:
            call["framework_id"] = {"value": self.framework_id}
        url = f"{base.rstrip('/')}/api/v1/scheduler"
        status, headers, pieces, writer = await http.stream(url, call, self._headers, self._transport.client)
        self._connection = writer
        try:
            if status in (302, 307):
                self._url = _base(headers["location"], self._transport.scheme)
                return
            if status != 200:
                text = b"".join([piece async for piece in pieces]).decode(errors="replace")
                if status in (401, 403):
                    self._give_up(f"Mesos refuses principal '{self._settings.principal}': {status} {text}")
                raise OSError(f"{status} {text}")
            self._stream_id = headers["mesos-stream-id"]
            await self._hear(pieces)
        finally:
            writer.close()

    async def _hear(self, pieces: Any) -> None:
        decoder, patience = recordio.Decoder(), 60.0
        while True:
            async with asyncio.timeout(patience):
                piece = await anext(pieces, None)
            if piece is None:
                raise OSError("the stream of events ended")
            for event in decoder.feed(piece):
                if event["type"] == "SUBSCRIBED":
                    patience = 3 * float(event["subscribed"].get("heartbeat_interval_seconds") or 15)
                await self._event(event)

    async def _event(self, event: Json) -> None:
        kind = event["type"]
        if kind == "SUBSCRIBED":
            self.framework_id = event["subscribed"]["framework_id"]["value"]
            await self._remember(self.framework_id)
            self.subscribed = True
            self._core.mesos = self
            self._reconcile()
            self._core.changed.set()
            self._core.emit("scheduler_registered_event", frameworkId=self.framework_id, master=self._url)
        elif kind == "OFFERS":
            for offer in event["offers"]["offers"]:
                self._core.offered(offer)
            # Written down before it is launched: a leader that dies now must know its tasks.
            await self._core.flush()
        elif kind == "UPDATE":
            status = event["update"]["status"]
            self._core.updated(status)
            await self._core.flush()
            if status.get("uuid"):
                self._call(
                    "ACKNOWLEDGE",
                    agent_id=status["agent_id"],
                    task_id=status["task_id"],
                    uuid=status["uuid"],
                )
        elif kind == "ERROR":
            message = event["error"]["message"]
            if "removed" in message or "completed" in message:
                await self._remember("")
            self._give_up(f"Mesos says: {message}")

    async def _reconcile_now_and_then(self) -> None:
        while True:
            await asyncio.sleep(self._settings.reconcile_seconds)
            if self.subscribed:
                self._reconcile()

    def _reconcile(self) -> None:
        known = [
            {"task_id": {"value": task.id}, "agent_id": {"value": task.agent_id}}
            for task in self._core.tasks.values()
        ]
        if known:
            self._call("RECONCILE", tasks=known)
        self._call("RECONCILE", tasks=[])

    def _lost(self) -> None:
        self.subscribed = False
        self._core.mesos = None
        while not self._outbox.empty():
            self._outbox.get_nowait()

    def _call(self, kind: str, **content: Any) -> None:
        call: Json = {"type": kind, "framework_id": {"value": self.framework_id}}
        if content:
            call[kind.lower()] = content
        self._outbox.put_nowait(call)

    async def _send(self) -> None:
        while True:
            call = await self._outbox.get()
            # What is to be launched is written down by then: both happen in the loop, the writing first.
            await self._core.flush()
            headers = {**self._headers, "Mesos-Stream-Id": self._stream_id}
            url = f"{self._url.rstrip('/')}/api/v1/scheduler"
            try:
                status, body = await http.request("POST", url, call, headers, self._transport.client)
            except (OSError, ValueError) as problem:
                print(f"{call['type']}: {problem!r}", file=sys.stderr, flush=True)
                continue
            if status not in (200, 202):
                text = body.decode(errors="replace")
                print(f"{call['type']}: {status} {text}", file=sys.stderr, flush=True)


def _base(location: str, scheme: str) -> str:
    parts = urlsplit(location if "//" not in location[:2] else f"{scheme}:{location}")
    return f"{parts.scheme or scheme}://{parts.netloc}"
