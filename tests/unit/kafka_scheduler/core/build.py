"""Offers and instances for tests, as short as they can be said."""

from typing import Any

from kafka_scheduler.core import offers
from kafka_scheduler.core.model import Instance, Requirement
from kafka_scheduler.core.offers import Offer
from kafka_scheduler.core.placing import FRAMEWORK_LABEL, INSTANCE_LABEL, Framework

FRAMEWORK = Framework("kafka", "brokers", "kafka-scheduler")
NOW = 1_000_000.0


def scalar(name: str, value: float, **more: Any) -> dict[str, Any]:
    """Return a scalar as Mesos offers it."""
    allocation = {"allocation_info": {"role": "brokers"}}
    return {"name": name, "type": "SCALAR", "scalar": {"value": value}, **allocation, **more}


def ports(first: int, last: int, **more: Any) -> dict[str, Any]:
    """Return ports as Mesos offers them."""
    ranges = {"range": [{"begin": first, "end": last}]}
    allocation = {"allocation_info": {"role": "brokers"}}
    return {"name": "ports", "type": "RANGES", "ranges": ranges, **allocation, **more}


def reserved(instance: str, framework: str = "kafka") -> dict[str, Any]:
    """Return the reservation that we make for an instance."""
    labels = [{"key": FRAMEWORK_LABEL, "value": framework}, {"key": INSTANCE_LABEL, "value": instance}]
    reservation = {"type": "DYNAMIC", "role": "brokers", "principal": "kafka-scheduler"}
    return {"reservations": [{**reservation, "labels": {"labels": labels}}]}


def volume(name: str, size: float, instance: str, path: str = "data") -> dict[str, Any]:
    """Return a persistent volume of an instance as Mesos offers it."""
    disk = {"persistence": {"id": name}, "volume": {"mode": "RW", "container_path": path}}
    return scalar("disk", size, disk=disk, **reserved(instance))


def plain(
    host: str = "a",
    *extra: dict[str, Any],
    cpus: float = 4,
    mem: float = 8192,
    disk: float = 100_000,
    first: int = 31000,
    last: int = 32000,
    agent: str = "",
    maintenance: float | None = None,
    **attributes: str,
) -> dict[str, Any]:
    """Return an offer as Mesos sends it."""
    data = {
        "id": {"value": f"offer-{host}"},
        "agent_id": {"value": agent or f"agent-{host}"},
        "hostname": host,
        "attributes": [
            {"name": key, "type": "TEXT", "text": {"value": value}} for key, value in attributes.items()
        ],
        "resources": [
            scalar("cpus", cpus),
            scalar("mem", mem),
            scalar("disk", disk),
            ports(first, last),
            *extra,
        ],
    }
    if maintenance is not None:
        data["unavailability"] = {"start": {"nanoseconds": int(maintenance * 1e9)}}
    return data


def offer(host: str = "a", *extra: dict[str, Any], **more: Any) -> Offer:
    """Return an offer."""
    return offers.parse(plain(host, *extra, **more))


def instance(name: str = "0", requirement: Requirement | None = None, **more: Any) -> Instance:
    """Return an instance that is asked to run."""
    return Instance(name, {}, requirement or Requirement(), **{"active": True, **more})
