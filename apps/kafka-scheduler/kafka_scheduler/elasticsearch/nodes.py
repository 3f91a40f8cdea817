"""Nodes of Elasticsearch as the core's service, and as users see them. Pure."""

import json
from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any

from kafka_scheduler import viewing
from kafka_scheduler.core import stickiness
from kafka_scheduler.core.codec import text
from kafka_scheduler.core.model import Instance, PortWant, Requirement, Task, VolumeWant
from kafka_scheduler.core.resources import Resource
from kafka_scheduler.core.state import State
from kafka_scheduler.elasticsearch import spec as specs
from kafka_scheduler.elasticsearch.spec import NodeSpec
from kafka_scheduler.elasticsearch.views import ClusterHealth, NodeView
from kafka_scheduler.operations import runs

HTTP, TRANSPORT = "http", "transport"
#: What gives a node's volume up.
GIVE_UP = "elasticsearch node give-up-volume"


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
        spec = NodeSpec.from_json(instance.spec)
        said = {
            "ELASTIC_NODE_ID": instance.id,
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

    def why_not_stop(self, instance: str, seen: ClusterHealth, instances: Mapping[str, Instance]) -> str:
        """Return why a node must stay up; empty when it may go down.

        Only while the cluster is green: then each shard is on another node too. And a majority has to be
        left, of which one is elected master.
        """
        one = instances.get(instance)
        if one is None or not runs(one):
            return ""
        if seen.problem:
            return seen.problem
        if seen.status != "green":
            return f"the cluster is {seen.status}, with {seen.unassigned} unassigned shards"
        left = seen.nodes - 1
        if left * 2 <= len(instances):
            return f"{left} of {len(instances)} nodes would be left, which is no majority"
        return ""

    def why_not_whole(self, instance: str, seen: ClusterHealth, instances: Mapping[str, Instance]) -> str:
        """Return what is not well yet after a node was started; empty when all is."""
        if seen.problem:
            return seen.problem
        running = sum(map(runs, instances.values()))
        if seen.nodes < running:
            return f"{seen.nodes} of {running} nodes have joined"
        return "" if seen.status == "green" else f"the cluster is {seen.status}"

    def why_not_without(self, instance: str, seen: ClusterHealth, instances: Mapping[str, Instance]) -> str:
        """Return why the data of a node that is away are needed; empty when all is green without it."""
        return seen.problem or ("" if seen.status == "green" else f"the cluster is {seen.status}")


def why_not_up(instance: Instance, seen: ClusterHealth | None, instances: Mapping[str, Instance]) -> str:
    """Return why a node whose task runs does not serve yet; empty when as many have joined as run."""
    task = instance.task
    if task is None or not runs(instance):
        return "does not run"
    if seen is None or seen.taken_at < task.running_since:
        return "the cluster was not asked yet"
    if seen.problem:
        return f"has not joined the cluster ({seen.problem})"
    running = sum(map(runs, instances.values()))
    return f"{seen.nodes} of {running} nodes have joined" if seen.nodes < running else ""


def order(nodes: Collection[int], seen: ClusterHealth | None, instances: Mapping[str, Instance]) -> list[int]:
    """Return in which order nodes are stopped or restarted: the elected master last."""
    master = seen.master if seen is not None else ""

    def is_master(node: int) -> bool:
        one = instances.get(str(node))
        return bool(master) and one is not None and one.task is not None and one.task.hostname == master

    return sorted(nodes, key=lambda one: (is_master(one), one))


def view(instance: Instance, state: State, now: float) -> NodeView:
    """Return a node as users see it."""
    task, wanted = instance.task, NodeSpec.from_json(instance.spec)
    host = stickiness.sticky_host(instance, state.agents, now) if task is None else ""
    return NodeView(
        id=int(instance.id),
        spec=wanted,
        active=instance.active,
        state=viewing.state_of(instance),
        modified=task is not None and bool(specs.modified(NodeSpec.from_json(task.spec), wanted)),
        task=viewing.task_view(task) if task is not None else None,
        volumes=viewing.volume_views(instance, state),
        reasons=viewing.reasons(instance, state, now, GIVE_UP),
        host=instance.host,
        sticky_until=instance.ended + instance.requirement.stickiness_period if host else 0.0,
        failures=instance.failures,
        retry_at=instance.retry_at if instance.retry_at > now and task is None else 0.0,
    )


@lru_cache(maxsize=64)
def _requirement(said: str) -> Requirement:
    spec = NodeSpec.from_json(json.loads(said))
    return Requirement(
        spec.cpus,
        float(spec.mem),
        (
            PortWant(HTTP, tuple((one.first, one.last) for one in spec.port)),
            PortWant(TRANSPORT, tuple((one.first, one.last) for one in spec.port_transport)),
        ),
        tuple(VolumeWant(one.name, one.mb, one.disk) for one in spec.volumes),
        {**spec.constraints, "hostname": "unique"},
        spec.stickiness_period,
        spec.host_lost_period,
        spec.failover_delay,
        spec.failover_max_delay,
        spec.failover_max_tries,
        spec.data_lost_period,
    )
