"""``/double/agents``: how the double's agents speak to its master; real ones have libprocess for that."""

from typing import TYPE_CHECKING

from ..http import Request, Response, Stream
from .model import Agent

if TYPE_CHECKING:
    from .cluster import Cluster


class AgentsApi:
    """Registration, answers to pings, and updates."""

    def __init__(self, cluster: "Cluster") -> None:
        self._cluster = cluster

    async def answer(self, request: Request) -> Response | Stream:
        """Answer one request of an agent that is authenticated, as far as that is wanted."""
        message = request.json()
        if message["type"] == "REGISTER":
            return self._register(request, message)
        agent = self._cluster.agents.get(message["agent_id"])
        if agent is None or not agent.connected:
            return Response.text(409, "Agent is not registered")
        agent.missed = 0
        if message["type"] == "UPDATE":
            self._cluster.updates.of_agent(
                agent, message["framework_id"], message["status"], message["latest"]
            )
        elif message["type"] == "UNREGISTER":
            self._cluster.agent_lost(agent, "TASK_LOST")
        return Response(202)

    def _register(self, request: Request, message: dict[str, object]) -> Response | Stream:
        if not self._cluster.acls.allows("register_agents", request.principal):
            return Response.text(403, f"Agent is not authorized to register as '{request.principal}'")
        if self._cluster.maintenance.is_down(message["info"]):  # type: ignore[arg-type]
            return Response.text(403, "Agent's machine is in DOWN mode")
        stream = Stream({"Content-Type": "application/json"})
        agent = self._cluster.agent_comes(message, stream)
        if not isinstance(agent, Agent):
            return Response.text(410, agent)
        stream.closed.add_done_callback(lambda _: self._cluster.agent_disconnects(agent, stream))
        return stream
