"""What of an offer a task takes, or why the offer will not do. Pure."""

import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from . import constraints
from .definitions import Json

#: In the order in which Marathon looks: an offer counts for the first that holds.
REASONS = (
    "UnfulfilledRole",
    "UnfulfilledConstraint",
    "NoCorrespondingReservationFound",
    "AgentMaintenance",
    "InsufficientCpus",
    "InsufficientMemory",
    "InsufficientDisk",
    "InsufficientGpus",
    "InsufficientPorts",
    "DeclinedScarceResources",
)
_SCALARS = {
    "cpus": "InsufficientCpus",
    "mem": "InsufficientMemory",
    "disk": "InsufficientDisk",
    "gpus": "InsufficientGpus",
}


@dataclass
class Taken:
    """What a task takes of an offer.

    :ivar resources: as they are launched with.
    :ivar ports: host ports, in order.
    """

    resources: list[Json] = field(default_factory=list)
    ports: list[int] = field(default_factory=list)


def match(
    app: Mapping[str, Any],
    offer: Mapping[str, Any],
    left: list[Json],
    placed: Sequence[Mapping[str, str]],
    roles: Sequence[str],
    drain_seconds: float = 0,
) -> Taken | list[str]:
    """Return what a task takes, which is then gone from ``left``; or all reasons against.

    :param left: resources of the offer that nobody has taken yet.
    :param placed: attributes of the places of the app's other tasks.
    :param roles: roles of resources that Marathon may use.
    :param drain_seconds: how long before a maintenance an agent gets no more tasks.
    """
    accepted = [role for role in app.get("acceptedResourceRoles") or roles if role in (*roles, "*")]
    usable = [one for one in left if one.get("role", "*") in accepted and _free(one)]
    reasons = [] if usable else ["UnfulfilledRole"]
    if not constraints.met(app.get("constraints") or [], constraints.attributes(offer), placed):
        reasons.append("UnfulfilledConstraint")
    if _in_maintenance(offer, drain_seconds):
        reasons.append("AgentMaintenance")
    taken = Taken()
    used: list[tuple[Json, float]] = []
    for name, reason in _SCALARS.items():
        wanted = float(app.get(name) or 0)
        for one in usable:
            if one["name"] == name and wanted > 1e-9:
                part = min(wanted, one["scalar"]["value"])
                if part > 0:
                    used.append((one, part))
                    wanted -= part
        if wanted > 1e-9:
            reasons.append(reason)
    ports = _ports(app, usable)
    if ports is None:
        reasons.append("InsufficientPorts")
    if reasons or ports is None:
        return [one for one in REASONS if one in reasons]
    for one, part in used:
        one["scalar"]["value"] = round(one["scalar"]["value"] - part, 6)
        taken.resources.append({**one, "scalar": {"value": part}})
    for one, port in ports:
        _take_port(one, port)
        taken.resources.append({**one, "ranges": {"range": [{"begin": port, "end": port}]}})
        taken.ports.append(port)
    return taken


def host_ports(app: Mapping[str, Any]) -> list[int]:
    """Return the host ports that an app wants of each task; 0 for any."""
    mappings = (app.get("container") or {}).get("portMappings")
    if app.get("portDefinitions") is None:
        return [int(one.get("hostPort") or 0) for one in mappings or [] if one.get("hostPort") is not None]
    if app.get("requirePorts"):
        return [int(one.get("port") or 0) for one in app["portDefinitions"]]
    return [0] * len(app["portDefinitions"])


def _ports(app: Mapping[str, Any], usable: Sequence[Json]) -> list[tuple[Json, int]] | None:
    pool = [
        (one, int(each["begin"]), int(each["end"]))
        for one in usable
        if one["name"] == "ports"
        for each in one["ranges"].get("range", [])
    ]
    found: list[tuple[Json, int]] = []
    wanted = host_ports(app)
    for port in sorted(wanted, reverse=True):
        chosen = {number for _, number in found}
        if port:
            where = next((one for one, begin, end in pool if begin <= port <= end), None)
            if where is None or port in chosen:
                return None
            found.append((where, port))
            continue
        free = sum(end - begin + 1 for _, begin, end in pool) - len(chosen)
        if free < 1:
            return None
        while True:
            one, begin, end = random.choice(pool)
            number = random.randint(begin, end)
            if number not in chosen:
                found.append((one, number))
                break
    by_port = {number: (one, number) for one, number in found}
    anyhow = [pair for pair in found if pair[1] not in wanted]
    return [by_port[port] if port else anyhow.pop() for port in wanted]


def _take_port(resource: Json, port: int) -> None:
    ranges = []
    for one in resource["ranges"]["range"]:
        if one["begin"] <= port <= one["end"]:
            parts = [(one["begin"], port - 1), (port + 1, one["end"])]
            ranges += [{"begin": begin, "end": end} for begin, end in parts if begin <= end]
        else:
            ranges.append(one)
    resource["ranges"] = {"range": ranges}


def _free(resource: Mapping[str, Any]) -> bool:
    """Tell whether a resource is nobody's volume or reservation of its own, and may not be taken back."""
    return not (
        "reservation" in resource
        or "revocable" in resource
        or (resource.get("disk") or {}).get("persistence")
        or any(one.get("type") == "DYNAMIC" for one in resource.get("reservations") or [])
    )


def _in_maintenance(offer: Mapping[str, Any], drain_seconds: float) -> bool:
    start = ((offer.get("unavailability") or {}).get("start") or {}).get("nanoseconds")
    return start is not None and start / 1e9 - drain_seconds <= time.time()
