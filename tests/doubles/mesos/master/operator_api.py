"""``/api/v1``: what operators call."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from .. import VERSION
from ..http import Request, Response
from ..resources import Json
from . import views
from .model import Agent
from .operations import by_operator

if TYPE_CHECKING:
    from .main import Master

# Calls that change something; which list of the ACLs asks for them, and for what they are done to.
WRITES = {
    "SET_LOGGING_LEVEL": "set_log_level", "RESERVE_RESOURCES": "reserve_resources",
    "UNRESERVE_RESOURCES": "unreserve_resources", "CREATE_VOLUMES": "create_volumes",
    "DESTROY_VOLUMES": "destroy_volumes", "UPDATE_MAINTENANCE_SCHEDULE": "update_maintenance_schedules",
    "START_MAINTENANCE": "start_maintenances", "STOP_MAINTENANCE": "stop_maintenances",
    "DRAIN_AGENT": "drain_agents", "DEACTIVATE_AGENT": "deactivate_agents",
    "REACTIVATE_AGENT": "reactivate_agents", "TEARDOWN": "teardown_frameworks",
    "MARK_AGENT_GONE": "mark_agents_gone",
}  # fmt: skip
_OPERATIONS = {
    "RESERVE_RESOURCES": "RESERVE", "UNRESERVE_RESOURCES": "UNRESERVE", "CREATE_VOLUMES": "CREATE",
    "DESTROY_VOLUMES": "DESTROY",
}  # fmt: skip


class OperatorApi:
    """Answers calls; the edge between HTTP and the cluster."""

    def __init__(self, master: "Master") -> None:
        self._master = master

    async def answer(self, request: Request) -> Response:
        """Answer one request of an operator that is authenticated, as far as that is wanted."""
        if request.method != "POST":
            return Response.text(405, f"Expecting one of {{ 'POST' }}, but received '{request.method}'")
        if request.headers.get("content-type") != "application/json":
            return Response.text(
                415, "Expecting 'Content-Type' of application/json (this double has no protobuf)"
            )
        try:
            call = request.json()
            kind = call["type"]
            body = call.get(kind.lower(), {})
        except (ValueError, KeyError, TypeError, AttributeError):
            return Response.text(400, "Failed to validate master::Call: Expecting 'type' to be present")
        if kind in WRITES and not self._allowed(request, kind, body):
            return Response.text(
                403, f"'{request.principal}' is not authorized to {WRITES[kind].replace('_', ' ')}"
            )
        reader = self._readers().get(kind)
        if reader is not None:
            return Response.of({"type": kind, kind.lower(): reader()})
        if kind not in WRITES:
            return Response.text(501, f"{kind} is more than this double can")
        if kind != "SET_LOGGING_LEVEL" and kind.lower() not in call:
            return Response.text(
                400, f"Failed to validate master::Call: Expecting '{kind.lower()}' to be present"
            )
        try:
            return self._write(kind, body)
        except (KeyError, TypeError, ValueError, AttributeError) as problem:
            return Response.text(400, f"Failed to convert JSON into Call protobuf: {problem!r}")

    def _allowed(self, request: Request, kind: str, body: Json) -> bool:
        objects: list[str] = []
        if kind == "TEARDOWN":
            found = self._master.cluster.frameworks.get(body.get("framework_id", {}).get("value", ""))
            objects = [found.principal or ""] if found else []
        return self._master.cluster.acls.allows(WRITES[kind], request.principal, objects)

    def _readers(self) -> dict[str, Callable[[], Json]]:
        cluster, master = self._master.cluster, self._master
        return {
            "GET_HEALTH": lambda: {"healthy": True},
            "GET_FLAGS": lambda: {"flags": [{"name": k, "value": v} for k, v in master.flags.values.items()]},
            "GET_VERSION": lambda: {"version_info": {"version": VERSION}},
            "GET_METRICS": lambda: {
                "metrics": [
                    {"name": k, "value": v} for k, v in views.metrics(cluster, master.started).items()
                ]
            },
            "GET_LOGGING_LEVEL": lambda: {"level": 0},
            "GET_STATE": lambda: {
                "get_tasks": views.tasks(cluster),
                "get_executors": views.executors(cluster),
                "get_frameworks": views.frameworks(cluster),
                "get_agents": views.agents(cluster),
            },
            "GET_AGENTS": lambda: views.agents(cluster),
            "GET_FRAMEWORKS": lambda: views.frameworks(cluster),
            "GET_EXECUTORS": lambda: views.executors(cluster),
            "GET_TASKS": lambda: views.tasks(cluster),
            "GET_ROLES": lambda: views.roles(cluster),
            "GET_MASTER": lambda: {
                "master_info": cluster.info,
                "start_time": master.started,
                "elected_time": master.elected,
            },
            "GET_MAINTENANCE_STATUS": lambda: {"status": cluster.maintenance.status()},
            "GET_MAINTENANCE_SCHEDULE": lambda: {"schedule": cluster.registry.schedule},
        }

    def _write(self, kind: str, body: Json) -> Response:
        cluster = self._master.cluster
        problem: str | None = None
        if kind == "UPDATE_MAINTENANCE_SCHEDULE":
            problem = cluster.maintenance.plan(body["schedule"])
        elif kind == "START_MAINTENANCE":
            problem = cluster.maintenance.start(body["machines"])
        elif kind == "STOP_MAINTENANCE":
            problem = cluster.maintenance.stop(body["machines"])
        elif kind == "TEARDOWN":
            found = cluster.frameworks.get(body["framework_id"]["value"])
            if found is None:
                problem = "No framework found with specified ID"
            else:
                cluster.remove(found)
        elif kind == "MARK_AGENT_GONE":
            return self._gone(body["agent_id"]["value"])
        elif kind != "SET_LOGGING_LEVEL":
            agent = cluster.agents.get(body["agent_id"]["value"])
            if agent is None:
                return Response.text(400, "No agent found with specified ID")
            problem, accepted = self._agent_call(kind, agent, body)
            if problem is None and accepted:
                return Response(202)
        if problem is not None:
            return Response.text(400, problem)
        return Response(200)

    def _agent_call(self, kind: str, agent: Agent, body: Json) -> tuple[str | None, bool]:
        """Do something to one agent.

        :return: what is wrong, and whether it goes on after the answer.
        """
        cluster = self._master.cluster
        if kind in _OPERATIONS:
            name = "volumes" if kind.endswith("VOLUMES") else "resources"
            operation = {"type": _OPERATIONS[kind], _OPERATIONS[kind].lower(): {name: body[name]}}
            return by_operator(cluster, agent, operation), True
        if kind == "DRAIN_AGENT":
            if cluster.maintenance.of(agent) is not None:
                host, ip = agent.info["hostname"], agent.info["address"][0]
                machine = f"Machine {host} ({ip})"
                return f"Agent {agent.id} is part of a maintenance schedule under {machine}", False
            cluster.maintenance.drain(agent, body.get("max_grace_period"), bool(body.get("mark_gone", False)))
        elif kind == "DEACTIVATE_AGENT":
            agent.deactivated = True
            cluster.allocator.take_back_of(agent=agent)
            cluster.maintenance.keep(agent)
        elif kind == "REACTIVATE_AGENT":
            if agent.drain is not None and agent.drain["state"] == "DRAINING":
                return "Agent is still in the DRAINING state", False
            agent.deactivated, agent.drain = False, None
            cluster.maintenance.keep(agent)
            cluster.allocator.soon()
        return None, False

    def _gone(self, agent_id: str) -> Response:
        cluster = self._master.cluster
        agent = cluster.agents.get(agent_id)
        if agent is not None:
            cluster.agent_lost(agent, "TASK_GONE_BY_OPERATOR")
        elif agent_id in cluster.unreachable or agent_id in cluster.recovered:
            cluster.gone[agent_id] = cluster.unreachable.pop(agent_id, 0.0)
            cluster.recovered.pop(agent_id, None)
            cluster.registry.forget(agent_id)
            cluster.updates.gone_after_all(agent_id)
        elif agent_id not in cluster.gone:
            return Response.text(404, "Agent not found")
        return Response(200)
