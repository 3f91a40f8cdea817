"""Settings of Kafka in the pillar: names and values as the shipped version has them, and what is ours."""

from collections.abc import Iterator, Mapping
from typing import Any

from meridian.topology import kafka_settings
from meridian.topology.kafka_mode import KRAFT
from meridian.topology.problems import Path
from meridian.topology.schema import RegionSettings

# What the formula writes into server.properties, and the pillar's key for it.
_OURS = {
    "node.id": "kafka.ids",
    "broker.id": "kafka.ids",
    "process.roles": "the roles of nodes",
    "controller.quorum.voters": "the roles of nodes",
    "controller.quorum.bootstrap.servers": "the roles of nodes",
    "controller.listener.names": "kafka.ports",
    "listeners": "kafka.ports",
    "advertised.listeners": "kafka.ports",
    "listener.security.protocol.map": "kafka.ports",
    "inter.broker.listener.name": "kafka.ports",
    "broker.rack": "region.zones",
    "log.dir": "kafka.data",
    "log.dirs": "kafka.data",
}
_TOPIC_OURS = {"min.insync.replicas": "min_insync_replicas"}
# In front of a client's settings, and whose they are.
_CLIENTS = {
    f"{end}{name}{middle}.": name
    for name in ("producer", "consumer", "admin")
    for end in ("", "source.", "target.")
    for middle in ("", ".override")
}


def check(pillar: RegionSettings) -> Iterator[tuple[Path, str]]:
    """Yield what is wrong with settings of Kafka in a region's pillar: path, expected."""
    for name, topic in pillar.topics.items():
        for key, value in topic.config.items():
            path = ("topics", name, "config", key)
            if key in _TOPIC_OURS:
                yield path, f"expected it as topics.{name}.{_TOPIC_OURS[key]}"
            elif told := _told("topic", key, value, strict=True):
                yield path, told
    for key, value in pillar.kafka.config.items():
        if key in _OURS:
            yield ("kafka", "config", key), f"Meridian sets it; what it is follows from {_OURS[key]}"
        elif pillar.kafka.mode == KRAFT and (told := _told("broker", key, value, strict=False)):
            yield ("kafka", "config", key), told
    yield from _of_clients(("connect", "config"), pillar.connect.config, "worker")
    for name, flow in pillar.flows.items():
        yield from _of_clients(("flows", name, "config"), flow.config, "")


def _of_clients(at: Path, config: Mapping[str, Any], own: str) -> Iterator[tuple[Path, str]]:
    """Yield what is wrong with settings of which some are for clients, by what stands in front of them.

    :param own: the table of those without; empty where nobody knows them all.
    """
    for key, value in config.items():
        front = max((one for one in _CLIENTS if key.startswith(one)), key=len, default="")
        name = _CLIENTS[front] if front else own
        if name and (told := _told(name, key.removeprefix(front), value, strict=False)):
            yield (*at, key), told


def _told(table: str, key: str, value: Any, *, strict: bool) -> str:
    return kafka_settings.unknown(table, key, strict=strict) or kafka_settings.wrong(table, key, value)
