"""The options of a broker. Pure."""

from meridian.common.errors import MeridianError

from kafka_scheduler.kafka import values
from kafka_scheduler.option import Option, line, positive
from kafka_scheduler.patience import FAILOVER, patience

# Whoever launches the broker sets these, from what Mesos gave it.
_OURS = ("broker.id", "node.id", "process.roles", "listeners", "advertised.listeners")


def _boolean(text: str) -> bool:
    known = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
    if text.lower() not in known:
        raise MeridianError(f"{text!r} is neither true nor false")
    return known[text.lower()]


def _container(text: str) -> str:
    if text not in ("mesos", "docker"):
        raise MeridianError(f"{text!r} is neither mesos nor docker")
    return text


def _options(text: str) -> dict[str, str]:
    found = values.pairs(text)
    for key in _OURS:
        if key in found:
            raise MeridianError(f"{key} is set by the scheduler")
    return found


#: In the order in which they are shown.
OPTIONS = (
    Option("cpus", "cpus", positive(float, 0.001), "number", "cpus of the task (default 1)"),
    Option("mem", "mem", positive(int, 32), "integer", "MB of memory of the task (default 2048)"),
    Option("heap", "heap", positive(int, 16), "integer", "MB of the JVM's heap (default 1024)"),
    Option(
        "port",
        "port",
        values.ports,
        "string",
        "port of the internal listener: n, a..b, auto (default: what the scheduler's --port says)",
        values.format_ports,
    ),
    Option(
        "portExternal",
        "port_external",
        values.ports,
        "string",
        "port of the listener to other regions: n, a..b, auto (default: the scheduler's --port-external)",
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
        line,
        "string",
        "name, address, pattern (192.168.50.*) or interface (if:eth1) to listen on (default: the host's)",
    ),
    Option("syslog", "syslog", _boolean, "boolean", "log to syslog (default false)"),
    patience(
        "stickinessPeriod",
        "stickiness_period",
        "time within which a broker returns only to its last host (default 10m)",
    ),
    patience(
        "hostLostPeriod",
        "host_lost_period",
        "time after which a broker without a volume leaves a host that is lost (default 2m)",
    ),
    patience(
        "dataLostPeriod",
        "data_lost_period",
        "time after which volumes of a lost host are given up, once others have their data; unset: never",
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
    Option("jvmOptions", "jvm_options", line, "string", "options of the JVM, such as -XX:+UseG1GC"),
    Option(
        "constraints",
        "constraints",
        values.constraints,
        "string",
        "attribute=rule,…: like:re, unlike:re, unique, cluster, cluster:value, groupBy, groupBy:n",
        values.format_pairs,
    ),
    *FAILOVER,
    Option(
        "failoverMaxTries",
        "failover_max_tries",
        positive(int, 1),
        "integer",
        "failures after which the broker is deactivated (default: none)",
        at_once=True,
    ),
    Option("javaCmd", "java_cmd", line, "string", "java to run the broker with (default java)"),
    Option(
        "containerType", "container_type", _container, "string", "mesos or docker (default: no container)"
    ),
    Option("containerImage", "container_image", line, "string", "image of the container"),
    Option(
        "containerMounts",
        "container_mounts",
        values.mounts,
        "string",
        "/of/host:/in/container[:ro],…",
        lambda found: ",".join(map(str, found)),
    ),
)
