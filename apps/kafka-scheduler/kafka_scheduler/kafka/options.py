"""The options of a broker: names, readers and writers, in one table for REST, command line and docs. Pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from meridian.errors import MeridianError

from kafka_scheduler.kafka import values

# Whoever launches the broker sets these, from what Mesos gave it.
_OURS = ("broker.id", "node.id", "process.roles", "listeners", "advertised.listeners")


@dataclass(frozen=True)
class Option:
    """An option of ``broker add`` and ``broker update``.

    :ivar name: as REST has it, such as ``bindAddress``.
    :ivar field: of :class:`BrokerSpec`.
    :ivar read: text → value; raises ``MeridianError`` or ``ValueError``.
    :ivar kind: JSON schema type of its value.
    :ivar help: what it does, with its default.
    :ivar write: value → text.
    :ivar at_once: a change takes effect without a restart.
    """

    name: str
    field: str
    read: Callable[[str], Any]
    kind: str
    help: str
    write: Callable[[Any], str] = str
    at_once: bool = False

    @cached_property
    def flag(self) -> str:
        """As the command line has it, such as ``--bind-address``."""
        return "--" + re.sub(r"([A-Z])", r"-\1", self.name).lower()

    def plain(self, value: Any) -> Any:
        """Return a value as JSON has it."""
        return value if self.kind in ("number", "integer", "boolean") else self.write(value)


def _positive(kind: Callable[[str], Any], least: float) -> Callable[[str], Any]:
    def read(text: str) -> Any:
        value = kind(text)
        if not least <= value < 10**9:
            raise MeridianError(f"{text} is not from {least:g} up")
        return value

    return read


def _boolean(text: str) -> bool:
    known = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
    if text.lower() not in known:
        raise MeridianError(f"{text!r} is neither true nor false")
    return known[text.lower()]


def _container(text: str) -> str:
    if text not in ("mesos", "docker"):
        raise MeridianError(f"{text!r} is neither mesos nor docker")
    return text


def _line(text: str) -> str:
    if any(ord(letter) < 32 for letter in text):
        raise MeridianError("has to be one line")
    return text


def _options(text: str) -> dict[str, str]:
    found = values.pairs(text)
    for key in _OURS:
        if key in found:
            raise MeridianError(f"{key} is set by the scheduler")
    return found


#: In the order in which they are shown.
OPTIONS = (
    Option("cpus", "cpus", _positive(float, 0.001), "number", "cpus of the task (default 1)"),
    Option("mem", "mem", _positive(int, 32), "integer", "MB of memory of the task (default 2048)"),
    Option("heap", "heap", _positive(int, 16), "integer", "MB of the JVM's heap (default 1024)"),
    Option(
        "port",
        "port",
        values.ports,
        "string",
        "port of the internal listener: n, a..b, auto (default)",
        values.format_ports,
    ),
    Option(
        "portExternal",
        "port_external",
        values.ports,
        "string",
        "port of the listener to other regions: n, a..b, auto (default: no such listener)",
        values.format_ports,
    ),
    Option(
        "volume",
        "volumes",
        values.volumes,
        "string",
        "persistent volumes: name:size[:disk],…, disk root, path or mount; a name alone: an existing one",
        lambda found: ",".join(map(str, found)),
    ),
    Option(
        "bindAddress",
        "bind_address",
        _line,
        "string",
        "name, address, pattern (192.168.50.*) or interface (if:eth1) to listen on (default: the host's)",
    ),
    Option("syslog", "syslog", _boolean, "boolean", "log to syslog (default false)"),
    Option(
        "stickinessPeriod",
        "stickiness_period",
        values.duration,
        "string",
        "time within which a broker returns only to its last host (default 10m)",
        values.format_duration,
        at_once=True,
    ),
    Option(
        "hostLostPeriod",
        "host_lost_period",
        values.duration,
        "string",
        "time after which a broker without a volume leaves a host that is lost (default 2m)",
        values.format_duration,
        at_once=True,
    ),
    Option(
        "dataLostPeriod",
        "data_lost_period",
        values.duration,
        "string",
        "time after which volumes of a lost host are given up, once others have their data; unset: never",
        values.format_duration,
        at_once=True,
    ),
    Option(
        "options",
        "options",
        _options,
        "string",
        "k=v,… or file:server.properties; $id, $host and the agent's $attributes are interpolated",
        values.format_pairs,
    ),
    Option(
        "log4jOptions",
        "log4j_options",
        values.pairs,
        "string",
        "k=v,… or file:log4j.properties",
        values.format_pairs,
    ),
    Option("jvmOptions", "jvm_options", _line, "string", "options of the JVM, such as -XX:+UseG1GC"),
    Option(
        "constraints",
        "constraints",
        values.constraints,
        "string",
        "attribute=rule,…: like:re, unlike:re, unique, cluster, cluster:value, groupBy, groupBy:n",
        values.format_pairs,
    ),
    Option(
        "failoverDelay",
        "failover_delay",
        values.duration,
        "string",
        "time before the first try after a failure; it doubles (default 1m)",
        values.format_duration,
        at_once=True,
    ),
    Option(
        "failoverMaxDelay",
        "failover_max_delay",
        values.duration,
        "string",
        "longest time between two tries (default 10m)",
        values.format_duration,
        at_once=True,
    ),
    Option(
        "failoverMaxTries",
        "failover_max_tries",
        _positive(int, 1),
        "integer",
        "failures after which the broker is deactivated (default: none)",
        at_once=True,
    ),
    Option("javaCmd", "java_cmd", _line, "string", "java to run the broker with (default java)"),
    Option(
        "containerType", "container_type", _container, "string", "mesos or docker (default: no container)"
    ),
    Option("containerImage", "container_image", _line, "string", "image of the container"),
    Option(
        "containerMounts",
        "container_mounts",
        values.mounts,
        "string",
        "/of/host:/in/container[:ro],…",
        lambda found: ",".join(map(str, found)),
    ),
)
