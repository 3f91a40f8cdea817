"""Status updates: from agents to frameworks, from the master itself, and answers to reconciliation."""

import asyncio
import base64
import time
from typing import TYPE_CHECKING, Any

from ..resources import Json
from .model import TERMINAL, Agent, Framework, Task

if TYPE_CHECKING:
    from .cluster import Cluster


class Updates:
    """Carries updates; trouble may be ordered.

    :ivar duplicates: how many of the next updates are sent twice.
    :ivar swaps: how many pairs of the next updates change places.
    :ivar ack_delay: seconds that acknowledgements take to the agent.
    """

    def __init__(self, cluster: "Cluster") -> None:
        self._cluster = cluster
        self.duplicates = self.swaps = 0
        self.ack_delay = 0.0
        self._kept: tuple[Framework, Json] | None = None

    def of_agent(self, agent: Agent, framework_id: str, status: Json, latest: str) -> None:
        """Take an update that an agent reports, and pass it on; it repeats until it is acknowledged."""
        framework = self._cluster.frameworks.get(framework_id)
        task_id = status["task_id"]["value"]
        if framework is None:
            agent.say("SHUTDOWN_FRAMEWORK", framework_id=framework_id)
            agent.say("ACK", framework_id=framework_id, task_id=task_id, uuid=status["uuid"])
            return
        task = agent.tasks.get((framework_id, task_id))
        if task is not None:
            if not task.over:
                task.state = latest
            if not task.statuses or task.statuses[-1].get("uuid") != status.get("uuid"):
                task.statuses.append(status)
                del task.statuses[:-20]
            task.sent = (status["state"], status["uuid"])
            if task.over:
                self._cluster.allocator.soon()
        self._send(framework, status)

    def of_master(self, task: Task, state: str, reason: str, message: str) -> None:
        """Tell a framework what the master has decided about a task of its."""
        framework = self._cluster.frameworks.get(task.framework_id)
        if framework is None:
            return
        told = state if framework.can("PARTITION_AWARE") else "TASK_LOST"
        status = self._status(task.id, task.agent_id, told, reason, message)
        if state == "TASK_UNREACHABLE":
            status["unreachable_time"] = {"nanoseconds": int(time.time() * 1e9)}
        task.state = told
        task.statuses.append(status)
        agent = self._cluster.agents.get(task.agent_id)
        framework.tasks.pop(task.id, None)
        if agent is not None:
            agent.tasks.pop((framework.id, task.id), None)
        if state == "TASK_UNREACHABLE":
            framework.unreachable[task.id] = task
        else:
            framework.completed.append(task)
        self._send(framework, status)

    def returned(self, framework: Framework, task: Task) -> None:
        """Tell a framework that a task of an agent that was unreachable is there again."""
        message = "Agent re-registered"
        status = self._status(task.id, task.agent_id, task.state, "REASON_AGENT_REREGISTERED", message)
        self._send(framework, status)

    def gone_after_all(self, agent_id: str) -> None:
        """An agent that was unreachable is gone: so are its tasks."""
        for framework in self._cluster.frameworks.values():
            for task in [one for one in framework.unreachable.values() if one.agent_id == agent_id]:
                del framework.unreachable[task.id]
                message = "Agent marked gone"
                self.of_master(task, "TASK_GONE_BY_OPERATOR", "REASON_AGENT_REMOVED_BY_OPERATOR", message)

    def refuse(self, framework: Framework, info: Json, state: str, reason: str, message: str) -> None:
        """Tell a framework that a task of its was not launched."""
        agent_id = info.get("agent_id", {}).get("value", "")
        task_id = info.get("task_id", {}).get("value", "")
        self._send(framework, self._status(task_id, agent_id, state, reason, message))

    def acknowledge(self, framework: Framework, body: Json) -> None:
        """Pass an acknowledgement on to the agent; the end of a task is history then."""
        agent = self._cluster.agents.get(body["agent_id"]["value"])
        task_id = body["task_id"]["value"]
        if agent is None:
            return
        task = agent.tasks.get((framework.id, task_id))
        if task is not None and task.over and task.sent is not None:
            state, identity = task.sent
            if identity == body["uuid"] and state in TERMINAL:
                self._cluster.forget(task)
        content = {"framework_id": framework.id, "task_id": task_id, "uuid": body["uuid"]}
        asyncio.get_running_loop().call_later(self.ack_delay, lambda: agent.say("ACK", **content))

    def reconcile(self, framework: Framework, wanted: list[Json]) -> None:
        """Answer with the latest state of some tasks, or of all."""
        if not wanted:
            for task in list(framework.tasks.values()):
                self._latest(framework, task)
            return
        for one in wanted:
            task_id, agent_id = one["task_id"]["value"], one.get("agent_id", {}).get("value")
            known = framework.tasks.get(task_id)
            if known is not None:
                self._latest(framework, known)
            elif (found := self._fate(framework, task_id, agent_id)) is not None:
                state, message = found
                told = state if framework.can("PARTITION_AWARE") else "TASK_LOST"
                status = self._status(task_id, agent_id, told, "REASON_RECONCILIATION", message)
                if state == "TASK_UNREACHABLE":
                    since = self._cluster.unreachable.get(agent_id or "", time.time())
                    status["unreachable_time"] = {"nanoseconds": int(since * 1e9)}
                self._send(framework, status)

    def _fate(self, framework: Framework, task_id: str, agent_id: str | None) -> tuple[str, str] | None:
        """Say what has become of a task that the master does not know; ``None`` when it is too early."""
        cluster = self._cluster
        if task_id in framework.unreachable or agent_id in cluster.unreachable:
            return "TASK_UNREACHABLE", "Reconciliation: Task is unreachable"
        if agent_id in cluster.gone:
            return "TASK_GONE_BY_OPERATOR", "Reconciliation: Task is gone"
        if agent_id in cluster.agents:
            return "TASK_GONE", "Reconciliation: Task is unknown to the agent"
        if agent_id in cluster.recovered or (agent_id is None and cluster.recovered):
            return None
        return "TASK_UNKNOWN", "Reconciliation: Task is unknown"

    def _latest(self, framework: Framework, task: Task) -> None:
        state = task.sent[0] if task.sent and task.over else task.state
        status = self._status(
            task.id, task.agent_id, state, "REASON_RECONCILIATION", "Reconciliation: Latest task state"
        )
        if task.statuses:
            for key in ("healthy", "container_status", "check_status"):
                if key in task.statuses[-1]:
                    status[key] = task.statuses[-1][key]
        self._send(framework, status)

    def _status(self, task_id: str, agent_id: str | None, state: str, reason: str, message: str) -> Json:
        status: dict[str, Any] = {
            "task_id": {"value": task_id},
            "state": state,
            "source": "SOURCE_MASTER",
            "reason": reason,
            "message": message,
            "timestamp": time.time(),
        }
        if agent_id:
            status["agent_id"] = {"value": agent_id}
        return status

    def _send(self, framework: Framework, status: Json) -> None:
        if self.swaps > 0 and self._kept is None:
            self._kept = (framework, status)
            # Alone it comes late at worst: an update that never comes is not what was ordered.
            asyncio.get_running_loop().call_later(5, self._release)
            return
        times = 2 if self.duplicates > 0 else 1
        self.duplicates = max(0, self.duplicates - 1)
        for _ in range(times):
            framework.event("UPDATE", status=status)
        if self._kept is not None:
            self.swaps -= 1
            self._release()

    def _release(self) -> None:
        if self._kept is not None:
            (framework, status), self._kept = self._kept, None
            framework.event("UPDATE", status=status)


def uuid_text(raw: bytes) -> str:
    """Return bytes as the APIs write them."""
    return base64.b64encode(raw).decode()
