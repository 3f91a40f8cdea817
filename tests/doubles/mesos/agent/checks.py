"""Health checks of tasks: by command, HTTP or TCP."""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from ..resources import Json


class HealthCheck:
    """Runs one until it is cancelled.

    :param written: ``HealthCheck`` as the framework wrote it.
    :param report: called with whether the task is healthy and whether it is to be killed.
    :param healthy: what was reported last, by an agent that ran before this one.
    """

    def __init__(
        self,
        written: Json,
        folder: Path,
        environment: dict[str, str],
        report: Callable[[bool, bool], None],
        healthy: bool | None,
    ) -> None:
        self._written, self._folder, self._environment, self._report = written, folder, environment, report
        self._healthy = healthy
        self._failures = 0

    async def run(self) -> None:
        """Check for ever."""
        written = self._written
        await asyncio.sleep(float(written.get("delay_seconds", 15)))
        grace_until = time.monotonic() + float(written.get("grace_period_seconds", 10))
        while True:
            try:
                async with asyncio.timeout(float(written.get("timeout_seconds", 20)) or None):
                    passed = await self._once()
            except (TimeoutError, OSError, ValueError):
                passed = False
            self._judge(passed, in_grace=time.monotonic() < grace_until and self._healthy is None)
            await asyncio.sleep(float(written.get("interval_seconds", 10)))

    def _judge(self, passed: bool, in_grace: bool) -> None:
        if passed:
            self._failures = 0
            if self._healthy is not True:
                self._healthy = True
                self._report(True, False)
        elif not in_grace:
            self._failures += 1
            self._healthy = False
            self._report(False, self._failures >= int(self._written.get("consecutive_failures", 3)))

    async def _once(self) -> bool:
        kind = self._written["type"]
        if kind == "TCP":
            _, writer = await asyncio.open_connection("127.0.0.1", int(self._written["tcp"]["port"]))
            writer.close()
            return True
        if kind == "HTTP":
            return await self._http(self._written["http"])
        return await self._command(self._written["command"])

    @staticmethod
    async def _http(written: Json) -> bool:
        """Run curl, as a real executor does: where an agent's node lacks it, no check ever passes."""
        url = f"{written.get('scheme', 'http')}://127.0.0.1:{written['port']}{written.get('path', '/')}"
        process = await asyncio.create_subprocess_exec(
            *("curl", "-s", "-S", "-L", "-k", "-w", "%{http_code}", "-o", "/dev/null", "-g", url),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            said, _ = await process.communicate()
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
        status = int(said or b"0")
        return status in written["statuses"] if written.get("statuses") else 200 <= status < 400

    async def _command(self, written: Json) -> bool:
        command = argv(written)
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=self._folder,
            env=self._environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            return await process.wait() == 0
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def argv(command: Json) -> list[str]:
    """Return the arguments that a ``CommandInfo`` stands for.

    :raises ValueError: it has none.
    """
    value, arguments = command.get("value"), list(command.get("arguments", ()))
    if command.get("shell", True):
        if not value:
            raise ValueError("Shell command is not specified")
        return ["/bin/sh", "-c", value]
    if not value:
        raise ValueError("Executable is not specified")
    return [value, *arguments[1:]]
