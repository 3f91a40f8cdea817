"""One deployment of an environment at a time."""

import fcntl
import json
import os
import time
from pathlib import Path
from typing import IO

from meridian.common.errors import MeridianError

_held: dict[str, IO[str]] = {}


def acquire(environment: str, directory: Path, what: str) -> None:
    """Take the environment's lock for the life of this process.

    The lock is the kernel's (``flock``): it ends with the process and those it forked, however they end, so
    a killed deployment never leaves a lock behind.

    :param environment: name of the environment.
    :param directory: folder for lock files; made when missing.
    :param what: what the holder does, for the message of who comes second, e.g. ``deploy``.
    :raises MeridianError: when another process holds it; names that process, what it does and since when.
    """
    if environment in _held:
        return
    directory.mkdir(parents=True, exist_ok=True)
    handle = (directory / f"{environment}.lock").open("a+", encoding="utf-8")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        handle.seek(0)
        holder = _holder(handle.read())
        handle.close()
        raise MeridianError(
            f"environment {environment} is locked: {holder}; wait for it to end, or end that process"
        ) from None
    handle.truncate(0)
    handle.write(json.dumps({"what": what, "pid": os.getpid(), "since": time.strftime("%H:%M:%S")}))
    handle.flush()
    _held[environment] = handle


def release(environment: str) -> None:
    """Give the lock back before the process ends; does nothing when it is not held."""
    handle = _held.pop(environment, None)
    if handle is not None:
        handle.close()


def _holder(text: str) -> str:
    try:
        data = json.loads(text)
        return f"{data['what']} by process {data['pid']} since {data['since']}"
    except (ValueError, KeyError):
        return "another process holds it"
