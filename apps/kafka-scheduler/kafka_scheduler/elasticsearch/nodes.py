"""Nodes of Elasticsearch as the core's service. Pure."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from functools import lru_cache
from typing import Any

from meridian.errors import MeridianError

from kafka_scheduler.core.codec import text
from kafka_scheduler.core.model import Instance, PortWant, Requirement, Task, TaskState, VolumeWant
from kafka_scheduler.core.resources import Resource
from kafka_scheduler.kafka import values

HTTP, TRANSPORT = "http", "transport"


@dataclass(frozen=True)
class NodeSpec:
    """A node as it is wanted; all nodes are alike.

    :ivar mem: MB of the task; ``heap``: MB of them that are the JVM's heap.
    :ivar volume: ``data:100G:mount``; empty: data are in the sandbox and go with it.
    :ivar constraints: as brokers have them; each node is on a host of its own in any case.
    """

    cpus: float = 1.0
    mem: int = 2048
    heap: int = 1024
    port_http: int = 9200
    port_transport: int = 9300
    volume: str = ""
    constraints: str = ""
    jvm_options: str = ""
    host_lost_period: float = 120.0


@dataclass(frozen=True, slots=True)
class Health:
    """What the cluster said of itself.

    :ivar status: ``green, yellow, red``; empty when nobody answered, then ``problem`` says why.
    :ivar nodes: how many have joined.
    """

    taken_at: float
    status: str = ""
    nodes: int = 0
    problem: str = ""


def parse(given: Mapping[str, str]) -> NodeSpec:
    """Return a node from what a file says of it.

    :param given: key, with dashes, → text.
    :raises MeridianError: a key or value is none that there is.
    """
    known = {one.name.replace("_", "-"): one for one in fields(NodeSpec)}
    found: dict[str, Any] = {}
    for key, said in given.items():
        if key not in known:
            raise MeridianError(f"node.{key}: there is no such key; known are {', '.join(known)}")
        read: Callable[[str], Any] = type(known[key].default)
        try:
            found[known[key].name] = values.duration(said) if key == "host-lost-period" else read(said)
        except ValueError as error:
            raise MeridianError(f"node.{key}: {said!r} is no number") from error
    spec = NodeSpec(**found)
    if spec.heap * 2 > spec.mem:
        raise MeridianError(f"node.heap: {spec.heap} MB are more than half of node.mem, {spec.mem} MB")
    values.constraints(spec.constraints)
    if spec.volume and len(values.volumes(spec.volume)) > 1:
        raise MeridianError("node.volume: one volume is what a node can use")
    return spec


class Nodes:
    """What the core has to be told of nodes.

    :param launcher: command on agents.
    """

    def __init__(self, name: str, launcher: str, user: str = "", stop_seconds: float = 60.0) -> None:
        self._name = name
        self._launcher = launcher
        self._user = user
        self._stop_seconds = stop_seconds

    def requirement(self, instance: str, spec: Mapping[str, Any]) -> Requirement:
        """Return what a node needs."""
        return _requirement(text(spec))

    def task_info(self, instance: Instance, task: Task, resources: tuple[Resource, ...]) -> Mapping[str, Any]:
        """Return a node's task. Who it is and who else there is, its host knows."""
        spec = NodeSpec(**instance.spec)
        said = {
            "ELASTIC_HEAP_MB": str(spec.heap),
            "ELASTIC_PORT_HTTP": str(task.ports[HTTP]),
            "ELASTIC_PORT_TRANSPORT": str(task.ports[TRANSPORT]),
            "ELASTIC_JVM_OPTIONS": spec.jvm_options,
            "ELASTIC_DATA": instance.volumes[0].name if instance.volumes else "data",
        }
        variables = [{"name": key, "type": "VALUE", "value": value} for key, value in said.items()]
        command: dict[str, Any] = {
            "shell": True,
            "value": f"exec {self._launcher}",
            "environment": {"variables": variables},
        }
        if self._user:
            command["user"] = self._user
        ports = [{"name": key, "number": value, "protocol": "tcp"} for key, value in task.ports.items()]
        return {
            "name": f"{self._name}-{instance.id}",
            "task_id": {"value": task.id},
            "agent_id": {"value": task.agent_id},
            "resources": [one.to_json() for one in resources],
            "command": command,
            "kill_policy": {"grace_period": {"nanoseconds": int(self._stop_seconds * 1e9)}},
            "discovery": {"visibility": "CLUSTER", "name": self._name, "ports": {"ports": ports}},
        }

    def why_not_stop(self, instance: str, seen: Health, instances: Mapping[str, Instance]) -> str:
        """A node that runs goes down only while the cluster is green: every shard is on another one too."""
        one = instances.get(instance)
        if one is None or one.task is None or one.task.state is not TaskState.RUNNING:
            return ""
        return seen.problem or ("" if seen.status == "green" else f"the cluster is {seen.status}")

    def why_not_whole(self, instance: str, seen: Health, instances: Mapping[str, Instance]) -> str:
        """After a start all is well when all nodes have joined and the cluster is green."""
        running = sum(
            one.task is not None and one.task.state is TaskState.RUNNING for one in instances.values()
        )
        if seen.problem:
            return seen.problem
        if seen.nodes < running:
            return f"{seen.nodes} of {running} nodes have joined"
        return "" if seen.status == "green" else f"the cluster is {seen.status}"

    def why_not_without(self, instance: str, seen: Health, instances: Mapping[str, Instance]) -> str:
        """A node's data are not needed when every shard is on another one, too."""
        return seen.problem or ("" if seen.status == "green" else f"the cluster is {seen.status}")


@lru_cache(maxsize=64)
def _requirement(said: str) -> Requirement:
    spec = NodeSpec(**json.loads(said))
    return Requirement(
        spec.cpus,
        float(spec.mem),
        (
            PortWant(HTTP, ((spec.port_http, spec.port_http),)),
            PortWant(TRANSPORT, ((spec.port_transport, spec.port_transport),)),
        ),
        tuple(VolumeWant(one.name, one.mb, one.disk) for one in values.volumes(spec.volume))
        if spec.volume
        else (),
        {**values.constraints(spec.constraints), "hostname": "unique"},
        host_lost_period=spec.host_lost_period,
    )


def plain(spec: NodeSpec) -> dict[str, Any]:
    """Return a node as it is stored."""
    return asdict(spec)
