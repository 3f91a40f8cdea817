"""What Marathon does: keeps apps at what they are to be, and deployments going."""

import asyncio
import copy
import time
from collections.abc import Callable, Mapping
from typing import Any

from . import offers, planning
from .constraints import attributes
from .definitions import Json, Refused, config, now
from .flags import Settings
from .interface import Mesos
from .launching import Task, instance_of, task_id, task_info, terminal
from .memory import Memory
from .planning import Deployment
from .queueing import Backoff, Waiting
from .tree import Tree

_KILL_AGAIN = 10.0
_STEADY_DECLINE = 3.0
_VERSIONS_KEPT = 25
_UNHEALTHY = "Task was killed since health check failed. Reason: "
_FAILED = {"TASK_FAILED", "TASK_ERROR", "TASK_LOST", "TASK_DROPPED", "TASK_GONE", "TASK_UNREACHABLE"}


class Core(Memory):
    """The leader's mind.

    :ivar mesos: the way to Mesos; ``None`` while there is none.
    :ivar stuck: deployments are not to end, as a test has ordered.
    :param save: writes sections to the store.
    :param emit: tells an event to whoever listens.
    """

    def __init__(
        self,
        settings: Settings,
        save: Callable[[Mapping[str, Any]], Any],
        emit: Callable[..., None] = lambda kind, **content: None,
    ) -> None:
        super().__init__(save)
        self.settings = settings
        self.mesos: Mesos | None = None
        self.backoff: dict[str, Backoff] = {}
        self.waiting: dict[str, Waiting] = {}
        self.stuck = False
        self.emit = emit
        self._reviving = 0.0

    async def deploy(self, tree: Tree, force: bool = False) -> Deployment | None:
        """Begin to make a tree so.

        :return: the deployment; ``None`` when no app changes.
        :raises Refused: other deployments hold apps of it and are not to be let go, or there are too many.
        """
        plan = planning.deployment(self.tree, tree)
        if plan is not None:
            held = planning.locked(self.deployments, plan)
            if held and not force:
                raise planning.refuse_locked(held)
            if len(self.deployments) - len(held) >= self.settings.max_deployments:
                most = self.settings.max_deployments
                raise Refused(403, f"Max number ({most}) of running deployments is achieved.")
            for one in held:
                self.deployments.remove(one)
                self.emit("deployment_failed", id=one.id, reason="cancelled by another")
            self.deployments.append(plan)
            for key, app in plan.after.items():
                if app is not None:
                    kept = self.versions.setdefault(key, {})
                    kept[app["version"]] = app
                    for old in sorted(kept)[:-_VERSIONS_KEPT]:
                        del kept[old]
                else:
                    self.versions.pop(key, None)
                # What is told to start anew has not failed yet.
                self.backoff.pop(key, None)
            self.emit("deployment_info", plan=plan.show())
        self.tree = tree
        self.dirty("tree", "versions", "deployments")
        await self.flush()
        return plan

    async def run(self) -> None:
        """Keep going for ever."""
        while True:
            self.step()
            await self.flush()
            try:
                async with asyncio.timeout(0.5):
                    await self.changed.wait()
            except TimeoutError:
                pass
            self.changed.clear()

    def step(self) -> None:
        """Do all that can be done now."""
        aims = planning.aims(self.tree, self.deployments)
        for key, (app, instances) in aims.items():
            wanted = planning.wanted(app, self.of(key), instances)
            for task in wanted.kill:
                self.kill(task)
            if wanted.launch:
                if key not in self.waiting:
                    self.waiting[key], self._reviving = Waiting(0), 0.0
                self.waiting[key].count = wanted.launch
            else:
                self.waiting.pop(key, None)
        for key in set(self.waiting) - set(aims):
            del self.waiting[key]
        for task in list(self.tasks.values()):
            orphan = task.app_id not in aims and not task.killed
            if orphan or (task.killed and time.time() - task.killed > _KILL_AGAIN):
                self.kill(task)
            late = time.time() - task.staged_at > self.settings.launch_timeout
            if late and task.state in ("TASK_STAGING", "TASK_STARTING") and not task.killed:
                self.kill(task, "Task was not running in time")
            self._prove(task)
        self._advance(aims)
        self._ask_for_offers()

    def offered(self, offer: Json) -> None:
        """Use an offer, or give it back."""
        if self.mesos is None:
            return
        left = copy.deepcopy(offer.get("resources", []))
        aims = planning.aims(self.tree, self.deployments)
        launched = []
        for key, waiting in sorted(self.waiting.items(), key=lambda pair: pair[1].since):
            if key not in aims or self.backoff.setdefault(key, Backoff()).left:
                continue
            app = aims[key][0]
            while waiting.count:
                placed = [task.place for task in self.of(key)]
                taken = offers.match(app, offer, left, placed, ("*", self.settings.role))
                waiting.looked(offer, taken if isinstance(taken, list) else [])
                if isinstance(taken, list):
                    break
                task = self._new_task(app, offer, taken.ports)
                waiting.count -= 1
                launched.append(task_info(app, task, taken, offer))
        if launched:
            self.dirty("tasks")
            self.mesos.accept(offer, launched)
        else:
            busy = any(one.count for one in self.waiting.values())
            self.mesos.decline(offer, _STEADY_DECLINE if busy else self.settings.decline_seconds)

    def _new_task(self, app: Json, offer: Json, ports: list[int]) -> Task:
        agent, host, place = offer["agent_id"]["value"], offer["hostname"], attributes(offer)
        new = Task(task_id(app["id"]), app["id"], config(app), app["version"], agent, host, ports, place)
        new.role = self.settings.role
        new.health = [{"consecutiveFailures": 0} for _ in app.get("healthChecks") or []]
        self.tasks[new.id] = new
        return new

    def updated(self, status: Json) -> None:
        """Take a task's new status."""
        known = self.tasks.get(status["task_id"]["value"])
        state = status["state"]
        agent = (status.get("agent_id") or {}).get("value", "")
        if known is None:
            if not terminal(state) and state != "TASK_UNREACHABLE" and self.mesos is not None:
                self.mesos.kill(status["task_id"]["value"], agent)
            return
        self.dirty("tasks")
        strategy = (self.tree.apps.get(known.app_id) or {}).get("unreachableStrategy")
        gone = state == "TASK_UNREACHABLE" and strategy != "disabled"
        self._tell(known, state, status.get("message", ""))
        if terminal(state) or gone:
            del self.tasks[known.id]
            if not known.killed:
                # Ended by the executor for its failing health check.
                sick = next((one for one in known.health if one.get("lastFailureCause")), None)
                if state == "TASK_KILLED" and sick:
                    self._failed(known, state, f"{_UNHEALTHY}{sick['lastFailureCause']}")
                elif state in _FAILED | {"TASK_FINISHED"}:
                    self._failed(known, state, status.get("message", ""))
            return
        if state == "TASK_RUNNING" and not known.started:
            known.started = now()
        known.state = state
        addresses = [
            one["ip_address"]
            for network in (status.get("container_status") or {}).get("network_infos") or []
            for one in network.get("ip_addresses") or []
            if "ip_address" in one
        ]
        known.addresses = addresses or known.addresses
        if "healthy" in status:
            self._mesos_health(known, bool(status["healthy"]), status.get("message", ""))

    def kill(self, task: Task, why: str = "") -> None:
        """End a task; with a reason it counts as failed."""
        if why:
            self._failed(task, "TASK_KILLED", why)
        task.killed = time.time()
        self.dirty("tasks")
        if self.mesos is not None:
            self.mesos.kill(task.id, task.agent_id)

    def checked(self, task: Task, index: int, alive: bool, cause: str = "") -> None:
        """Take the result of a health check of Marathon's own."""
        result = task.health[index]
        before = result.get("alive")
        if alive:
            moment = now()
            result |= {"alive": True, "consecutiveFailures": 0, "lastSuccess": moment}
            result.setdefault("firstSuccess", moment)
        else:
            failures = int(result.get("consecutiveFailures", 0)) + 1
            result |= {"alive": False, "consecutiveFailures": failures}
            result |= {"lastFailure": now(), "lastFailureCause": cause}
            check = (self.tree.apps.get(task.app_id) or {}).get("healthChecks") or []
            most = int(check[index]["maxConsecutiveFailures"]) if index < len(check) else 0
            by_marathon = index < len(check) and check[index]["protocol"] in ("HTTP", "HTTPS", "TCP")
            if by_marathon and most and failures >= most and not task.killed:
                self.kill(task, f"{_UNHEALTHY}{cause}")
            self.emit("failed_health_check_event", appId=task.app_id, taskId=task.id)
        if before != alive:
            self.emit("health_status_changed_event", appId=task.app_id, taskId=task.id, alive=alive)
            self.dirty("tasks")

    def _mesos_health(self, task: Task, healthy: bool, cause: str) -> None:
        checks = (self.tree.apps.get(task.app_id) or {}).get("healthChecks") or []
        for index, check in enumerate(checks):
            if check["protocol"] == "COMMAND" or check["protocol"].startswith("MESOS_"):
                if index < len(task.health):
                    self.checked(task, index, healthy, cause)
                return

    def _failed(self, task: Task, state: str, message: str) -> None:
        self.failures[task.app_id] = {
            "appId": task.app_id,
            "host": task.host,
            "message": message,
            "state": state,
            "taskId": task.id,
            "timestamp": now(),
            "version": task.version,
            "slaveId": task.agent_id,
        }
        if task.app_id in self.tree.apps:
            self.backoff.setdefault(task.app_id, Backoff()).failed(self.tree.apps[task.app_id])
        self.dirty("failures")

    def _prove(self, task: Task) -> None:
        backoff = self.backoff.get(task.app_id)
        if backoff and task.ready(len(task.health)) and time.time() - task.staged_at > backoff.seconds + 5:
            backoff.stayed()

    def _tell(self, task: Task, state: str, message: str) -> None:
        self.emit(
            "status_update_event",
            slaveId=task.agent_id,
            taskId=task.id,
            taskStatus=state,
            message=message,
            appId=task.app_id,
            host=task.host,
            ports=task.ports,
            version=task.version,
        )
        condition = state.removeprefix("TASK_").capitalize()
        self.emit(
            "instance_changed_event",
            instanceId=instance_of(task.id),
            runSpecId=task.app_id,
            condition=condition,
        )

    def _advance(self, aims: Mapping[str, tuple[Json, int]]) -> None:
        for plan in list(self.deployments):
            if not plan.begun:
                plan.begun = True
                self.dirty("deployments")
                continue
            if self.stuck or not all(self._done(one, aims) for one in plan.steps[plan.current]):
                continue
            self.emit("deployment_step_success", id=plan.id, currentStep=plan.current + 1)
            plan.current += 1
            self.dirty("deployments")
            if plan.current >= len(plan.steps):
                self.deployments.remove(plan)
                self.emit("deployment_success", id=plan.id, plan=plan.show())
                for key, app in plan.after.items():
                    if app is None:
                        self.failures.pop(key, None)
                        self.emit("app_terminated_event", appId=key)

    def _done(self, action: Json, aims: Mapping[str, tuple[Json, int]]) -> bool:
        key = action["app"]
        if action["action"] == "StopApplication":
            return not self.of(key)
        if action["action"] == "StartApplication" or key not in aims:
            return True
        app, instances = aims[key]
        return planning.reached(app, self.of(key), instances)

    def _ask_for_offers(self) -> None:
        if self.mesos is None:
            return
        overdue = any(not self.backoff.get(key, Backoff()).left for key in self.waiting)
        if overdue and time.time() - self._reviving > _STEADY_DECLINE:
            self._reviving = time.time()
            self.mesos.revive()
        elif not self.waiting and self._reviving:
            self._reviving = 0.0
            self.mesos.suppress()
