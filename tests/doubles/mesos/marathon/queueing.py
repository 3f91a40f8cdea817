"""What waits for offers: back-off after failures, and why offers were not used."""

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .definitions import Json, now
from .offers import REASONS


@dataclass
class Backoff:
    """When an app's next task may be started.

    :ivar seconds: how long was waited last; 0 after a task that stayed.
    """

    seconds: float = 0
    until: float = 0

    def failed(self, app: Mapping[str, Any]) -> None:
        """Wait longer."""
        first, factor = float(app["backoffSeconds"]), float(app["backoffFactor"])
        grown = self.seconds * factor if self.seconds else first
        self.seconds = min(grown, float(app["maxLaunchDelaySeconds"]))
        self.until = time.time() + self.seconds

    def stayed(self) -> None:
        """Wait no longer: a task has proved itself."""
        self.seconds = self.until = 0

    @property
    def left(self) -> float:
        """Seconds that are still to be waited."""
        return max(0.0, self.until - time.time())


@dataclass
class Waiting:
    """An app's place in the queue.

    :ivar unused: latest offer of each agent that would not do.
    """

    count: int
    since: str = field(default_factory=now)
    processed: int = 0
    used: str = ""
    rejected: Counter[str] = field(default_factory=Counter)
    unused: dict[str, Json] = field(default_factory=dict)

    def looked(self, offer: Mapping[str, Any], reasons: list[str]) -> None:
        """Remember an offer that was used (no reasons) or not."""
        self.processed += 1
        agent = offer["agent_id"]["value"]
        if not reasons:
            self.used = now()
            self.unused.pop(agent, None)
            return
        self.rejected[reasons[0]] += 1
        self.unused[agent] = {"offer": _shown(offer), "reason": reasons, "timestamp": now()}

    def show(self, app: Json, backoff: Backoff, embed: bool) -> Json:
        """Return it as the API does."""
        last = Counter(one["reason"][0] for one in self.unused.values())
        summary: Json = {
            "processedOffersCount": self.processed,
            "unusedOffersCount": sum(self.rejected.values()),
            "rejectSummaryLastOffers": _funnel(len(self.unused), last),
            "rejectSummaryLaunchAttempt": _funnel(self.processed, self.rejected),
        }
        if self.used:
            summary["lastUsedOfferAt"] = self.used
        if self.unused:
            summary["lastUnusedOfferAt"] = max(one["timestamp"] for one in self.unused.values())
        done = {
            "app": app,
            "count": self.count,
            "role": app.get("role", "*"),
            "delay": {"timeLeftSeconds": round(backoff.left), "overdue": not backoff.left},
            "since": self.since,
            "processedOffersSummary": summary,
        }
        return {**done, "lastUnusedOffers": list(self.unused.values())} if embed else done


def _funnel(processed: int, rejected: Mapping[str, int]) -> list[Json]:
    steps = []
    for reason in REASONS:
        declined = rejected.get(reason, 0)
        steps.append({"reason": reason, "declined": declined, "processed": processed})
        processed -= declined
    return steps


def _shown(offer: Mapping[str, Any]) -> Json:
    return {
        "id": offer["id"]["value"],
        "agentId": offer["agent_id"]["value"],
        "hostname": offer["hostname"],
        "resources": [
            {
                "name": one["name"],
                "role": one.get("role", "*"),
                "scalar": (one.get("scalar") or {}).get("value"),
                "ranges": (one.get("ranges") or {}).get("range"),
            }
            for one in offer.get("resources", [])
        ],
        "attributes": [
            {"name": one["name"], "text": (one.get("text") or {}).get("value")}
            for one in offer.get("attributes", [])
        ],
    }
