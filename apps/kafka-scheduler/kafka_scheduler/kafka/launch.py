"""A broker as a task of Mesos. Pure.

The launcher that Salt puts on agents gets all by environment variables. Without one, a script of ours runs a
Kafka archive that Mesos fetches.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from kafka_scheduler.core.model import Instance, PortWant, Requirement, Task, VolumeWant
from kafka_scheduler.core.resources import Resource
from kafka_scheduler.kafka.spec import BrokerSpec
from kafka_scheduler.kafka.values import PortRange

INTERNAL, EXTERNAL = "internal", "external"
#: Folder in the sandbox for the data of a broker without a volume.
SANDBOX_DATA = "data"
_SCRIPT = Path(__file__).with_name("run-archive.sh")


@dataclass(frozen=True)
class LaunchSettings:
    """How brokers of this scheduler are launched.

    :ivar name: of the framework.
    :ivar launcher: command on agents; empty: our own script with ``archives``.
    :ivar archives: what Mesos fetches into the sandbox: a Kafka archive, a JRE.
    :ivar user: whom the task runs as; empty: the framework's.
    :ivar stop_seconds: a broker has to end in an orderly way before it is killed.
    :ivar port: ports of the internal listener of brokers that name none; none: any.
    :ivar port_external: the same for the listener to other regions; ``None``: they have no such listener.
    """

    name: str = "kafka"
    launcher: str = ""
    archives: tuple[str, ...] = ()
    user: str = ""
    stop_seconds: float = 60.0
    port: tuple[PortRange, ...] = ()
    port_external: tuple[PortRange, ...] | None = None


def requirement(spec: BrokerSpec, settings: LaunchSettings | None = None) -> Requirement:
    """Return what a broker needs of an agent."""
    default = settings or LaunchSettings()
    ports = [PortWant(INTERNAL, _ranges(spec.port or default.port))]
    external = default.port_external if spec.port_external is None else spec.port_external
    if external is not None:
        ports.append(PortWant(EXTERNAL, _ranges(external or default.port_external or ())))
    return Requirement(
        spec.cpus,
        float(spec.mem),
        tuple(ports),
        tuple(VolumeWant(one.name, one.mb, one.disk) for one in spec.volumes),
        spec.constraints,
        spec.stickiness_period,
        spec.host_lost_period,
        spec.failover_delay,
        spec.failover_max_delay,
        spec.failover_max_tries,
        spec.data_lost_period,
    )


def _ranges(ports: tuple[PortRange, ...]) -> tuple[tuple[int, int], ...]:
    return tuple((one.first, one.last) for one in ports)


def task_info(
    instance: Instance,
    task: Task,
    resources: tuple[Resource, ...],
    spec: BrokerSpec,
    settings: LaunchSettings,
) -> dict[str, Any]:
    """Return the task of a broker as Mesos takes it."""
    info: dict[str, Any] = {
        "name": f"{settings.name}-{instance.id}",
        "task_id": {"value": task.id},
        "agent_id": {"value": task.agent_id},
        "resources": [one.to_json() for one in resources],
        "command": _command(instance, task, spec, settings),
        "kill_policy": {"grace_period": {"nanoseconds": int(settings.stop_seconds * 1e9)}},
        "labels": {"labels": [{"key": "broker", "value": instance.id}]},
        "discovery": _discovery(task, settings),
    }
    if spec.container_type or spec.container_mounts:
        info["container"] = _container(spec)
    return info


def _command(instance: Instance, task: Task, spec: BrokerSpec, settings: LaunchSettings) -> dict[str, Any]:
    variables = environment(instance, task, spec)
    command: dict[str, Any] = {
        "shell": True,
        "value": f"exec {settings.launcher}" if settings.launcher else _script(),
        "environment": {
            "variables": [{"name": key, "type": "VALUE", "value": value} for key, value in variables.items()]
        },
    }
    if not settings.launcher and settings.archives:
        command["uris"] = [{"value": one, "extract": True, "cache": True} for one in settings.archives]
    if settings.user:
        command["user"] = settings.user
    return command


@cache
def _script() -> str:
    return _SCRIPT.read_text(encoding="utf-8")


def environment(instance: Instance, task: Task, spec: BrokerSpec) -> dict[str, str]:
    """Return what the launcher is told."""
    wanted = {one.name for one in spec.volumes}
    folders = [one.name for one in instance.volumes if one.name in wanted]
    variables = {**task.attributes, "id": instance.id, "host": task.hostname}
    said = {
        "KAFKA_BROKER_ID": instance.id,
        "KAFKA_HEAP_MB": str(spec.heap),
        "KAFKA_JVM_OPTIONS": spec.jvm_options or "",
        "KAFKA_PORT_INTERNAL": str(task.ports[INTERNAL]),
        "KAFKA_PORT_EXTERNAL": str(task.ports.get(EXTERNAL, "")),
        "KAFKA_BIND_ADDRESS": spec.bind_address or "",
        "KAFKA_ADVERTISED_HOST": task.hostname,
        "KAFKA_OPTIONS": _lines(spec.settings(variables)),
        "KAFKA_LOG4J_OPTIONS": _lines(spec.log4j_options),
        "KAFKA_DATA": ",".join(folders) or SANDBOX_DATA,
    }
    if spec.java_cmd:
        said["KAFKA_JAVA"] = spec.java_cmd
    if spec.syslog:
        said["KAFKA_SYSLOG"] = "true"
    return said


def _lines(settings: Mapping[str, str]) -> str:
    return "".join(f"{key}={value}\n" for key, value in settings.items())


def _discovery(task: Task, settings: LaunchSettings) -> dict[str, Any]:
    """Mesos-DNS and proxies find the ports by it."""
    ports = [
        {"name": name, "number": number, "protocol": "tcp", "visibility": "CLUSTER"}
        for name, number in task.ports.items()
    ]
    return {"visibility": "CLUSTER", "name": settings.name, "ports": {"ports": ports}}


def _container(spec: BrokerSpec) -> dict[str, Any]:
    kind = (spec.container_type or "mesos").upper()
    found: dict[str, Any] = {"type": kind}
    if spec.container_image and kind == "DOCKER":
        found["docker"] = {"image": spec.container_image, "network": "HOST"}
    elif spec.container_image:
        image = {"type": "DOCKER", "docker": {"name": spec.container_image}}
        found["mesos"] = {"image": image}
    if spec.container_mounts:
        found["volumes"] = [
            {
                "mode": "RO" if one.read_only else "RW",
                "host_path": one.host,
                "container_path": one.container,
            }
            for one in spec.container_mounts
        ]
    return found
