"""The state of an agent as its APIs show it."""

import time
from typing import TYPE_CHECKING

from .. import VERSION
from ..http import Request, Response
from ..resources import Json, Resources
from .container import Container

if TYPE_CHECKING:
    from .main import Agent


class Views:
    """Answers what only reads."""

    def __init__(self, agent: "Agent") -> None:
        self._agent = agent

    def answer(self, path: str, request: Request) -> Response:
        """Answer one request."""
        if path in ("/state", "/state.json"):
            return Response.of(self._state())
        if path == "/containers":
            return Response.of([self._container(one) for one in self._agent.runtime.live()])
        if path == "/metrics/snapshot":
            return Response.of(self._metrics())
        if path == "/flags":
            return Response.of({"flags": self._flags()})
        if path == "/api/v1":
            return self._call(request)
        return Response(404)

    def _call(self, request: Request) -> Response:
        try:
            call = request.json()
            kind = call["type"]
        except (ValueError, KeyError, TypeError):
            return Response.text(400, "Failed to validate agent::Call: Expecting 'type' to be present")
        runtime = self._agent.runtime
        shown: dict[str, Json] = {
            "GET_HEALTH": {"healthy": True},
            "GET_VERSION": {"version_info": {"version": VERSION}},
            "GET_CONTAINERS": {"containers": [self._container(one) for one in runtime.live()]},
            "GET_AGENT": {"agent_info": self._agent.info | {"id": {"value": self._agent.store.agent_id}}},
        }
        if kind in shown:
            return Response.of({"type": kind, kind.lower(): shown[kind]})
        if kind in ("LIST_FILES", "READ_FILE"):
            return self._agent.files.call(kind, call.get(kind.lower(), {}))
        return Response.text(501, f"{kind} is more than this double can")

    def _flags(self) -> dict[str, str]:
        return {name: value for name, value in self._agent.flags.values.items() if name != "master"}

    def _state(self) -> Json:
        agent, runtime = self._agent, self._agent.runtime
        frameworks = []
        for framework_id, info in runtime.frameworks.items():
            own = [one for one in runtime.containers.values() if one.record["framework_id"] == framework_id]
            past = [one for one in runtime.history if one.record["framework_id"] == framework_id]
            frameworks.append(
                {
                    "id": framework_id,
                    "name": info["name"],
                    "user": info["user"],
                    "role": info.get("role", "*"),
                    "executors": [_executor(one) for one in own],
                    "completed_executors": [_executor(one) for one in past],
                }
            )
        return {
            "version": VERSION,
            "id": agent.store.agent_id or "",
            "pid": f"slave(1)@{agent.info['address'][0]}:{agent.info['address'][1]}",
            "hostname": agent.info["hostname"],
            "start_time": agent.started,
            "resources": runtime.total.summary(),
            "reserved_resources": {role: held.summary() for role, held in runtime.total.reserved().items()},
            "attributes": {
                one["name"]: one.get("text", one.get("scalar", {})).get("value")
                for one in agent.info["attributes"]
            },
            "master_hostname": ((agent.master or {}).get("address") or {}).get("hostname", ""),
            "flags": self._flags(),
            "frameworks": frameworks,
            "completed_frameworks": [],
        }

    def _container(self, one: Container) -> Json:
        record = one.record
        return {
            "container_id": record["id"],
            "executor_id": record["executor_id"] or record["task_id"],
            "executor_name": f"Command Executor (Task: {record['task_id']})",
            "framework_id": record["framework_id"],
            "source": record["task_id"],
            "statistics": self._agent.runtime.statistics(one) | {"timestamp": time.time()},
            "status": {"container_id": {"value": record["id"]}, "executor_pid": record["pid"]},
        }

    def _metrics(self) -> Json:
        agent, runtime = self._agent, self._agent.runtime
        states: dict[str, int] = {}
        used = Resources()
        for one in runtime.containers.values():
            name = one.record["state"].removeprefix("TASK_").lower()
            states[name] = states.get(name, 0) + 1
            if not one.over:
                used += Resources.of(one.record["info"].get("resources", ()))
        done: dict[str, float] = {
            "slave/registered": float(agent.registered),
            "slave/uptime_secs": time.time() - agent.started,
        }
        for name in ("staging", "starting", "running", "killing"):
            done[f"slave/tasks_{name}"] = states.get(name, 0)
        for name in ("cpus", "mem", "disk"):
            done[f"slave/{name}_total"] = runtime.total.total(name)
            done[f"slave/{name}_used"] = used.total(name)
        return done


def _executor(one: Container) -> Json:
    record = one.record
    task = {
        "id": record["task_id"],
        "name": record["info"].get("name", ""),
        "state": record["state"],
        "framework_id": record["framework_id"],
        "resources": Resources.of(record["info"].get("resources", ())).summary(),
    }
    return {
        "id": record["executor_id"] or record["task_id"],
        "name": "",
        "source": record["task_id"],
        "container": record["id"],
        "directory": record["sandbox"],
        "tasks": [] if one.over else [task],
        "completed_tasks": [task] if one.over else [],
    }
