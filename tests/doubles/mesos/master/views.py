"""The state of the cluster as the APIs show it: the v1 operator API's way, and the older ``/state``'s."""

import time
from typing import TYPE_CHECKING, Any

from .. import VERSION
from ..resources import Json, Resources, role_of
from .model import Agent, Framework, Task

if TYPE_CHECKING:
    from .cluster import Cluster


def _moment(seconds: float) -> Json:
    return {"nanoseconds": int(seconds * 1e9)}


def task(one: Task) -> Json:
    """Return a task, v1."""
    done: Json = {
        "name": one.info.get("name", ""),
        "task_id": {"value": one.id},
        "framework_id": {"value": one.framework_id},
        "agent_id": {"value": one.agent_id},
        "state": one.state,
        "resources": one.resources.json(),
        "statuses": one.statuses,
    }
    if one.sent is not None:
        done["status_update_state"], done["status_update_uuid"] = one.sent
    if one.executor_id:
        done["executor_id"] = {"value": one.executor_id}
    for key in ("labels", "discovery", "container", "health_check", "kill_policy"):
        if key in one.info:
            done[key] = one.info[key]
    if user := one.info.get("command", {}).get("user"):
        done["user"] = user
    return done


def agent(one: Agent, cluster: "Cluster") -> Json:
    """Return an agent, v1."""
    offered = Resources()
    for offer in cluster.allocator.offers.values():
        if offer.agent is one:
            offered += offer.resources
    done: Json = {
        "agent_info": agent_info(one.id, one.info),
        "active": one.active,
        "deactivated": one.deactivated,
        "version": one.version,
        "pid": _pid(one),
        "registered_time": _moment(one.registered),
        "total_resources": one.total.json(),
        "allocated_resources": one.used().json(),
        "offered_resources": offered.json(),
        "capabilities": [{"type": name} for name in AGENT_CAPABILITIES],
        "resource_providers": [],
    }
    if one.reregistered is not None:
        done["reregistered_time"] = _moment(one.reregistered)
    if one.drain is not None:
        done["drain_info"] = one.drain
        done["estimated_drain_start_time"] = _moment(one.drain_started)
    return done


AGENT_CAPABILITIES = (
    "MULTI_ROLE", "HIERARCHICAL_ROLE", "RESERVATION_REFINEMENT", "RESOURCE_PROVIDER", "RESIZE_VOLUME",
    "AGENT_OPERATION_FEEDBACK", "AGENT_DRAINING", "TASK_RESOURCE_LIMITS",
)  # fmt: skip


def agent_info(agent_id: str, info: Json) -> Json:
    """Return ``AgentInfo``."""
    done = {key: info[key] for key in ("hostname", "resources", "attributes", "domain") if info.get(key)}
    return done | {"id": {"value": agent_id}, "port": info["address"][1]}


def _pid(one: Agent) -> str:
    return f"slave(1)@{one.info['address'][0]}:{one.info['address'][1]}"


def framework(one: Framework, cluster: "Cluster") -> Json:
    """Return a framework, v1."""
    used, offered = Resources(), Resources()
    for each in one.tasks.values():
        used += each.held()
    for offer in one.offers.values():
        offered += offer.resources
    done: Json = {
        "framework_info": one.info,
        "active": one.connected,
        "connected": one.connected,
        "recovered": one.recovered,
        "registered_time": _moment(one.registered),
        "offers": [cluster.allocator.shown(offer) for offer in one.offers.values()],
        "inverse_offers": list(one.inverse.values()),
        "allocated_resources": used.json(),
        "offered_resources": offered.json(),
    }
    if one.reregistered is not None:
        done["reregistered_time"] = _moment(one.reregistered)
    if one.unregistered is not None:
        done["unregistered_time"] = _moment(one.unregistered)
    return done


def tasks(cluster: "Cluster") -> Json:
    """Return all tasks, v1."""
    every = [*cluster.frameworks.values(), *cluster.completed]
    return {
        "tasks": [task(one) for each in every for one in each.tasks.values()],
        "unreachable_tasks": [task(one) for each in every for one in each.unreachable.values()],
        "completed_tasks": [task(one) for each in every for one in each.completed],
    }


def agents(cluster: "Cluster") -> Json:
    """Return all agents, v1."""
    return {
        "agents": [agent(one, cluster) for one in cluster.agents.values()],
        "recovered_agents": [agent_info(name, info) for name, info in cluster.recovered.items()],
    }


def frameworks(cluster: "Cluster") -> Json:
    """Return all frameworks, v1."""
    return {
        "frameworks": [framework(one, cluster) for one in cluster.frameworks.values()],
        "completed_frameworks": [framework(one, cluster) for one in cluster.completed],
    }


def executors(cluster: "Cluster") -> Json:
    """Return all executors, v1."""
    found = [
        {"executor_info": info, "agent_id": {"value": each.id}}
        for each in cluster.agents.values()
        for info in each.executors.values()
    ]
    return {"executors": found}


def roles(cluster: "Cluster") -> Json:
    """Return the roles that somebody has."""
    names = sorted({role for one in cluster.frameworks.values() for role in one.roles})
    entries = []
    for name in names:
        members = [one for one in cluster.frameworks.values() if name in one.roles]
        entries.append({"name": name, "weight": 1.0, "frameworks": [{"value": one.id} for one in members]})
    return {"roles": entries}


# The older way


def old_task(one: Task) -> Json:
    """Return a task as ``/state`` has it."""
    return {
        "id": one.id,
        "name": one.info.get("name", ""),
        "framework_id": one.framework_id,
        "executor_id": one.executor_id,
        "slave_id": one.agent_id,
        "state": one.state,
        "resources": one.resources.summary(),
        "role": one.info.get("role", "*"),
        "statuses": [
            {"state": s["state"], "timestamp": s["timestamp"]}
            | {key: s[key] for key in ("healthy", "container_status") if key in s}
            for s in one.statuses
        ],
        "labels": one.info.get("labels", {}).get("labels", []),
        **({"discovery": one.info["discovery"]} if "discovery" in one.info else {}),
    }


def old_agent(one: Agent) -> Json:
    """Return an agent as ``/slaves`` and ``/state`` have it."""
    reserved = one.total.reserved()
    free = one.total.filter(lambda resource: role_of(resource) == "*")
    done: dict[str, Any] = {
        "id": one.id,
        "hostname": one.hostname,
        "port": one.info["address"][1],
        "attributes": {each["name"]: _attribute(each) for each in one.info.get("attributes", ())},
        "pid": _pid(one),
        "registered_time": one.registered,
        "resources": one.total.summary(),
        "used_resources": one.used().summary(),
        "reserved_resources": {role: held.summary() for role, held in reserved.items()},
        "reserved_resources_full": {role: held.json() for role, held in reserved.items()},
        "unreserved_resources": free.summary(),
        "active": one.active,
        "deactivated": one.deactivated,
        "version": one.version,
        "capabilities": list(AGENT_CAPABILITIES),
    }
    if one.drain is not None:
        done["drain_info"] = one.drain
    if one.reregistered is not None:
        done["reregistered_time"] = one.reregistered
    return done


def _attribute(one: Json) -> Any:
    return (one.get("text") or one.get("scalar") or {}).get("value", "")


def old_framework(one: Framework) -> Json:
    """Return a framework as ``/state`` has it."""
    info = one.info
    used = Resources()
    for each in one.tasks.values():
        used += each.held()
    return {
        "id": one.id,
        "name": info["name"],
        "user": info["user"],
        "principal": info.get("principal", ""),
        "role": info.get("role", "*"),
        "roles": one.roles,
        "hostname": info.get("hostname", ""),
        "webui_url": info.get("webui_url", ""),
        "failover_timeout": info.get("failover_timeout", 0),
        "checkpoint": info.get("checkpoint", False),
        "capabilities": [each["type"] for each in info.get("capabilities", ())],
        "active": one.connected,
        "connected": one.connected,
        "recovered": one.recovered,
        "registered_time": one.registered,
        "resources": used.summary(),
        "used_resources": used.summary(),
        "offered_resources": {},
        "tasks": [old_task(each) for each in one.tasks.values()],
        "unreachable_tasks": [old_task(each) for each in one.unreachable.values()],
        "completed_tasks": [old_task(each) for each in one.completed],
        "executors": [],
        "offers": [],
    }


def old_state(cluster: "Cluster", flags: dict[str, str], started: float, elected: float | None) -> Json:
    """Return ``/state``."""
    info = cluster.info
    host = info["address"]["hostname"]
    return {
        "version": VERSION,
        "id": cluster.id,
        "pid": info["pid"],
        "hostname": info["hostname"],
        "start_time": started,
        **({"elected_time": elected} if elected else {}),
        "activated_slaves": sum(one.active for one in cluster.agents.values()),
        "deactivated_slaves": sum(not one.active for one in cluster.agents.values()),
        "unreachable_slaves": len(cluster.unreachable),
        "leader": info["pid"],
        "leader_info": {key: info[key] for key in ("id", "pid", "port", "hostname")} | {"hostname": host},
        "flags": flags,
        "slaves": [old_agent(one) for one in cluster.agents.values()],
        "recovered_slaves": [agent_info(name, known) for name, known in cluster.recovered.items()],
        "frameworks": [old_framework(one) for one in cluster.frameworks.values()],
        "completed_frameworks": [old_framework(one) for one in cluster.completed],
        "orphan_tasks": [],
        "unregistered_frameworks": [],
    }


def metrics(cluster: "Cluster", started: float) -> Json:
    """Return ``/metrics/snapshot``."""
    totals, used = cluster.totals(), Resources()
    states: dict[str, int] = {}
    for one in cluster.agents.values():
        used += one.used()
        for each in one.tasks.values():
            name = each.state.removeprefix("TASK_").lower()
            states[name] = states.get(name, 0) + 1
    connected = sum(one.connected for one in cluster.frameworks.values())
    done: dict[str, float] = {
        "master/elected": 1.0,
        "master/uptime_secs": time.time() - started,
        "master/slaves_connected": sum(one.connected for one in cluster.agents.values()),
        "master/slaves_disconnected": sum(not one.connected for one in cluster.agents.values()),
        "master/slaves_active": sum(one.active for one in cluster.agents.values()),
        "master/slaves_inactive": sum(not one.active for one in cluster.agents.values()),
        "master/slaves_unreachable": len(cluster.unreachable),
        "master/frameworks_connected": connected,
        "master/frameworks_disconnected": len(cluster.frameworks) - connected,
        "master/frameworks_active": connected,
        "master/outstanding_offers": len(cluster.allocator.offers),
    }
    for name in ("staging", "starting", "running", "killing", "unreachable"):
        done[f"master/tasks_{name}"] = states.get(name, 0)
    for name, total in totals.items():
        done[f"master/{name}_total"] = total
        done[f"master/{name}_used"] = used.total(name)
        done[f"master/{name}_percent"] = used.total(name) / total if total else 0.0
    return done
