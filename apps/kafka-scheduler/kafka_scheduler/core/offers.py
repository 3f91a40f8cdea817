"""Offers of agents. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kafka_scheduler.core import resources
from kafka_scheduler.core.resources import Resource


@dataclass(frozen=True, slots=True)
class Offer:
    """What an agent has to give.

    :ivar attributes: the agent's, each as text.
    :ivar url: where the agent's own API is, ``10.0.0.1:5051``; empty when Mesos does not say.
    :ivar unavailable_from: seconds since 1970 when its maintenance begins; ``None``: none is planned.
    """

    id: str
    agent_id: str
    hostname: str
    attributes: Mapping[str, str]
    resources: tuple[Resource, ...]
    url: str = ""
    unavailable_from: float | None = None


def parse(data: Mapping[str, Any]) -> Offer:
    """Return an offer as Mesos sends it; resources that may be taken back at any time are left out."""
    start = data.get("unavailability", {}).get("start", {}).get("nanoseconds")
    return Offer(
        data["id"]["value"],
        data["agent_id"]["value"],
        data["hostname"],
        {one["name"]: attribute_text(one) for one in data.get("attributes", ())},
        tuple(
            resources.parse(one)
            for one in data.get("resources", ())
            if "revocable" not in one and one.get("type") in ("SCALAR", "RANGES")
        ),
        _url(data.get("url", {})),
        None if start is None else int(start) / 1e9,
    )


def attribute_text(data: Mapping[str, Any]) -> str:
    """Return an agent's attribute as text: ``r1``, ``4``, ``[1-3]``, ``{a,b}``."""
    if "text" in data:
        return str(data["text"]["value"])
    if "scalar" in data:
        return f"{data['scalar']['value']:g}"
    if "ranges" in data:
        found = [f"{one['begin']}-{one['end']}" for one in data["ranges"].get("range", ())]
        return f"[{','.join(found)}]"
    return "{" + ",".join(data.get("set", {}).get("item", ())) + "}"


def _url(data: Mapping[str, Any]) -> str:
    """Return where an agent's API is. The scheme is not kept: a master says ``http`` of every agent."""
    address = data.get("address", {})
    host = address.get("ip") or address.get("hostname") or ""
    host = f"[{host}]" if ":" in host else host
    return f"{host}:{address['port']}" if host and "port" in address else ""
