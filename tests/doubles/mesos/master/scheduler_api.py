"""``/api/v1/scheduler``: what frameworks call."""

import uuid
from typing import TYPE_CHECKING

from ..http import Request, Response, Stream
from ..resources import Json
from . import validation
from .model import Framework
from .operations import Accepting

if TYPE_CHECKING:
    from .cluster import Cluster

_MOST = "application/json"


class SchedulerApi:
    """Answers calls; the edge between HTTP and the cluster."""

    def __init__(self, cluster: "Cluster") -> None:
        self._cluster = cluster

    async def answer(self, request: Request) -> Response | Stream:
        """Answer one request of a framework that is authenticated, as far as that is wanted."""
        if request.method != "POST":
            return Response.text(405, f"Expecting one of {{ 'POST' }}, but received '{request.method}'")
        kind = request.headers.get("content-type")
        if kind is None:
            return Response.text(400, "Expecting 'Content-Type' to be present")
        if kind != _MOST:
            return Response.text(415, f"Expecting 'Content-Type' of {_MOST} (this double has no protobuf)")
        try:
            call = request.json()
        except ValueError as wrong:
            return Response.text(400, f"Failed to parse body into JSON: {wrong}")
        if not isinstance(call, dict):
            return Response.text(400, "Failed to convert JSON into Call protobuf: Expecting a JSON object")
        if (problem := validation.call(call, request.principal)) is not None:
            return Response.text(400, f"Failed to validate scheduler::Call: {problem}")
        if call["type"] == "SUBSCRIBE":
            return self._subscribe(request, call)
        framework = self._cluster.frameworks.get(call["framework_id"]["value"])
        if framework is None:
            return Response.text(400, "Framework cannot be found")
        if (refused := _not_from(framework, request)) is not None:
            return refused
        try:
            return self._call(framework, call)
        except (KeyError, TypeError, ValueError, AttributeError) as wrong:
            return Response.text(400, f"Failed to convert JSON into Call protobuf: {wrong!r}")

    def _subscribe(self, request: Request, call: Json) -> Response | Stream:
        accept = request.headers.get("accept", "*/*")
        if not any(one in accept for one in (_MOST, "*/*", "application/*")):
            return Response.text(406, f"Expecting 'Accept' to allow '{_MOST}'")
        if "mesos-stream-id" in request.headers:
            return Response.text(400, "Subscribe calls should not include the 'Mesos-Stream-Id' header")
        stream_id = str(uuid.uuid4())
        stream = Stream({"Content-Type": _MOST, "Mesos-Stream-Id": stream_id})
        self._cluster.subscribe(call, request.principal, stream, stream_id)
        owner = next((one for one in self._cluster.frameworks.values() if one.stream is stream), None)
        if owner is not None:
            stream.closed.add_done_callback(lambda _: self._cluster.framework_disconnects(owner, stream))
        return stream

    def _call(self, framework: Framework, call: Json) -> Response:
        cluster, kind = self._cluster, call["type"]
        body = call.get(kind.lower(), {})
        if kind == "TEARDOWN":
            cluster.remove(framework)
        elif kind == "ACCEPT":
            Accepting(cluster, framework, body).run()
        elif kind == "DECLINE":
            self._decline(framework, body)
        elif kind == "REVIVE":
            self._revive(framework, body.get("roles") or framework.roles)
        elif kind == "SUPPRESS":
            framework.suppressed |= set(body.get("roles") or framework.roles)
        elif kind == "KILL":
            self._kill(framework, body)
        elif kind == "SHUTDOWN":
            self._shutdown(framework, body)
        elif kind == "ACKNOWLEDGE":
            cluster.updates.acknowledge(framework, body)
        elif kind == "ACKNOWLEDGE_OPERATION_STATUS":
            framework.operations.pop(body["operation_id"]["value"], None)
        elif kind == "RECONCILE":
            cluster.updates.reconcile(framework, body.get("tasks", []))
        elif kind == "RECONCILE_OPERATIONS":
            return self._operations(framework, body)
        elif kind in ("ACCEPT_INVERSE_OFFERS", "DECLINE_INVERSE_OFFERS"):
            for one in body.get("inverse_offer_ids", ()):
                framework.inverse.pop(one["value"], None)
        elif kind == "UPDATE_FRAMEWORK":
            return self._update(framework, body)
        return Response(202)

    def _decline(self, framework: Framework, body: Json) -> None:
        for one in body.get("offer_ids", ()):
            offer = framework.offers.get(one["value"])
            if offer is not None:
                self._cluster.allocator.take_back(offer, rescind=False)
                self._cluster.allocator.refuse(framework, offer, offer.resources, body.get("filters"))

    def _revive(self, framework: Framework, roles: list[str]) -> None:
        framework.suppressed -= set(roles)
        framework.filters = [one for one in framework.filters if one.role not in roles]
        self._cluster.allocator.soon()

    def _kill(self, framework: Framework, body: Json) -> None:
        task_id = body["task_id"]["value"]
        task = framework.tasks.get(task_id)
        if task is None:
            # As real Mesos does: whoever kills what nobody knows is told what has become of it.
            self._cluster.updates.reconcile(framework, [body])
            return
        agent = self._cluster.agents.get(task.agent_id)
        if agent is not None:
            agent.say("KILL", framework_id=framework.id, task_id=task_id, kill_policy=body.get("kill_policy"))

    def _shutdown(self, framework: Framework, body: Json) -> None:
        agent = self._cluster.agents.get(body["agent_id"]["value"])
        if agent is not None:
            executor = body["executor_id"]["value"]
            agent.say("SHUTDOWN_EXECUTOR", framework_id=framework.id, executor_id=executor)

    def _operations(self, framework: Framework, body: Json) -> Response:
        wanted = [one["operation_id"]["value"] for one in body.get("operations", ())] or list(
            framework.operations
        )
        for name in wanted:
            unknown = {"operation_id": {"value": name}, "state": "OPERATION_UNKNOWN"}
            framework.event("UPDATE_OPERATION_STATUS", status=framework.operations.get(name, unknown))
        return Response.of({"type": "RECONCILE_OPERATIONS", "reconcile_operations": {}})

    def _update(self, framework: Framework, body: Json) -> Response:
        info = dict(body.get("framework_info") or {})
        problem = validation.framework(info) or validation.framework_update(framework, info)
        if problem is not None:
            return Response.text(400, f"'UpdateFramework.framework_info' is not valid: {problem}")
        framework.info = info | {"id": {"value": framework.id}}
        framework.suppressed = set(body.get("suppressed_roles", ()))
        self._cluster.allocator.soon()
        return Response(200)


def _not_from(framework: Framework, request: Request) -> Response | None:
    """Return the refusal of a call that does not come from whom it names."""
    if request.principal is not None and framework.principal not in (None, request.principal):
        return Response.text(
            400,
            f"Authenticated principal '{request.principal}' does not match principal "
            f"'{framework.principal}' set in `FrameworkInfo`",
        )
    if not framework.connected:
        return Response.text(403, "Framework is not subscribed")
    stream_id = request.headers.get("mesos-stream-id")
    if stream_id is None:
        return Response.text(400, "All non-subscribe calls should include the 'Mesos-Stream-Id' header")
    if stream_id != framework.stream_id:
        return Response.text(
            400,
            f"The stream ID '{stream_id}' included in this request didn't match the stream ID currently "
            f"associated with framework ID {framework.id}",
        )
    return None
