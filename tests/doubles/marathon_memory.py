"""The double of Marathon without Mesos and ZooKeeper: its API over plain HTTP, its agents in memory."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.doubles.mesos.http import Request, Response, Server, Stream
from tests.doubles.mesos.marathon.core import Core
from tests.doubles.mesos.marathon.events import Events
from tests.doubles.mesos.marathon.flags import load
from tests.doubles.mesos.marathon.rest import Rest
from tests.doubles.mesos.security import principal_of

CREDENTIALS = ("admin", "secret")
Json = dict[str, Any]


class Agents:
    """Agents that run whatever they are given, at once.

    :ivar free: cpus of each host.
    :ivar failing: apps whose tasks fail when they start, and with which message.
    :ivar healthy: what health checks of Mesos say, by app; those not named succeed.
    :ivar launched: descriptions of all tasks ever launched.
    """

    def __init__(self, core: Core) -> None:
        self.free = {"agent-1": 4.0, "agent-2": 4.0}
        self.failing: dict[str, str] = {}
        self.healthy: dict[str, bool] = {}
        self.launched: list[Json] = []
        self._core = core
        self._used: dict[str, tuple[str, float]] = {}

    def revive(self) -> None:
        """Offer what is free."""
        asyncio.get_running_loop().call_later(0.01, self._offer)

    def suppress(self) -> None:
        """Offer nothing; nothing is offered unasked anyway."""

    def decline(self, offer: Json, seconds: float) -> None:
        """Take an offer back; it is as free as before."""

    def accept(self, offer: Json, tasks: list[Json]) -> None:
        """Run tasks."""
        for info in tasks:
            cpus = sum(one["scalar"]["value"] for one in info["resources"] if one["name"] == "cpus")
            self._used[info["task_id"]["value"]] = (offer["hostname"], cpus)
            self.free[offer["hostname"]] -= cpus
            self.launched.append(info)
            asyncio.get_running_loop().call_later(0.01, self._run, info)

    def kill(self, task_id: str, agent_id: str) -> None:
        """End a task."""
        asyncio.get_running_loop().call_later(0.01, self.ends, task_id, "TASK_KILLED")

    def ends(self, task_id: str, state: str, message: str = "") -> None:
        """Tell that a task has ended."""
        if task_id in self._used:
            host, cpus = self._used.pop(task_id)
            self.free[host] += cpus
        self._say(task_id, state, message=message)
        self.revive()

    def _run(self, info: Json) -> None:
        task_id = info["task_id"]["value"]
        variables = {one["name"]: one["value"] for one in info["command"]["environment"]["variables"]}
        app = variables["MARATHON_APP_ID"]
        if app in self.failing:
            self.ends(task_id, "TASK_FAILED", self.failing[app])
            return
        self._say(task_id, "TASK_RUNNING")
        if "health_check" in info:
            healthy = self.healthy.get(app, True)
            self._say(task_id, "TASK_RUNNING", healthy=healthy, message="" if healthy else "exit code 1")

    def _say(self, task_id: str, state: str, **further: Any) -> None:
        self._core.updated({"task_id": {"value": task_id}, "state": state, **further})

    def _offer(self) -> None:
        for host, cpus in self.free.items():
            amounts = {"cpus": cpus, "mem": 4096.0, "disk": 4096.0}
            resources: list[Json] = [
                {"name": name, "type": "SCALAR", "scalar": {"value": value}}
                for name, value in amounts.items()
            ]
            ports = {"range": [{"begin": 31000, "end": 32000}]}
            self._core.offered(
                {
                    "id": {"value": "offer"},
                    "agent_id": {"value": host},
                    "hostname": host,
                    "resources": [*resources, {"name": "ports", "type": "RANGES", "ranges": ports}],
                    "attributes": [{"name": "zone", "type": "TEXT", "text": {"value": f"zone-{host[-1]}"}}],
                }
            )


class MarathonMemory:
    """The API of one Marathon, which leads.

    :ivar url: where it answers.
    :ivar requests: ``METHOD path`` of all that was asked, in order.
    :ivar refuse: how many of the next requests meet no leader (503).
    """

    def __init__(self) -> None:
        self.url = ""
        self.requests: list[str] = []
        self.refuse = 0
        settings = load(["--master", "localhost:5050", "--http_credentials", ":".join(CREDENTIALS)], {})
        self.events = Events()
        self.core = Core(settings, _forget, self.events.emit)
        self.agents = Agents(self.core)
        self.core.mesos = self.agents
        self._rest = Rest(self.core)
        self._loop = asyncio.new_event_loop()

    def stuck(self, on: bool = True) -> None:
        """Have deployments not end."""
        self.core.stuck = on
        self._loop.call_soon_threadsafe(self.core.changed.set)

    def fail(self, task_id: str, message: str) -> None:
        """Have a task fail."""
        self._loop.call_soon_threadsafe(self.agents.ends, task_id, "TASK_FAILED", message)

    @contextmanager
    def served(self) -> Iterator["MarathonMemory"]:
        """Serve on a free port of the loopback."""
        ready = threading.Event()
        thread = threading.Thread(target=self._run, args=(ready,), daemon=True)
        thread.start()
        assert ready.wait(10)
        try:
            yield self
        finally:
            self._loop.call_soon_threadsafe(self._end)
            thread.join(10)

    def _run(self, ready: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)

        async def start() -> None:
            port = await Server(self._answer).listen("127.0.0.1", 0, None)
            self.url = f"http://127.0.0.1:{port}"
            self._job = asyncio.ensure_future(self.core.run())
            ready.set()

        self._loop.run_until_complete(start())
        self._loop.run_forever()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    def _end(self) -> None:
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.call_later(0.05, self._loop.stop)

    async def _answer(self, request: Request) -> Response | Stream:
        user, word = CREDENTIALS
        if principal_of(request.headers.get("authorization", ""), {user: word}) is None:
            return Response.text(401, "Unauthorized", WWW_Authenticate="Basic")
        self.requests.append(f"{request.method} {request.path}")
        if self.refuse:
            self.refuse -= 1
            return Response.of({"message": "Could not determine the current leader"}, 503)
        if request.path == "/ping":
            return Response.text(200, "pong")
        if request.path == "/v2/leader":
            return Response.of({"leader": self.url.removeprefix("http://")})
        if request.path == "/v2/info":
            return Response.of(self._rest.info("", "framework", True))
        if request.path == "/v2/events":
            return self.events.attach(request)
        return await self._rest.answer(request)


async def _forget(sections: Any) -> None:
    """Keep nothing."""
