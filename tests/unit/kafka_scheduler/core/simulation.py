"""Mesos as a model: agents, offers, tasks and their updates, all of which may go wrong, by a random number.

What is reserved and launched is taken out of what an agent has, to the last port: an operation that Mesos
would refuse ends the test.
"""

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from kafka_scheduler.core import offers
from kafka_scheduler.core.state import AgentLost, Call, Event, Offers, Updated
from kafka_scheduler.core.updates import Status

from tests.unit.kafka_scheduler.core.build import plain

_PORTS = 12


def _key(resource: Mapping[str, Any]) -> str:
    left = {key: value for key, value in resource.items() if key not in ("scalar", "ranges", "type")}
    return json.dumps(left, sort_keys=True)


class Pool:
    """Resources, added up by what they are."""

    def __init__(self) -> None:
        self.scalars: dict[str, float] = {}
        self.ports: dict[str, set[int]] = {}

    def add(self, resources: list[dict[str, Any]]) -> None:
        for one in resources:
            if "ranges" in one:
                self.ports.setdefault(_key(one), set()).update(_numbers(one))
            else:
                self.scalars[_key(one)] = round(self.scalars.get(_key(one), 0) + one["scalar"]["value"], 3)

    def take(self, resources: list[dict[str, Any]]) -> bool:
        """Take resources; ``False``, and nothing is taken, when they are not there."""
        wanted = Pool()
        wanted.add(resources)
        for key, value in wanted.scalars.items():
            if self.scalars.get(key, 0) < value - 1e-6:
                return False
        if any(not numbers <= self.ports.get(key, set()) for key, numbers in wanted.ports.items()):
            return False
        for key, value in wanted.scalars.items():
            self.scalars[key] = round(self.scalars[key] - value, 3)
        for key, numbers in wanted.ports.items():
            self.ports[key] -= numbers
        return True

    def to_json(self) -> list[dict[str, Any]]:
        found = [
            {**json.loads(key), "type": "SCALAR", "scalar": {"value": value}}
            for key, value in self.scalars.items()
            if value > 0
        ]
        for key, numbers in self.ports.items():
            if numbers:
                ranges = [{"begin": one, "end": one} for one in sorted(numbers)]
                found.append({**json.loads(key), "type": "RANGES", "ranges": {"range": ranges}})
        return found


def _numbers(resource: Mapping[str, Any]) -> set[int]:
    return {number for one in resource["ranges"]["range"] for number in range(one["begin"], one["end"] + 1)}


@dataclass
class FakeTask:
    """A task that runs, wherever it is."""

    id: str
    instance: str
    resources: list[dict[str, Any]]
    since: float
    killed: bool = False


@dataclass
class FakeAgent:
    """An agent.

    :ivar reachable: for the master. While it is not, its tasks run on.
    """

    id: str
    host: str
    rack: str
    free: Pool = field(default_factory=Pool)
    tasks: dict[str, FakeTask] = field(default_factory=dict)
    reachable: bool = True
    offered: str = ""


class FakeMesos:
    """Master and agents.

    :ivar events: on their way to the scheduler.
    :ivar launched: called with each task before it starts.
    """

    def __init__(
        self, hosts: int, chance: random.Random, launched: Callable[[FakeTask, FakeAgent], None]
    ) -> None:
        self.chance = chance
        self.now = 1_000_000.0
        self.agents: dict[str, FakeAgent] = {}
        self.events: list[Event] = []
        self.unacknowledged: dict[str, Status] = {}
        self.suppressed = False
        self.killed: list[FakeTask] = []
        self._launched = launched
        self._number = 0
        for number in range(hosts):
            self.join(f"h{number}", f"r{number % 3}")

    def join(self, host: str, rack: str) -> None:
        """Let a new agent come up on a host."""
        self._number += 1
        agent = FakeAgent(f"S{self._number}", host, rack)
        agent.free.add(plain(host, first=31000, last=31000 + _PORTS)["resources"])
        self.agents[agent.id] = agent

    def offer(self, most: int) -> None:
        """Offer what some agents have."""
        if self.suppressed:
            return
        able = [one for one in self.agents.values() if one.reachable and not one.offered]
        chosen = self.chance.sample(able, min(most, len(able)))
        made = []
        for agent in chosen:
            self._number += 1
            agent.offered = f"O{self._number}"
            data = plain(agent.host, agent=agent.id, rack=agent.rack)
            made.append(
                offers.parse({**data, "id": {"value": agent.offered}, "resources": agent.free.to_json()})
            )
        if made:
            self.events.append(Offers(tuple(made)))

    def forget_offers(self) -> None:
        """Take all offers back: whoever accepts one is told so."""
        for agent in self.agents.values():
            agent.offered = ""

    def call(self, call: Call) -> None:
        """Take a call of the scheduler."""
        body = call.body
        if call.kind == "ACCEPT":
            self._accept(body["offer_ids"][0]["value"], body["operations"])
        elif call.kind == "DECLINE":
            gone = {one["value"] for one in body["offer_ids"]}
            for agent in self.agents.values():
                if agent.offered in gone:
                    agent.offered = ""
        elif call.kind == "KILL":
            self._kill(body["task_id"]["value"])
        elif call.kind == "RECONCILE":
            self._reconcile(body["tasks"])
        elif call.kind == "ACKNOWLEDGE":
            self.unacknowledged.pop(body["uuid"], None)
        elif call.kind in ("REVIVE", "SUPPRESS"):
            self.suppressed = call.kind == "SUPPRESS"

    def _accept(self, offer: str, operations: list[dict[str, Any]]) -> None:
        agent = next((one for one in self.agents.values() if one.offered == offer and one.reachable), None)
        for one in operations:
            kind = one["type"]
            body = one[kind.lower()]
            if kind == "LAUNCH":
                for info in body["task_infos"]:
                    self._launch(agent, info)
            elif agent is not None:
                self._convert(agent, kind, body)
        if agent is not None:
            agent.offered = ""

    def _convert(self, agent: FakeAgent, kind: str, body: dict[str, Any]) -> None:
        listed = body.get("resources") or body.get("volumes")
        bare = [_without(one, kind) for one in listed]
        takes, makes = (bare, listed) if kind in ("RESERVE", "CREATE") else (listed, bare)
        assert agent.free.take(takes), f"{kind} of what is not offered: {takes}"
        agent.free.add(makes)

    def _launch(self, agent: FakeAgent | None, info: dict[str, Any]) -> None:
        name = info["task_id"]["value"]
        if agent is None:
            self.tell(name, info["agent_id"]["value"], "TASK_DROPPED", reason="REASON_INVALID_OFFERS")
            return
        assert agent.free.take(info["resources"]), f"launch with what is not offered: {info['resources']}"
        task = FakeTask(name, info["labels"], info["resources"], self.now)
        self._launched(task, agent)
        agent.tasks[name] = task
        for state in ("TASK_STARTING", "TASK_RUNNING"):
            self.tell(name, agent.id, state)

    def tell(self, task: str, agent: str, state: str, reason: str = "", acknowledged: bool = True) -> None:
        """Send an update: perhaps twice, perhaps before an earlier one."""
        self._number += 1
        status = Status(task, agent, state, f"u{self._number}" if acknowledged else "", reason)
        if acknowledged:
            self.unacknowledged[status.uuid] = status
        for _ in range(2 if self.chance.random() < 0.1 else 1):
            place = len(self.events) - (1 if self.events and self.chance.random() < 0.1 else 0)
            self.events.insert(place, Updated(status))

    def end(self, agent: FakeAgent, task: FakeTask, state: str) -> None:
        """End a task on its agent."""
        del agent.tasks[task.id]
        agent.free.add(task.resources)
        if agent.reachable:
            self.tell(task.id, agent.id, state)

    def _kill(self, name: str) -> None:
        for agent in self.agents.values():
            task = agent.tasks.get(name)
            if task is not None:
                if agent.reachable:
                    task.killed = True
                    self.killed.append(task)
                return
        self.tell(name, "", "TASK_GONE", acknowledged=False)

    def _reconcile(self, tasks: list[dict[str, Any]]) -> None:
        known = {name: agent for agent in self.agents.values() for name in agent.tasks}
        for name in [one["task_id"]["value"] for one in tasks] or list(known):
            said = next((one["agent_id"]["value"] for one in tasks if one["task_id"]["value"] == name), "")
            agent = known.get(name)
            if agent is not None:
                state = "TASK_RUNNING" if agent.reachable else "TASK_UNREACHABLE"
            else:
                there = self.agents.get(said)
                state = "TASK_UNKNOWN" if there is None else "TASK_GONE"
                state = "TASK_UNREACHABLE" if there is not None and not there.reachable else state
            self.tell(name, agent.id if agent else said, state, "REASON_RECONCILIATION", acknowledged=False)

    def lose(self, agent: FakeAgent) -> None:
        """Lose sight of an agent; its tasks go on."""
        agent.reachable, agent.offered = False, ""
        self.events.append(AgentLost(agent.id))
        for name in agent.tasks:
            self.tell(name, agent.id, "TASK_UNREACHABLE", acknowledged=False)

    def find(self, agent: FakeAgent) -> None:
        """See an agent again."""
        agent.reachable = True
        for name in agent.tasks:
            self.tell(name, agent.id, "TASK_RUNNING", "REASON_AGENT_REREGISTERED", acknowledged=False)

    def destroy(self, agent: FakeAgent) -> None:
        """Lose a host with all that was on it; it comes back empty, as another agent."""
        agent.tasks.clear()
        del self.agents[agent.id]
        self.join(agent.host, agent.rack)


def _without(resource: dict[str, Any], kind: str) -> dict[str, Any]:
    """Return a resource as it was before an operation."""
    found = dict(resource)
    if kind in ("RESERVE", "UNRESERVE"):
        left = found.pop("reservations")[:-1]
        return {**found, "reservations": left} if left else found
    disk = {key: value for key, value in found.pop("disk").items() if key not in ("persistence", "volume")}
    return {**found, "disk": disk} if disk else found
