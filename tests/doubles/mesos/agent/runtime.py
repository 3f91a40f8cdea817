"""All tasks of an agent: run, found again after a restart, killed with their framework."""

import asyncio
from collections.abc import Callable
from typing import Any

from ..resources import Json, Resources, parse
from . import processes
from .container import Container
from .fetcher import Fetcher
from .store import Store


class Runtime:
    """What runs on an agent.

    :ivar total: all that the agent has, reservations and volumes as they are now.
    :ivar say: sends a message to the master; what can't be sent is lost.
    """

    def __init__(
        self,
        store: Store,
        fetcher: Fetcher,
        total: Resources,
        grace: float,
        switch_user: bool,
        environment: dict[str, str],
        say: Callable[[Json], None],
    ) -> None:
        self.store, self.fetcher, self.total = store, fetcher, total
        self.grace, self.switch_user, self.environment = grace, switch_user, environment
        self.say = say
        self.ip, self.endpoint = "", ""
        self.frameworks: dict[str, Json] = {}
        self.containers: dict[tuple[str, str], Container] = {}
        self.history: list[Container] = []
        self._running: set[asyncio.Task[None]] = set()

    def can(self, framework_id: str, capability: str) -> bool:
        """Say whether a framework has a capability."""
        info = self.frameworks.get(framework_id, {})
        return any(one.get("type") == capability for one in info.get("capabilities", ()))

    # Coming back

    def recover(self, reconnect: bool) -> None:
        """Find the tasks of the agent that ran here before.

        :param reconnect: whether those that live go on; else they are killed.
        """
        if (known := self.store.read("resources")) is not None:
            self.total = Resources.of(known["resources"])
        else:
            self.total = self.store.with_reservations(self.total)
        for info in (self.store.read("frameworks") or {}).values():
            self.frameworks[info["id"]["value"]] = info
        same_boot = self.store.same_boot()
        for record in self.store.tasks():
            container = Container(self, record)
            self.containers[record["framework_id"], record["task_id"]] = container
            if container.over:
                continue
            if record["pid"] and same_boot:
                container.attend()
                if not reconnect:
                    container.kill(grace=0)
            else:
                container.report(
                    "TASK_FAILED", "Executor terminated", "REASON_EXECUTOR_TERMINATED", "SOURCE_AGENT"
                )

    def report(self) -> Json:
        """Return what the master is told at registration."""
        tasks = [
            {
                "framework_id": one.record["framework_id"],
                "info": one.record["info"],
                "state": one.record["state"],
                "executor_id": one.record["executor_id"],
                "executor": one.record["executor"],
                "statuses": [one.record["last"]] if one.record["last"] else [],
            }
            for one in self.containers.values()
        ]
        used = {framework_id for framework_id, _ in self.containers}
        frameworks = [{"id": name, "info": info} for name, info in self.frameworks.items() if name in used]
        return {"tasks": tasks, "frameworks": frameworks, "resources": self.total.json()}

    def deliver_all(self) -> None:
        """Send what is not acknowledged to a master that has just taken this agent."""
        for container in list(self.containers.values()):
            container.deliver()

    # What the master says

    def hear(self, message: Json) -> None:
        """Do what the master says."""
        kind = message["type"]
        if kind == "RUN":
            self._run(message)
        elif kind == "KILL":
            container = self.containers.get((message["framework_id"], message["task_id"]))
            if container is not None:
                container.kill(_grace(message.get("kill_policy")))
        elif kind == "ACK":
            self._acknowledged(message)
        elif kind == "APPLY":
            self._apply(message)
        elif kind == "FRAMEWORK":
            if message["framework_id"] in self.frameworks:
                self._know(message["info"])
        elif kind == "DRAIN":
            grace = _grace(message.get("kill_policy"))
            for container in list(self.containers.values()):
                container.kill(_least(container, grace, self.grace), reason="REASON_AGENT_DRAINING")
        elif kind == "SHUTDOWN_EXECUTOR":
            for (framework_id, task_id), container in list(self.containers.items()):
                wanted = message["executor_id"] in (task_id, container.record["executor_id"])
                if framework_id == message["framework_id"] and wanted:
                    container.kill(self.grace)
        elif kind == "SHUTDOWN_FRAMEWORK":
            self.shut_down(message["framework_id"])

    def _run(self, message: Json) -> None:
        self._know(message["framework"])
        for info in message["tasks"]:
            key = (message["framework"]["id"]["value"], info["task_id"]["value"])
            if key in self.containers:
                continue
            self.containers[key] = container = Container.fresh(
                self, message["framework"], info, message["executor"]
            )
            job = asyncio.ensure_future(container.start())
            self._running.add(job)
            job.add_done_callback(self._running.discard)

    def _know(self, info: Json) -> None:
        framework_id = info["id"]["value"]
        if self.frameworks.get(framework_id) != info:
            self.frameworks[framework_id] = info
            self.store.write("frameworks", self.frameworks)

    def _acknowledged(self, message: Json) -> None:
        key = (message["framework_id"], message["task_id"])
        container = self.containers.get(key)
        if container is not None and container.acknowledged(message["uuid"]):
            self._forget(key)

    def _forget(self, key: tuple[str, str]) -> None:
        container = self.containers.pop(key)
        self.store.forget_task(container.record["id"])
        self.history = [*self.history, container][-50:]

    def _apply(self, message: Json) -> None:
        before, self.total = self.total, Resources.of(message["resources"])
        self.store.keep_resources(self.total)
        self.store.remove_volumes(before, self.total)
        self.store.make_volumes(self.total)

    def shut_down(self, framework_id: str | None = None) -> None:
        """Kill the tasks of a framework, or of all, about which nobody wants to hear."""
        for (owner, _), container in list(self.containers.items()):
            if framework_id in (None, owner):
                if container.over:
                    self._forget((owner, container.record["task_id"]))
                else:
                    container.drop()
                    container.kill(self.grace)
        if framework_id is not None and self.frameworks.pop(framework_id, None) is not None:
            self.store.write("frameworks", self.frameworks)

    def ended(self, container: Container) -> None:
        """A task is over: with it its group, when it failed; and all traces, when its framework is gone."""
        record = container.record
        if record["framework_id"] not in self.frameworks:
            container.drop()
            self._forget((record["framework_id"], record["task_id"]))
        elif record["executor_id"] and record["state"] != "TASK_FINISHED":
            for other in list(self.containers.values()):
                same = other.record["executor_id"] == record["executor_id"]
                if same and other.record["framework_id"] == record["framework_id"]:
                    other.kill()

    def send_update(self, framework_id: str, status: Json, latest: str) -> None:
        """Send an update to the master."""
        self.say({"type": "UPDATE", "framework_id": framework_id, "status": status, "latest": latest})

    def live(self) -> list[Container]:
        """Return the tasks that run."""
        return [one for one in self.containers.values() if not one.over]

    def statistics(self, container: Container) -> Json:
        """Return what a task may use and uses."""
        limits = Resources.of(container.record["info"].get("resources", ()))
        return {
            "cpus_limit": limits.total("cpus"),
            "mem_limit_bytes": int(limits.total("mem") * 1024 * 1024),
            "mem_rss_bytes": processes.resident(container.record["pid"]) if container.record["pid"] else 0,
        }


def _grace(policy: Json | None) -> float | None:
    nanoseconds = (policy or {}).get("grace_period", {}).get("nanoseconds")
    return None if nanoseconds is None else float(nanoseconds) / 1e9


def _least(container: Container, most: float | None, default: float) -> float | None:
    """Return the grace period of a task that is drained: its own, but no more than the operator allows."""
    if most is None:
        return None
    own = _grace(container.record["info"].get("kill_policy"))
    return min(most, default if own is None else own)


def attributes(text: str) -> list[dict[str, Any]]:
    """Read ``region:us-east;zone:us-east-1a`` as Mesos does: what looks like a number is one.

    :raises ValueError: it is no list of pairs.
    """
    done: list[dict[str, Any]] = []
    for part in filter(None, (one.strip() for one in text.split(";"))):
        name, colon, value = part.partition(":")
        if not colon or not value:
            raise ValueError(f"Invalid attribute key:value pair '{part}'")
        try:
            done.append({"name": name, "type": "SCALAR", "scalar": {"value": float(value)}})
        except ValueError:
            if value.startswith("["):
                found = parse(f"{name}:{value}").json()[0]
                done.append({"name": name, "type": "RANGES", "ranges": found["ranges"]})
            else:
                done.append({"name": name, "type": "TEXT", "text": {"value": value}})
    return done
