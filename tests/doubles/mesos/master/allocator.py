"""Offers: who is offered what, when offers are taken back, and who does not want which."""

import asyncio
import itertools
import time
from typing import TYPE_CHECKING

from ..resources import Json, Resources
from .model import Agent, Filter, Framework, Offer

if TYPE_CHECKING:
    from .cluster import Cluster

_LEAST_CPUS, _LEAST_MEMORY = 0.01, 32


class Allocator:
    """Makes offers once per interval and soon after anything has changed.

    :ivar paused_until: no offers before (monotonic).
    """

    def __init__(self, cluster: "Cluster", interval: float, timeout: float | None) -> None:
        self._cluster = cluster
        self._interval, self._timeout = interval, timeout
        self._numbers = itertools.count()
        self._soon: asyncio.TimerHandle | None = None
        self.offers: dict[str, Offer] = {}
        self.paused_until = 0.0

    async def run(self) -> None:
        """Offer for ever."""
        while True:
            self.allocate()
            await asyncio.sleep(self._interval)

    def soon(self) -> None:
        """Offer after what is being done now."""
        if self._soon is None:
            self._soon = asyncio.get_running_loop().call_later(0.02, self.allocate)

    def allocate(self) -> None:
        """Offer whatever is free to whoever may have it, those with the least share first."""
        self._soon = None
        now = time.monotonic()
        if now < self.paused_until:
            return
        made: dict[str, list[Json]] = {}
        for agent in self._cluster.agents.values():
            if not agent.active:
                continue
            free = self.free(agent)
            for framework, role in sorted(self._takers(), key=lambda taker: self._share(taker[0])):
                part = free.for_role(role)
                if not _worth(part) or self._refused(framework, role, agent, part, now):
                    continue
                offer = self._offer(framework, role, agent, part)
                made.setdefault(framework.id, []).append(self.shown(offer))
                free = free - part
        for framework_id, offers in made.items():
            self._cluster.frameworks[framework_id].event("OFFERS", offers=offers)

    def free(self, agent: Agent) -> Resources:
        """Return what of an agent is neither used nor offered."""
        free = agent.total - agent.used()
        for offer in self.offers.values():
            if offer.agent is agent:
                free = free - offer.resources
        return free

    def take_back(self, offer: Offer, rescind: bool) -> None:
        """End an offer, and tell its framework when it has not answered it."""
        if self.offers.pop(offer.id, None) is None:
            return
        if offer.timer is not None:
            offer.timer.cancel()
        framework = self._cluster.frameworks.get(offer.framework_id)
        if framework is not None:
            framework.offers.pop(offer.id, None)
            if rescind:
                framework.event("RESCIND", offer_id={"value": offer.id})
        self.soon()

    def take_back_of(self, agent: Agent | None = None, framework: Framework | None = None) -> int:
        """Rescind all offers, or those of an agent or a framework.

        :return: how many.
        """
        found = [
            one
            for one in self.offers.values()
            if agent in (None, one.agent) and (framework is None or one.framework_id == framework.id)
        ]
        for offer in found:
            self.take_back(offer, rescind=True)
        return len(found)

    def refuse(self, framework: Framework, offer: Offer, resources: Resources, filters: Json | None) -> None:
        """Note that a framework does not want some resources for a while."""
        seconds = float((filters or {}).get("refuse_seconds", 5))
        if seconds > 0 and resources:
            until = time.monotonic() + min(seconds, 365 * 86400)
            framework.filters.append(Filter(offer.role, offer.agent.id, resources, until))

    def _takers(self) -> list[tuple[Framework, str]]:
        return [
            (framework, role)
            for framework in self._cluster.frameworks.values()
            if framework.connected
            for role in framework.roles
            if role not in framework.suppressed
        ]

    def _share(self, framework: Framework) -> float:
        used = Resources()
        for task in framework.tasks.values():
            used += task.held()
        for offer in framework.offers.values():
            used += offer.resources
        totals = self._cluster.totals()
        return max(
            (used.total(name) / totals[name] for name in ("cpus", "mem", "disk") if totals.get(name)),
            default=0.0,
        )

    def _refused(self, framework: Framework, role: str, agent: Agent, part: Resources, now: float) -> bool:
        framework.filters = [one for one in framework.filters if one.until > now]
        return any(
            one.role == role and one.agent_id == agent.id and one.resources.contains(part)
            for one in framework.filters
        )

    def _offer(self, framework: Framework, role: str, agent: Agent, part: Resources) -> Offer:
        offer = Offer(f"{self._cluster.id}-O{next(self._numbers)}", framework.id, agent, role, part)
        self.offers[offer.id] = framework.offers[offer.id] = offer
        if self._timeout is not None:
            loop = asyncio.get_running_loop()
            offer.timer = loop.call_later(self._timeout, self.take_back, offer, True)
        return offer

    def shown(self, offer: Offer) -> Json:
        """Return an offer as its framework sees it."""
        framework, agent = self._cluster.frameworks[offer.framework_id], offer.agent
        host, port = agent.info["address"]
        entry: Json = {
            "id": {"value": offer.id},
            "framework_id": {"value": offer.framework_id},
            "agent_id": {"value": agent.id},
            "hostname": agent.hostname,
            "url": {
                # As a real master: always this, whatever the agent speaks.
                "scheme": "http",
                "address": {"hostname": agent.hostname, "ip": host, "port": port},
                "path": "/slave(1)",
            },
            "allocation_info": {"role": offer.role},
            "resources": framework.show(offer.resources, offer.role),
        }
        for key in ("attributes", "domain"):
            if agent.info.get(key):
                entry[key] = agent.info[key]
        executors = [name for owner, name in agent.executors if owner == framework.id]
        if executors:
            entry["executor_ids"] = [{"value": name} for name in executors]
        if (unavailable := self._cluster.maintenance.of(agent)) is not None:
            entry["unavailability"] = unavailable
        return entry


def _worth(part: Resources) -> bool:
    return part.total("cpus") >= _LEAST_CPUS or part.total("mem") >= _LEAST_MEMORY
