"""What a master knows: agents, frameworks, tasks, offers."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

from .. import recordio
from ..http import Stream
from ..resources import Json, Resources, shown

TERMINAL = {
    "TASK_FINISHED", "TASK_FAILED", "TASK_KILLED", "TASK_ERROR", "TASK_LOST", "TASK_DROPPED", "TASK_GONE",
    "TASK_GONE_BY_OPERATOR",
}  # fmt: skip


@dataclass
class Task:
    """A task that was launched.

    :ivar info: as the framework wrote it.
    :ivar state: the latest that the agent knows of; ``acknowledged`` may lag behind.
    :ivar sent: state and uuid of the update that was sent to the framework last.
    """

    framework_id: str
    agent_id: str
    info: Json
    resources: Resources
    state: str = "TASK_STAGING"
    statuses: list[Json] = field(default_factory=list)
    sent: tuple[str, str] | None = None
    executor_id: str = ""

    @property
    def id(self) -> str:
        """Its id, unique in its framework."""
        return str(self.info["task_id"]["value"])

    @property
    def over(self) -> bool:
        """Whether it runs no more."""
        return self.state in TERMINAL

    def held(self) -> Resources:
        """Return what it uses."""
        return Resources() if self.over or self.state == "TASK_UNREACHABLE" else self.resources


@dataclass
class Agent:
    """An agent that has registered.

    :ivar total: all that it has, reservations and volumes as they are now.
    :ivar stream: what the master says to it; ``None`` while it is not connected.
    :ivar missed: pings without an answer.
    :ivar drain: ``DrainInfo``; ``None`` when it is not being drained.
    :ivar deactivated: whether an operator has taken it out of offers.
    """

    id: str
    info: Json
    total: Resources
    version: str = ""
    stream: Stream | None = None
    connected: bool = True
    missed: int = 0
    tasks: dict[tuple[str, str], Task] = field(default_factory=dict)
    executors: dict[tuple[str, str], Json] = field(default_factory=dict)
    drain: Json | None = None
    drain_started: float = 0
    deactivated: bool = False
    registered: float = field(default_factory=time.time)
    reregistered: float | None = None

    @property
    def hostname(self) -> str:
        """Its name."""
        return str(self.info["hostname"])

    @property
    def active(self) -> bool:
        """Whether its resources may be offered."""
        return self.connected and not self.deactivated

    def used(self, framework_id: str | None = None) -> Resources:
        """Return what tasks and executors use, of one framework or of all."""
        total = Resources()
        for (owner, _), task in self.tasks.items():
            if framework_id in (None, owner):
                total += task.held()
        for (owner, executor), info in self.executors.items():
            live = any(
                t.executor_id == executor and not t.over for (o, _), t in self.tasks.items() if o == owner
            )
            if framework_id in (None, owner) and live:
                total += Resources.of(info.get("resources", ()))
        return total

    def say(self, kind: str, **content: Any) -> None:
        """Send it a message; what is not connected hears nothing."""
        if self.stream is not None:
            self.stream.send(recordio.encode({"type": kind, **content}))


@dataclass
class Offer:
    """Resources that a framework may use until it answers or they are taken back."""

    id: str
    framework_id: str
    agent: Agent
    role: str
    resources: Resources
    timer: asyncio.TimerHandle | None = None


@dataclass
class Filter:
    """A framework's wish not to be offered some resources for a while."""

    role: str
    agent_id: str
    resources: Resources
    until: float


@dataclass
class Framework:
    """A framework that has subscribed, or whose tasks an agent has reported.

    :ivar stream: its events; ``None`` while it is not connected.
    :ivar recovered: known by its tasks only, since this master leads.
    """

    id: str
    info: Json
    principal: str | None = None
    stream: Stream | None = None
    stream_id: str = ""
    recovered: bool = False
    suppressed: set[str] = field(default_factory=set)
    filters: list[Filter] = field(default_factory=list)
    offers: dict[str, Offer] = field(default_factory=dict)
    inverse: dict[str, Json] = field(default_factory=dict)
    tasks: dict[str, Task] = field(default_factory=dict)
    unreachable: dict[str, Task] = field(default_factory=dict)
    completed: list[Task] = field(default_factory=list)
    operations: dict[str, Json] = field(default_factory=dict)
    failover: asyncio.TimerHandle | None = None
    heartbeat: asyncio.TimerHandle | None = None
    registered: float = field(default_factory=time.time)
    reregistered: float | None = None
    unregistered: float | None = None

    @property
    def connected(self) -> bool:
        """Whether it listens."""
        return self.stream is not None

    @property
    def roles(self) -> list[str]:
        """Its roles."""
        if self.can("MULTI_ROLE"):
            return list(dict.fromkeys(self.info.get("roles", ())))
        return [self.info.get("role", "*")]

    def can(self, capability: str) -> bool:
        """Say whether it has a capability."""
        return any(one.get("type") == capability for one in self.info.get("capabilities", ()))

    def show(self, resources: Resources, role: str | None = None) -> list[Json]:
        """Return resources in the format that it understands."""
        return [shown(one, self.can("RESERVATION_REFINEMENT"), role) for one in resources.json()]

    def event(self, kind: str, **content: Any) -> None:
        """Send it an event; who is not connected misses it."""
        if self.stream is not None:
            body = {kind.lower(): content} if content else {}
            self.stream.send(recordio.encode({"type": kind, **body}))
