"""The state of a cluster as its leading master has it: what comes, goes, and is reported."""

import asyncio
import itertools
import time
from typing import Any

from ..http import Stream
from ..resources import Json, Resources
from ..security import Acls
from . import validation
from .allocator import Allocator
from .maintenance import Maintenance
from .model import TERMINAL, Agent, Framework, Task
from .registry import Registry
from .updates import Updates

_COMPLETED = 100
HEARTBEAT_SECONDS = 15.0


class Cluster:
    """Agents, frameworks and their tasks.

    :ivar id: of this master since it started; ids of agents, frameworks and offers begin with it.
    :ivar unreachable: when agents that were registered were lost, by id.
    :ivar gone: agents that an operator has declared to be gone, by id.
    :ivar recovered: agents of the registry that have not registered with this leader yet.
    """

    def __init__(
        self, master_id: str, master_info: Json, registry: Registry, acls: Acls, settings: Any
    ) -> None:
        self.id, self.info = master_id, master_info
        self.registry, self.acls, self.settings = registry, acls, settings
        self.agents: dict[str, Agent] = {}
        self.frameworks: dict[str, Framework] = {}
        self.completed: list[Framework] = []
        self.unreachable: dict[str, float] = registry.unreachable
        self.gone: dict[str, float] = registry.gone
        self.recovered: dict[str, Json] = dict(registry.agents)
        self.maintenance = Maintenance(self)
        self.allocator = Allocator(self, settings.allocation_interval, settings.offer_timeout)
        self.updates = Updates(self)
        self._agent_numbers, self._framework_numbers = itertools.count(), itertools.count()

    def totals(self) -> dict[str, float]:
        """Return what all agents have together."""
        names = ("cpus", "mem", "disk")
        return {name: sum(agent.total.total(name) for agent in self.agents.values()) for name in names}

    # Agents

    def agent_comes(self, message: Json, stream: Stream) -> Agent | str:
        """Register an agent, anew or again.

        :return: it, or why it may not.
        """
        agent_id = message.get("agent_id")
        if agent_id in self.gone:
            return "Agent has been marked gone"
        if agent_id is None:
            agent_id = f"{self.id}-S{next(self._agent_numbers)}"
        before = self.agents.get(agent_id)
        was_lost = agent_id in self.unreachable
        agent = Agent(agent_id, message["info"], Resources.of(message["resources"]), message["version"])
        if before is not None:
            agent.registered, agent.reregistered = before.registered, time.time()
            agent.tasks, agent.executors = before.tasks, before.executors
            if before.stream is not None:
                before.stream.close(politely=False)
            self.allocator.take_back_of(agent=before)
        elif message.get("agent_id"):
            agent.reregistered = time.time()
        agent.stream = stream
        self.agents[agent_id] = agent
        self.recovered.pop(agent_id, None)
        self.unreachable.pop(agent_id, None)
        self.registry.admit(agent_id, agent.info)
        known = self.registry.drains.get(agent_id)
        if known is not None:
            agent.drain, agent.deactivated = known.get("drain"), True
        agent.say("REGISTERED", agent_id=agent_id, ping_seconds=self.settings.ping_timeout)
        self._take_tasks(agent, message, was_lost)
        self.maintenance.drain_step(agent)
        self.allocator.soon()
        return agent

    def _take_tasks(self, agent: Agent, message: Json, was_lost: bool) -> None:
        """Compare what the agent runs with what this master believes that it runs."""
        reported = set()
        for entry in message.get("frameworks", ()):
            if entry["id"] not in self.frameworks and all(one.id != entry["id"] for one in self.completed):
                info = entry["info"]
                self.frameworks[entry["id"]] = framework = Framework(
                    entry["id"], info, info.get("principal"), recovered=True
                )
                self._await_return(framework)
        for entry in message.get("tasks", ()):
            if entry["framework_id"] not in self.frameworks:
                agent.say("SHUTDOWN_FRAMEWORK", framework_id=entry["framework_id"])
                continue
            framework = self.frameworks[entry["framework_id"]]
            if was_lost and not framework.can("PARTITION_AWARE"):
                agent.say("KILL", framework_id=framework.id, task_id=entry["info"]["task_id"]["value"])
            key = (framework.id, entry["info"]["task_id"]["value"])
            reported.add(key)
            task = agent.tasks.get(key) or framework.unreachable.get(key[1])
            if task is None:
                task = Task(framework.id, agent.id, entry["info"], Resources.of(entry["info"]["resources"]))
                task.executor_id = entry.get("executor_id", "")
                task.statuses = list(entry.get("statuses", ()))
            task.state = entry["state"]
            framework.unreachable.pop(key[1], None)
            agent.tasks[key] = framework.tasks[key[1]] = task
            if was_lost and framework.can("PARTITION_AWARE"):
                self.updates.returned(framework, task)
            if entry.get("executor"):
                agent.executors[framework.id, task.executor_id] = entry["executor"]
        for key, task in list(agent.tasks.items()):
            if key not in reported and not task.over:
                self.updates.of_master(
                    task,
                    "TASK_DROPPED",
                    "REASON_RECONCILIATION",
                    "Reconciliation: Task is unknown to the agent",
                )

    def agent_disconnects(self, agent: Agent, stream: Stream) -> None:
        """Its connection has ended; it may come back."""
        if agent.stream is not stream:
            return
        agent.stream, agent.connected = None, False
        self.allocator.take_back_of(agent=agent)
        if not agent.info.get("checkpoint", True):
            self.agent_lost(agent)

    def agent_lost(self, agent: Agent, state: str = "TASK_UNREACHABLE") -> None:
        """It did not answer for too long, or has said goodbye, or is gone for good."""
        if self.agents.pop(agent.id, None) is None:
            return
        self.allocator.take_back_of(agent=agent)
        gone = state == "TASK_GONE_BY_OPERATOR"
        (self.gone if gone else self.unreachable)[agent.id] = time.time()
        self.registry.forget(agent.id)
        reason = "REASON_AGENT_REMOVED_BY_OPERATOR" if gone else "REASON_AGENT_REMOVED"
        message = f"Agent {agent.hostname} {'marked gone' if gone else 'is unreachable'}"
        for task in list(agent.tasks.values()):
            if not task.over:
                self.updates.of_master(task, state, reason, message)
        for framework in self.frameworks.values():
            framework.event("FAILURE", agent_id={"value": agent.id})
        if agent.stream is not None:
            if gone:
                agent.say("SHUTDOWN", message="Agent has been marked gone")
            agent.stream.close()
            agent.stream = None

    def ping(self) -> None:
        """Ask every agent whether it lives; those that have not answered too often are lost."""
        for agent in list(self.agents.values()):
            agent.missed += 1
            if agent.missed > self.settings.max_ping_timeouts:
                self.agent_lost(agent)
            else:
                agent.say("PING")

    def apply(self, agent: Agent, total: Resources, **content: Any) -> None:
        """Change reservations and volumes of an agent, here and there."""
        agent.total = total
        agent.say("APPLY", resources=total.json(), **content)
        self.allocator.soon()

    # Frameworks

    def subscribe(self, call: Json, principal: str | None, stream: Stream, stream_id: str) -> None:
        """Take a framework, for the first time or again; what is refused is told so in its stream."""
        info = dict(call["subscribe"]["framework_info"])
        if principal is not None:
            info.setdefault("principal", principal)
        framework_id = info.get("id", {}).get("value")
        fresh = Framework(framework_id or "", info, info.get("principal"), stream)
        problem = validation.framework(info) or validation.authorised(self, fresh)
        if problem is None and any(one.id == framework_id for one in self.completed):
            problem = "Framework has been removed"
        known = self.frameworks.get(framework_id or "")
        if problem is None and known is not None:
            problem = validation.framework_update(known, info)
        if problem is not None:
            fresh.event("ERROR", message=problem)
            stream.close()
            return
        if known is None:
            framework = fresh
            framework.id = framework_id or f"{self.id}-{next(self._framework_numbers):04d}"
            framework.stream = None
            self.frameworks[framework.id] = framework
        else:
            framework = known
            self.allocator.take_back_of(framework=framework)
            if framework.connected:
                framework.event("ERROR", message="Framework failed over")
                framework.stream.close()  # type: ignore[union-attr]
            framework.reregistered = time.time()
        info["id"] = {"value": framework.id}
        framework.info, framework.principal, framework.recovered = info, info.get("principal"), False
        framework.suppressed = set(call["subscribe"].get("suppressed_roles", ()))
        framework.filters.clear()
        framework.stream, framework.stream_id = stream, stream_id
        if framework.failover is not None:
            framework.failover.cancel()
        framework.event(
            "SUBSCRIBED",
            framework_id={"value": framework.id},
            heartbeat_interval_seconds=HEARTBEAT_SECONDS,
            master_info=self.info,
        )
        self._heartbeat(framework, stream)
        for agent in self.agents.values():
            agent.say("FRAMEWORK", framework_id=framework.id, info=info)
        self.maintenance.invert(framework)
        self.allocator.soon()

    def _heartbeat(self, framework: Framework, stream: Stream) -> None:
        if framework.stream is not stream:
            return
        framework.event("HEARTBEAT")
        loop = asyncio.get_running_loop()
        framework.heartbeat = loop.call_later(HEARTBEAT_SECONDS, self._heartbeat, framework, stream)

    def framework_disconnects(self, framework: Framework, stream: Stream) -> None:
        """Its stream has ended: no offers until it comes back, and an end when it does not in its time."""
        if framework.stream is not stream:
            return
        framework.stream = None
        self.allocator.take_back_of(framework=framework)
        self._await_return(framework)

    def _await_return(self, framework: Framework) -> None:
        timeout = float(framework.info.get("failover_timeout", 0))
        loop = asyncio.get_running_loop()
        framework.failover = loop.call_later(timeout, self._not_returned, framework)

    def _not_returned(self, framework: Framework) -> None:
        if not framework.connected:
            self.remove(framework)

    def remove(self, framework: Framework) -> None:
        """End a framework and all its tasks."""
        if self.frameworks.pop(framework.id, None) is None:
            return
        self.allocator.take_back_of(framework=framework)
        for agent in self.agents.values():
            agent.say("SHUTDOWN_FRAMEWORK", framework_id=framework.id)
            for key in [key for key in agent.tasks if key[0] == framework.id]:
                task = agent.tasks.pop(key)
                if not task.over:
                    task.state = "TASK_KILLED"
                framework.completed.append(task)
            for key in [key for key in agent.executors if key[0] == framework.id]:
                del agent.executors[key]
        framework.tasks.clear()
        framework.unregistered = time.time()
        self.completed = [*self.completed, framework][-_COMPLETED:]
        if framework.stream is not None:
            stream, framework.stream = framework.stream, None
            stream.close()
        self.allocator.soon()

    def forget(self, task: Task) -> None:
        """A task is over and its framework knows: it is history."""
        agent, framework = self.agents.get(task.agent_id), self.frameworks.get(task.framework_id)
        if agent is not None:
            agent.tasks.pop((task.framework_id, task.id), None)
            owner = task.framework_id
            if not any(t.executor_id == task.executor_id for (o, _), t in agent.tasks.items() if o == owner):
                agent.executors.pop((owner, task.executor_id), None)
            self.maintenance.drain_step(agent)
        if framework is not None and framework.tasks.pop(task.id, None) is not None:
            framework.completed = [*framework.completed, task][-_COMPLETED:]

    def is_terminal(self, state: str) -> bool:
        """Say whether a state is the last one of a task."""
        return state in TERMINAL
