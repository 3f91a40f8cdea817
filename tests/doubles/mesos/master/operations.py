"""What a framework does with offers it accepts, or an operator with an agent's free resources."""

import base64
import uuid
from typing import TYPE_CHECKING

from ..resources import Json, Resources, is_dynamic, normal, persistence_of, role_of
from . import validation
from .model import Agent, Framework, Task

if TYPE_CHECKING:
    from .cluster import Cluster


class Refused(Exception):
    """An operation is not valid; in Mesos's words."""


def unreserved(resource: Json) -> Json:
    """Return a resource without its last reservation."""
    done = dict(resource)
    left = list(done.pop("reservations", ()))[:-1]
    return done | {"reservations": left} if left else done


def without_volume(volume: Json) -> Json:
    """Return the disk that a persistent volume was made of."""
    done = {key: value for key, value in volume.items() if key != "disk"}
    source = volume.get("disk", {}).get("source")
    return done | {"disk": {"source": source}} if source else done


def conversion(
    operation: Json, owner: Framework | None, agent: Agent, role: str | None
) -> tuple[Resources, Resources]:
    """Return what an operation takes and what it makes of it.

    :param owner: the framework; ``None`` for an operator.
    :param role: role of the offers.
    :raises Refused: it is not valid.
    """
    kind = operation["type"]
    body = operation.get(kind.lower())
    if body is None:
        raise Refused(f"Expecting '{kind.lower()}' to be present")
    written = body.get("volumes" if kind in ("CREATE", "DESTROY") else "resources", ())
    listed = [normal(one) for one in written]
    problem = None
    if kind == "RESERVE":
        problem = validation.reserve(listed, owner, role or "*") if owner else _not_dynamic(listed)
    elif kind == "UNRESERVE":
        problem = validation.unreserve(listed)
    elif kind == "CREATE":
        problem = validation.create(listed, agent, owner.principal if owner else None)
    elif kind == "DESTROY":
        problem = validation.destroy(listed, agent)
    else:
        problem = f"Operation {kind} is more than this double can"
    if problem is not None:
        raise Refused(problem)
    try:
        given = Resources.of(listed)
        if kind == "RESERVE":
            return Resources.of(unreserved(one) for one in listed), given
        if kind == "UNRESERVE":
            return given, Resources.of(unreserved(one) for one in listed)
        bare = Resources.of(without_volume(one) for one in listed)
    except (ValueError, KeyError, TypeError) as wrong:
        raise Refused(f"Invalid resources: {wrong}") from wrong
    return (bare, given) if kind == "CREATE" else (given, bare)


def _not_dynamic(listed: list[Json]) -> str | None:
    bad = next((one for one in listed if not is_dynamic(one)), None)
    return f"Resource {bad['name']} is not dynamically reserved" if bad else None


class Accepting:
    """One ACCEPT call: its operations in order, each on what the ones before have left."""

    def __init__(self, cluster: "Cluster", framework: Framework, body: Json) -> None:
        self._cluster, self._framework, self._body = cluster, framework, body
        self._operations = body.get("operations", ())

    def run(self) -> None:
        """Do it; frameworks hear of what is refused by updates."""
        offers = self._cluster.allocator.offers
        wanted = [one["value"] for one in self._body.get("offer_ids", ())]
        problem = validation.offers(wanted, offers, self._framework)
        if problem is not None:
            for offer_id in wanted:
                if offer_id in offers and offers[offer_id].framework_id == self._framework.id:
                    self._cluster.allocator.take_back(offers[offer_id], rescind=False)
            self._refuse_all(problem)
            return
        taken = [offers[one] for one in wanted]
        self._agent, self._role = taken[0].agent, taken[0].role
        self._left = Resources()
        for offer in taken:
            self._left += offer.resources
            self._cluster.allocator.take_back(offer, rescind=False)
        for operation in self._operations:
            self._one(operation)
        self._cluster.allocator.refuse(self._framework, taken[0], self._left, self._body.get("filters"))

    def _refuse_all(self, problem: str) -> None:
        state = "TASK_DROPPED" if self._framework.can("PARTITION_AWARE") else "TASK_LOST"
        for operation in self._operations:
            if operation.get("type") in ("LAUNCH", "LAUNCH_GROUP"):
                for task in _tasks(operation):
                    self._cluster.updates.refuse(
                        self._framework,
                        task,
                        state,
                        "REASON_INVALID_OFFERS",
                        f"Task launched with invalid offers: {problem}",
                    )
            else:
                text = f"Operation attempted with invalid offers: {problem}"
                self._feedback(operation, "OPERATION_DROPPED", text)

    def _one(self, operation: Json) -> None:
        if operation.get("type") == "LAUNCH":
            for task in _tasks(operation):
                self._launch([task], None)
        elif operation.get("type") == "LAUNCH_GROUP":
            self._launch(_tasks(operation), operation["launch_group"].get("executor", {}))
        else:
            self._convert(operation)

    def _convert(self, operation: Json) -> None:
        try:
            takes, makes = conversion(operation, self._framework, self._agent, self._role)
            self._authorise(operation["type"], makes if operation["type"] in ("RESERVE", "CREATE") else takes)
            if not self._left.contains(takes):
                raise Refused(f"Invalid {operation['type']} Operation: {takes.summary()} is not in the offer")
        except Refused as problem:
            self._feedback(operation, "OPERATION_ERROR", str(problem))
            return
        self._left = self._left - takes + makes
        total = self._agent.total - takes + makes
        gone = [list(key) for key in _volumes(takes) - _volumes(makes)]
        self._cluster.apply(self._agent, total, destroyed=gone)
        self._feedback(operation, "OPERATION_FINISHED", "", self._framework.show(makes, self._role))

    def _authorise(self, kind: str, resources: Resources) -> None:
        action = {
            "RESERVE": "reserve_resources", "UNRESERVE": "unreserve_resources",
            "CREATE": "create_volumes", "DESTROY": "destroy_volumes",
        }[kind]  # fmt: skip
        listed = resources.json()
        # Giving up asks for whose it is, taking asks for which role it is for.
        if kind == "RESERVE" or kind == "CREATE":
            objects = {role_of(one) for one in listed}
        elif kind == "UNRESERVE":
            objects = {one["reservations"][-1].get("principal", "") for one in listed}
        else:
            objects = {one["disk"]["persistence"].get("principal", "") for one in listed}
        if not self._cluster.acls.allows(action, self._framework.principal, sorted(objects)):
            raise Refused(f"Not authorized to {kind.lower()} resources as '{self._framework.principal}'")

    def _feedback(self, operation: Json, state: str, message: str, made: list[Json] | None = None) -> None:
        if not operation.get("id"):
            return
        status: Json = {"operation_id": operation["id"], "state": state}
        if message:
            status["message"] = message
        if made is not None:
            status["converted_resources"] = made
            status["uuid"] = {"value": base64.b64encode(uuid.uuid4().bytes).decode()}
            status["agent_id"] = {"value": self._agent.id}
        self._framework.operations[operation["id"]["value"]] = status
        self._framework.event("UPDATE_OPERATION_STATUS", status=status)

    def _launch(self, tasks: list[Json], executor: Json | None) -> None:
        grouped = executor is not None
        left, problem, unauthorised = self._left, None, False
        agent_gone = self._agent.id not in self._cluster.agents
        if executor is not None:
            if executor.get("type") != "DEFAULT":
                problem = "Task group needs an executor of type DEFAULT"
            elif (self._framework.id, executor["executor_id"]["value"]) not in self._agent.executors:
                own = Resources.of(executor.get("resources", ()))
                problem = problem if left.contains(own) else "Executor uses more than is offered"
                left = left - own
        for task in tasks:
            problem = problem or validation.task(task, self._framework, self._agent, left, grouped)
            if problem is None:
                user = task["command"].get("user") or self._framework.info["user"]
                unauthorised = unauthorised or not self._cluster.acls.allows(
                    "run_tasks", self._framework.principal, [user]
                )
                left = left - Resources.of(task["resources"])
        if problem or unauthorised or agent_gone or not self._agent.connected:
            self._not_launched(tasks, problem, unauthorised, grouped)
            return
        self._left = left
        made = [self._task(info, executor) for info in tasks]
        content = {
            "framework": self._framework.info,
            "tasks": [task.info for task in made],
            "executor": executor,
        }
        self._agent.say("RUN", **content)

    def _task(self, info: Json, executor: Json | None) -> Task:
        info = info | {"resources": Resources.of(info["resources"]).json()}
        task = Task(self._framework.id, self._agent.id, info, Resources.of(info["resources"]))
        if executor is not None:
            task.executor_id = executor["executor_id"]["value"]
            self._agent.executors[self._framework.id, task.executor_id] = executor
        self._framework.tasks[task.id] = self._agent.tasks[self._framework.id, task.id] = task
        return task

    def _not_launched(
        self, tasks: list[Json], problem: str | None, unauthorised: bool, grouped: bool
    ) -> None:
        kind = "TASK_GROUP" if grouped else "TASK"
        for task in tasks:
            if problem is not None:
                state, reason, text = "TASK_ERROR", f"REASON_{kind}_INVALID", problem
            elif unauthorised:
                user = task["command"].get("user") or self._framework.info["user"]
                state, reason = "TASK_ERROR", f"REASON_{kind}_UNAUTHORIZED"
                text = f"Task is not authorized to launch as user '{user}'"
            else:
                state = "TASK_DROPPED" if self._framework.can("PARTITION_AWARE") else "TASK_LOST"
                reason, text = "REASON_AGENT_REMOVED", "Agent disconnected"
            self._cluster.updates.refuse(self._framework, task, state, reason, text)


def _tasks(operation: Json) -> list[Json]:
    if operation["type"] == "LAUNCH":
        return list(operation.get("launch", {}).get("task_infos", ()))
    return list(operation.get("launch_group", {}).get("task_group", {}).get("tasks", ()))


def _volumes(resources: Resources) -> set[tuple[str, str]]:
    return {(role_of(one), name) for one in resources.json() if (name := persistence_of(one)) is not None}


def by_operator(cluster: "Cluster", agent: Agent, operation: Json) -> str | None:
    """Do an operator's operation; offers of that agent are taken back for it.

    :return: why it can't be done.
    """
    try:
        takes, makes = conversion(operation, None, agent, None)
    except Refused as problem:
        return str(problem)
    cluster.allocator.take_back_of(agent=agent)
    if not cluster.allocator.free(agent).contains(takes):
        return f"{takes.summary()} is not free on agent {agent.id}"
    gone = [list(key) for key in _volumes(takes) - _volumes(makes)]
    cluster.apply(agent, agent.total - takes + makes, destroyed=gone)
    return None
