"""Files of a running task, from its agent's API."""

import base64
from typing import Any

from meridian.common.errors import MeridianError

from kafka_scheduler.core.model import Task
from kafka_scheduler.mesos.address import agent
from kafka_scheduler.mesos.http import Access

_PATH = "/api/v1"
_LINE_BYTES = 400
_MOST_BYTES = 1 << 20


class Sandbox:
    """Reads files of tasks.

    :param access: how agents are spoken to.
    """

    def __init__(self, access: Access) -> None:
        self._access = access

    def tail(self, task: Task, framework_id: str, name: str, lines: int, timeout: float) -> str:
        """Return the last lines of a file in a task's sandbox.

        :param name: its path below the sandbox.
        :raises MeridianError: there is no such file, or the agent does not answer in time.
        """
        if name.startswith("/") or ".." in name.split("/"):
            raise MeridianError(f"log {name}: expected a file within the sandbox")
        if not task.url:
            raise MeridianError(f"host {task.hostname}: its agent has told no address of its API")
        # As an agent calls it whatever its work dir is; a task of ours has an executor of the same name.
        path = f"/frameworks/{framework_id}/executors/{task.id}/runs/latest/{name}"
        size = self._read(task, path, 0, 0, timeout)["size"]
        length = min(int(size), max(1, lines) * _LINE_BYTES, _MOST_BYTES)
        data = self._read(task, path, int(size) - length, length, timeout).get("data", "")
        text = base64.b64decode(data).decode(errors="replace")
        return "\n".join(text.splitlines()[-lines:])

    def _read(self, task: Task, path: str, offset: int, length: int, timeout: float) -> dict[str, Any]:
        body = {"type": "READ_FILE", "read_file": {"path": path, "offset": offset, "length": length}}
        try:
            at = agent(task.url, task.hostname, self._access.ca is not None)
            answer = self._access.post(at, _PATH, body, timeout)
        except MeridianError as error:
            raise MeridianError(f"log of {task.id}: {error}") from error
        return dict(answer["read_file"])
