"""Health checks that Marathon makes itself: HTTP, HTTPS and TCP, from where the leader runs."""

import asyncio
import ssl
import time

from .. import http
from .core import Core
from .definitions import Json
from .launching import Task, check_port

_MARATHONS = ("HTTP", "HTTPS", "TCP")


class Checks:
    """Checks all running tasks of all apps."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._jobs: dict[tuple[str, int], asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Keep one job for each check of each running task."""
        while True:
            wanted = {
                (task.id, index): (task, check)
                for task in self._core.tasks.values()
                if task.running
                for index, check in enumerate(self._checks_of(task))
                if check["protocol"] in _MARATHONS and index < len(task.health)
            }
            for key in set(self._jobs) - set(wanted):
                self._jobs.pop(key).cancel()
            for key in set(wanted) - set(self._jobs):
                task, check = wanted[key]
                self._jobs[key] = asyncio.ensure_future(self._check(task, key[1], check))
            await asyncio.sleep(0.3)

    def _checks_of(self, task: Task) -> list[Json]:
        versions = self._core.versions.get(task.app_id) or {}
        app = versions.get(task.version) or self._core.tree.apps.get(task.app_id) or {}
        return list(app.get("healthChecks") or [])

    async def _check(self, task: Task, index: int, check: Json) -> None:
        started = time.monotonic()
        while True:
            cause = await _once(task, check)
            ever = "firstSuccess" in task.health[index]
            in_grace = not ever and time.monotonic() - started < float(check["gracePeriodSeconds"])
            if not cause or not in_grace:
                self._core.checked(task, index, not cause, cause)
            await asyncio.sleep(max(0.2, float(check["intervalSeconds"])))


async def _once(task: Task, check: Json) -> str:
    """Return why a check failed; empty when it did not."""
    port = check_port(check, task)
    if not port:
        return "no port to check"
    try:
        async with asyncio.timeout(float(check["timeoutSeconds"])):
            if check["protocol"] == "TCP":
                _, writer = await asyncio.open_connection(task.host, port)
                writer.close()
                return ""
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            url = f"{check['protocol'].lower()}://{task.host}:{port}{check.get('path', '/')}"
            status, _ = await http.request("GET", url, context=context, timeout=3600)
    except TimeoutError:
        return f"{check['protocol']} check of {task.host}:{port} timed out"
    except (OSError, ValueError) as problem:
        return f"{check['protocol']} check of {task.host}:{port}: {problem}"
    return "" if 200 <= status < 400 else f"{status} from {task.host}:{port}{check.get('path', '/')}"
