"""Events of a Mesos master as the engine takes them. Pure."""

from collections.abc import Mapping
from typing import Any

from kafka_scheduler.core import offers, updates
from kafka_scheduler.core.state import AgentLost, Event, InverseOffers, Offers, Subscribed, Updated


def parse(data: Mapping[str, Any]) -> Event | None:
    """Return an event; ``None`` for one that changes nothing.

    That is a heartbeat, or an offer taken back: none is kept, each is answered as it comes. What becomes of a
    launch with one taken back comes as an update of its task.
    """
    kind = data.get("type")
    if kind == "OFFERS":
        return Offers(tuple(offers.parse(one) for one in data["offers"].get("offers", ())))
    if kind == "UPDATE":
        return Updated(updates.parse(data["update"]["status"]))
    if kind == "SUBSCRIBED":
        return Subscribed(data["subscribed"]["framework_id"]["value"])
    if kind == "FAILURE" and "executor_id" not in data["failure"]:
        return AgentLost(data["failure"]["agent_id"]["value"])
    if kind == "INVERSE_OFFERS":
        found = data["inverse_offers"].get("inverse_offers", ())
        return InverseOffers({one["id"]["value"]: one.get("agent_id", {}).get("value", "") for one in found})
    return None
