"""Background processes that this clone started: remembered by id and start time, so none else is ended."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path


def start(command: Sequence[str], record: Path, log: Path, cwd: Path | None = None) -> int:
    """Start a process of its own session, its output appended to a log, and remember it.

    :param command: program and arguments; no secrets, they show in process lists.
    :param record: JSON file that remembers it.
    :param log: file for its standard output and error.
    :return: process id.
    """
    record.parent.mkdir(parents=True, exist_ok=True)
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as out:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd=cwd, start_new_session=True
        )
    record.write_text(json.dumps({"pid": process.pid, "started": _started(process.pid)}), encoding="utf-8")
    return process.pid


def running(record: Path) -> int | None:
    """Return the id of the remembered process, or ``None`` when it has ended (or its id is another's now)."""
    try:
        data = json.loads(record.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    pid = int(data.get("pid", 0))
    return pid if pid and _started(pid) is not None and _started(pid) == data.get("started") else None


def stop(record: Path, timeout: float = 20.0) -> bool:
    """End the remembered process and its session: politely, and by force when the time is up.

    :param timeout: seconds to wait for a clean end.
    :return: whether there was one to end.
    """
    pid = running(record)
    if pid is not None:
        for what in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(pid, what)
            except ProcessLookupError:
                break
            deadline = time.monotonic() + timeout
            while running(record) is not None and time.monotonic() < deadline:
                time.sleep(0.05)
            if running(record) is None:
                break
    record.unlink(missing_ok=True)
    return pid is not None


def _started(pid: int) -> str | None:
    """Return a living process's start time (clock ticks after boot), ``None`` for a dead one."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else fields[19]
