"""One task on its agent: fetched, started, checked, killed, and what is reported of it."""

import asyncio
import base64
import os
import pwd
import signal
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from ..resources import Json, persistence_of
from . import processes
from .checks import HealthCheck, argv
from .processes import LaunchFailed

if TYPE_CHECKING:
    from .runtime import Runtime

OVER = {"TASK_FINISHED", "TASK_FAILED", "TASK_KILLED", "TASK_ERROR", "TASK_LOST"}
_RETRY_FIRST, _RETRY_MOST = 10.0, 600.0
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Container:
    """A task and its process.

    :ivar record: what is written down of it: ids, ``TaskInfo``, process, state, updates not acknowledged yet.
    """

    def __init__(self, runtime: "Runtime", record: Json) -> None:
        self._runtime = runtime
        self.record = record
        self._retry: asyncio.TimerHandle | None = None
        self._patience = _RETRY_FIRST
        self._jobs: list[asyncio.Task[None]] = []
        self._escalation: asyncio.TimerHandle | None = None

    @classmethod
    def fresh(cls, runtime: "Runtime", framework: Json, info: Json, executor: Json | None) -> "Container":
        """Make one for a task that is to be run."""
        container_id = str(uuid.uuid4())
        framework_id, task_id = framework["id"]["value"], info["task_id"]["value"]
        executor_id = executor["executor_id"]["value"] if executor else task_id
        sandbox = runtime.store.sandbox(framework_id, executor_id, container_id)
        record = {
            "id": container_id, "framework_id": framework_id, "task_id": task_id, "executor": executor,
            "executor_id": executor_id if executor else "", "info": info, "sandbox": str(sandbox), "pid": 0,
            "started": "", "state": "TASK_STAGING", "pending": [], "last": None, "killing": None,
            "user": info["command"].get("user") or framework.get("user"), "healthy": None,
        }  # fmt: skip
        return cls(runtime, record)

    @property
    def over(self) -> bool:
        """Whether it runs no more."""
        return self.record["state"] in OVER

    @property
    def sandbox(self) -> Path:
        """Its folder."""
        return Path(self.record["sandbox"])

    # Its life

    async def start(self) -> None:
        """Fetch, link volumes, start the process."""
        try:
            owner = self._owner()
            if owner is not None:
                os.chown(self.sandbox, *owner)
            self._link_volumes(owner)
            for uri in self.record["info"]["command"].get("uris", ()):
                await asyncio.to_thread(self._runtime.fetcher.fetch, uri, self.sandbox, owner)
            if self.record["killing"] is not None:
                self._end(
                    "TASK_KILLED",
                    "Task killed before it was launched",
                    reason="REASON_TASK_KILLED_DURING_LAUNCH",
                )
                return
            for name in ("stdout", "stderr"):
                (self.sandbox / name).touch()
                if owner is not None:
                    os.chown(self.sandbox / name, *owner)
            command = argv(self.record["info"]["command"])
            user = self.record["user"] if self._runtime.switch_user else None
            self.record["pid"] = processes.launch(
                command,
                user,
                self.environment(),
                self.sandbox,
                self._runtime.store.exit_file(self.record["id"]),
            )
        except (LaunchFailed, OSError, ValueError) as problem:
            text = f"Failed to launch container: {problem}"
            self._end("TASK_FAILED", text, reason="REASON_CONTAINER_LAUNCH_FAILED", source="SOURCE_AGENT")
            return
        self.record["started"] = processes.started_at(self.record["pid"])
        self.report("TASK_STARTING")
        self.report("TASK_RUNNING")
        self.attend()

    def attend(self) -> None:
        """Watch the process and the task's health; after a restart of the agent as well."""
        pid, started = self.record["pid"], self.record["started"]
        self._jobs.append(asyncio.ensure_future(processes.watch(pid, started, self._ended)))
        if (written := self.record["info"].get("health_check")) is not None:
            check = HealthCheck(
                written, self.sandbox, self.environment(), self._health, self.record["healthy"]
            )
            self._jobs.append(asyncio.ensure_future(check.run()))
        limit = self.record["info"].get("max_completion_time", {}).get("nanoseconds")
        if limit:
            asyncio.get_running_loop().call_later(limit / 1e9, self.kill, None, "TASK_FAILED")

    def kill(
        self, grace: float | None = None, becomes: str = "TASK_KILLED", reason: str | None = None
    ) -> None:
        """Ask the process to end, and make it end after a while.

        :param grace: seconds; default the task's kill policy, else the agent's.
        """
        if self.over:
            return
        if grace is None:
            policy = self.record["info"].get("kill_policy", {}).get("grace_period", {}).get("nanoseconds")
            grace = policy / 1e9 if policy is not None else self._runtime.grace
        first = self.record["killing"] is None
        self.record["killing"] = [becomes, reason]
        if not self.record["pid"]:
            return
        if first and self._runtime.can(self.record["framework_id"], "TASK_KILLING_STATE"):
            self.report("TASK_KILLING", reason=reason)
        self._save()
        processes.send(self.record["pid"], signal.SIGTERM)
        if self._escalation is not None:
            self._escalation.cancel()
        loop = asyncio.get_running_loop()
        self._escalation = loop.call_later(grace, processes.send, self.record["pid"], signal.SIGKILL)

    def _health(self, healthy: bool, kill: bool) -> None:
        if self.over:
            return
        self.record["healthy"] = healthy
        self.report("TASK_RUNNING", reason="REASON_TASK_HEALTH_CHECK_STATUS_UPDATED")
        if kill and self.record["killing"] is None:
            self.kill()

    def _ended(self) -> None:
        # What it has left behind goes with it.
        processes.send(self.record["pid"], signal.SIGKILL)
        right, text = processes.outcome(self._runtime.store.exit_file(self.record["id"]))
        if self.record["killing"] is not None:
            becomes, reason = self.record["killing"]
            if becomes == "TASK_FAILED":
                reason = "REASON_MAX_COMPLETION_TIME_REACHED"
            self._end(becomes, text, reason=reason)
        elif text == "Executor terminated":
            self._end("TASK_FAILED", text, reason="REASON_EXECUTOR_TERMINATED", source="SOURCE_AGENT")
        else:
            self._end("TASK_FINISHED" if right else "TASK_FAILED", text)

    def _end(
        self, state: str, message: str, reason: str | None = None, source: str = "SOURCE_EXECUTOR"
    ) -> None:
        for job in self._jobs:
            job.cancel()
        if self._escalation is not None:
            self._escalation.cancel()
        self.report(state, message, reason, source)
        self._runtime.ended(self)

    # What it stands in

    def environment(self) -> dict[str, str]:
        """Return the variables that its process has."""
        record = self.record
        given = record["info"]["command"].get("environment", {}).get("variables", ())
        return {
            "PATH": _PATH,
            **self._runtime.environment,
            "MESOS_SANDBOX": record["sandbox"],
            "MESOS_DIRECTORY": record["sandbox"],
            "MESOS_FRAMEWORK_ID": record["framework_id"],
            "MESOS_EXECUTOR_ID": record["executor_id"] or record["task_id"],
            "MESOS_TASK_ID": record["task_id"],
            "MESOS_SLAVE_ID": str(self._runtime.store.agent_id),
            "MESOS_AGENT_ENDPOINT": self._runtime.endpoint,
            "MESOS_CHECKPOINT": "1",
            **{one["name"]: str(one.get("value", "")) for one in given},
        }

    def _owner(self) -> tuple[int, int] | None:
        """Return whose files the sandbox gets; ``None`` for the agent's own."""
        if not self._runtime.switch_user or self.record["user"] is None or os.geteuid() != 0:
            return None
        found: pwd.struct_passwd = processes.user_of(self.record["user"])
        return found.pw_uid, found.pw_gid

    def _link_volumes(self, owner: tuple[int, int] | None) -> None:
        for resource in self.record["info"].get("resources", ()):
            if persistence_of(resource) is None:
                continue
            path = self._runtime.store.volume(resource)
            if not path.is_dir():
                raise LaunchFailed(f"Persistent volume '{path}' is missing")
            if owner is not None:
                os.chown(path, *owner)
            link = self.sandbox / resource["disk"]["volume"]["container_path"]
            link.parent.mkdir(parents=True, exist_ok=True)
            if not link.is_symlink():
                link.symlink_to(path)

    # Updates

    def report(
        self, state: str, message: str = "", reason: str | None = None, source: str = "SOURCE_EXECUTOR"
    ) -> None:
        """Note a state; it is sent when those before it are acknowledged."""
        record = self.record
        record["state"] = state
        status: Json = {
            "task_id": {"value": record["task_id"]},
            "state": state,
            "source": source,
            "agent_id": {"value": str(self._runtime.store.agent_id)},
            "executor_id": {"value": record["executor_id"] or record["task_id"]},
            "timestamp": time.time(),
            "uuid": base64.b64encode(uuid.uuid4().bytes).decode(),
            "container_status": {
                "container_id": {"value": record["id"]},
                "network_infos": [{"ip_addresses": [{"protocol": "IPv4", "ip_address": self._runtime.ip}]}],
            },
        }
        if record["pid"]:
            status["container_status"]["executor_pid"] = record["pid"]
        if message:
            status["message"] = message
        if reason is not None:
            status["reason"] = reason
        if record["healthy"] is not None:
            status["healthy"] = record["healthy"]
        record["pending"].append(status)
        record["last"] = status
        self._save()
        if len(record["pending"]) == 1:
            self.deliver()

    def deliver(self, again: bool = False) -> None:
        """Send the oldest update that is not acknowledged, again and again."""
        if self._retry is not None:
            self._retry.cancel()
        if not self.record["pending"]:
            return
        self._patience = min(self._patience * 2, _RETRY_MOST) if again else _RETRY_FIRST
        self._runtime.send_update(
            self.record["framework_id"], self.record["pending"][0], self.record["state"]
        )
        self._retry = asyncio.get_running_loop().call_later(self._patience, self.deliver, True)

    def acknowledged(self, identity: str) -> bool:
        """Take an acknowledgement.

        :return: whether the task is history now.
        """
        pending = self.record["pending"]
        # One that comes twice, or too late, says nothing of the update that is under way now.
        if not pending or pending[0]["uuid"] != identity:
            return False
        last = pending.pop(0)
        self._save()
        if last["state"] in OVER:
            if self._retry is not None:
                self._retry.cancel()
            return True
        self.deliver()
        return False

    def drop(self) -> None:
        """Its framework is gone: nobody wants to hear of it."""
        self.record["pending"].clear()
        if self._retry is not None:
            self._retry.cancel()

    def _save(self) -> None:
        self._runtime.store.write(f"tasks/{self.record['id']}", self.record)
