"""The brokers or nodes that a region's scheduler is to run, in the words of its REST API. Pure."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from meridian.services.mesos.scheduler.services import NODES, Service
from meridian.topology.model import Region

# What a broker of heap_mb takes beside its heap: metaspace, threads, direct buffers of the network.
_BESIDE_HEAP_MB = 256
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def of(service: Service, region: Region) -> dict[int, dict[str, str]]:
    """Return id → options of the instances of a service."""
    return nodes(region) if service == NODES else brokers(region)


def brokers(region: Region) -> dict[int, dict[str, str]]:
    """Return broker id → options, as ``/api/broker/add`` takes them.

    One broker a host, at the ports that pillar names; racks and all else come from the hosts' own files.
    """
    kafka = region.settings["kafka"]
    settings = region.settings["kafka_scheduler"]
    options = {
        "cpus": f"{settings['cpus']:g}",
        "mem": str(kafka["heap_mb"] + _BESIDE_HEAP_MB),
        "heap": str(kafka["heap_mb"]),
        "port": str(kafka["ports"]["internal"]),
        "portExternal": str(kafka["ports"]["external"]),
        "volume": f"data:{settings['volume_mb']}",
        "constraints": "hostname=unique",
        **_patience(settings),
    }
    return {broker: dict(options) for broker in region.broker_ids}


def nodes(region: Region) -> dict[int, dict[str, str]]:
    """Return node id → options, as ``/v1/elasticsearch/node/add`` takes them.

    One node on each host with the role, which Mesos' agents say of themselves; zones are the hosts' own.
    """
    elastic = region.settings["elasticsearch"]
    settings = region.settings["elasticsearch_scheduler"]
    heap = elastic["heap_mb"]
    options = {
        "cpus": f"{settings['cpus']:g}",
        # As much again for files that are mapped, and some for the JVM that launches it.
        "mem": str(2 * heap + _BESIDE_HEAP_MB),
        "heap": str(heap),
        "port": str(elastic["ports"]["http"]),
        "portTransport": str(elastic["ports"]["transport"]),
        "volume": f"data:{settings['volume_mb']}",
        "constraints": "role=like:.*elasticsearch.*",
        **_patience(settings),
    }
    return {number: dict(options) for number, _ in enumerate(region.with_role("elasticsearch"), 1)}


def _patience(settings: Mapping[str, Any]) -> dict[str, str]:
    options = {
        "failoverDelay": f"{settings['failover_delay_seconds']}s",
        "failoverMaxDelay": f"{settings['failover_max_delay_seconds']}s",
        "stickinessPeriod": f"{settings['stickiness_seconds']}s",
        "hostLostPeriod": f"{settings['host_lost_seconds']}s",
    }
    if settings["data_lost_seconds"] is not None:
        options["dataLostPeriod"] = f"{settings['data_lost_seconds']}s"
    return options


def missing(wanted: Mapping[int, Mapping[str, str]], known: Sequence[Mapping[str, Any]]) -> list[int]:
    """Return the brokers that the scheduler has not heard of yet."""
    there = {int(one["id"]) for one in known}
    return sorted(set(wanted) - there)


def changed(
    wanted: Mapping[int, Mapping[str, str]], known: Sequence[Mapping[str, Any]]
) -> dict[int, dict[str, str]]:
    """Return the options of brokers that are to be other than they are.

    Options that nobody asked for here, set by an operator's own hand, are left alone.
    """
    found = {}
    for one in known:
        options = wanted.get(int(one["id"]), {})
        told = {**one, **_nested(one)}
        differing = {name: value for name, value in options.items() if not _same(value, told.get(name))}
        if differing:
            found[int(one["id"])] = differing
    return found


def _nested(broker: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options that the API shows in groups, under the names that it takes them by."""
    failover = broker.get("failover", {})
    return {
        "failoverDelay": failover.get("delay"),
        "failoverMaxDelay": failover.get("maxDelay"),
        "stickinessPeriod": broker.get("stickiness", {}).get("period"),
    }


def _same(wanted: str, known: Any) -> bool:
    if known is None:
        return False
    if isinstance(known, int | float):
        return float(wanted) == float(known)
    return _seconds(wanted) == _seconds(str(known))


def _seconds(text: str) -> float | str:
    """Return a duration in seconds, any other text as it is."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)", text)
    return float(found[1]) * _UNITS[found[2]] if found else text


def idle(wanted: Mapping[int, Mapping[str, str]], known: Sequence[Mapping[str, Any]]) -> list[int]:
    """Return the brokers that are there, and not asked to run."""
    return sorted(int(one["id"]) for one in known if int(one["id"]) in wanted and not one["active"])


def down(wanted: Mapping[int, Mapping[str, str]], known: Sequence[Mapping[str, Any]]) -> dict[int, str]:
    """Return the brokers that do not run, each with why."""
    by_id = {int(one["id"]): one for one in known}
    found = {}
    for broker in wanted:
        state = by_id.get(broker, {}).get("state", "unknown")
        if state != "running":
            reasons = "; ".join(by_id.get(broker, {}).get("reasons", ()))
            found[broker] = f"{state}: {reasons}" if reasons else str(state)
    return found
