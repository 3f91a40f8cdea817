"""Maintenance windows, inverse offers, and the draining of agents."""

import asyncio
import itertools
import time
from typing import TYPE_CHECKING

from ..resources import Json
from .model import Agent, Framework

if TYPE_CHECKING:
    from .cluster import Cluster


class Maintenance:
    """What operators plan for machines and do to agents."""

    def __init__(self, cluster: "Cluster") -> None:
        self._cluster = cluster
        self._numbers = itertools.count()

    def of(self, agent: Agent) -> Json | None:
        """Return when an agent's machine is to be unavailable; ``None`` when nothing is planned."""
        for window in self._cluster.registry.schedule.get("windows", ()):
            if any(_is(machine, agent) for machine in window["machine_ids"]):
                return dict(window["unavailability"])
        return None

    def is_down(self, agent_info: Json) -> bool:
        """Say whether an agent's machine is in maintenance, and may not register."""
        return any(_matches(machine, agent_info) for machine in self._cluster.registry.down)

    def plan(self, schedule: Json) -> str | None:
        """Set the schedule.

        :return: what is wrong with it.
        """
        seen = set()
        for window in schedule.get("windows", ()):
            if "unavailability" not in window or "start" not in window["unavailability"]:
                return "Missing 'unavailability' in window"
            for machine in window.get("machine_ids", ()):
                key = (machine.get("hostname", "").lower(), machine.get("ip", ""))
                if key == ("", ""):
                    return "Both 'hostname' and 'ip' for a machine are empty"
                if key in seen:
                    return f"Machine '{machine}' appears more than once in the schedule"
                seen.add(key)
        self._cluster.registry.schedule = schedule
        self._cluster.registry.changed()
        for agent in self._cluster.agents.values():
            self._cluster.allocator.take_back_of(agent=agent)
        for framework in self._cluster.frameworks.values():
            self.invert(framework)
        return None

    def invert(self, framework: Framework) -> None:
        """Ask a framework to leave the agents that will be unavailable."""
        framework.inverse.clear()
        for agent in self._cluster.agents.values():
            if (window := self.of(agent)) is None:
                continue
            if not any(owner == framework.id for owner, _ in agent.tasks):
                continue
            name = f"{self._cluster.id}-I{next(self._numbers)}"
            framework.inverse[name] = {
                "id": {"value": name},
                "framework_id": {"value": framework.id},
                "agent_id": {"value": agent.id},
                "unavailability": window,
                "resources": [],
            }
        if framework.inverse:
            framework.event("INVERSE_OFFERS", inverse_offers=list(framework.inverse.values()))

    def start(self, machines: list[Json]) -> str | None:
        """Take machines down: their agents are shut down and may not come back.

        :return: what is wrong with that.
        """
        planned = [
            one
            for window in self._cluster.registry.schedule.get("windows", ())
            for one in window["machine_ids"]
        ]
        for machine in machines:
            if machine not in planned:
                return f"Machine '{machine}' is not part of a maintenance schedule"
            if machine in self._cluster.registry.down:
                return f"Machine '{machine}' is not in DRAINING mode and cannot be brought down"
        self._cluster.registry.down.extend(machines)
        self._cluster.registry.changed()
        for agent in list(self._cluster.agents.values()):
            if any(_is(machine, agent) for machine in machines):
                agent.say("SHUTDOWN", message="Operator initiated 'Machine DOWN'")
                self._cluster.agent_lost(agent)
        return None

    def stop(self, machines: list[Json]) -> str | None:
        """Bring machines up again; they leave the schedule.

        :return: what is wrong with that.
        """
        registry = self._cluster.registry
        for machine in machines:
            if machine not in registry.down:
                return f"Machine '{machine}' is not in DOWN mode and cannot be brought up"
        registry.down = [one for one in registry.down if one not in machines]
        windows = []
        for window in registry.schedule.get("windows", ()):
            left = [one for one in window["machine_ids"] if one not in machines]
            if left:
                windows.append(window | {"machine_ids": left})
        registry.schedule = {"windows": windows}
        registry.changed()
        return None

    def status(self) -> Json:
        """Return which machines are about to go down, and which are down."""
        down = self._cluster.registry.down
        planned = [
            one
            for window in self._cluster.registry.schedule.get("windows", ())
            for one in window["machine_ids"]
        ]
        draining = [{"id": one, "statuses": []} for one in planned if one not in down]
        return {"draining_machines": draining, "down_machines": list(down)}

    def drain(self, agent: Agent, grace: str | None, mark_gone: bool) -> None:
        """Kill an agent's tasks and offer it no more; perhaps give it up for good."""
        config: Json = {"mark_gone": mark_gone}
        if grace is not None:
            config["max_grace_period"] = grace
        agent.drain, agent.deactivated, agent.drain_started = (
            {"config": config, "state": "DRAINING"},
            True,
            time.time(),
        )
        self._cluster.allocator.take_back_of(agent=agent)
        nanoseconds = int(float(grace.removesuffix("s")) * 1e9) if grace else None
        policy = {"grace_period": {"nanoseconds": nanoseconds}} if nanoseconds is not None else None
        agent.say("DRAIN", kill_policy=policy)
        self.keep(agent)
        asyncio.get_running_loop().call_soon(self.drain_step, agent)

    def drain_step(self, agent: Agent) -> None:
        """See whether an agent that is being drained is empty."""
        if agent.drain is None or agent.tasks:
            return
        if agent.drain["state"] == "DRAINING":
            agent.drain = agent.drain | {"state": "DRAINED"}
            self.keep(agent)
        if agent.drain["config"].get("mark_gone"):
            self._cluster.agent_lost(agent, "TASK_GONE_BY_OPERATOR")

    def keep(self, agent: Agent) -> None:
        """Note in the registry what operators have done to an agent."""
        drains = self._cluster.registry.drains
        if agent.deactivated:
            drains[agent.id] = {"drain": agent.drain}
        else:
            drains.pop(agent.id, None)
        self._cluster.registry.changed()


def _is(machine: Json, agent: Agent) -> bool:
    return _matches(machine, agent.info)


def _matches(machine: Json, info: Json) -> bool:
    # As the real ones: a machine is a pair, and half of one is another machine.
    known = (machine.get("hostname", "").lower(), machine.get("ip", ""))
    return known == (info["hostname"].lower(), info["address"][0])
