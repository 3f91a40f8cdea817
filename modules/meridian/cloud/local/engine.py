"""Find the Docker engine that the local cloud runs on, or start one and remember that it is ours."""

import json
import os
import shutil
import subprocess
import time
from pathlib import Path

import docker
import docker.errors
import requests

from meridian.cloud.local import labels
from meridian.common import paths, processes
from meridian.common.errors import MeridianError

START_SECONDS = 60
# It shuts its nodes down first, each of them an init system with servers under it.
STOP_SECONDS = 120
SOCKET = Path("/var/run/docker.sock")


def client(timeout: int = 120) -> docker.DockerClient:
    """Connect to the engine that ``DOCKER_HOST`` names, or to the default socket.

    :param timeout: seconds that one request may take.
    :returns: a client whose engine has just answered.
    :raises MeridianError: when no engine answers, or this user may not talk to it.
    """
    try:
        found = docker.from_env(timeout=timeout, max_pool_size=32)
        found.ping()
    except (docker.errors.DockerException, requests.exceptions.RequestException) as problem:
        raise MeridianError(explain(problem)) from problem
    return found


def explain(problem: BaseException) -> str:
    """Put what the Docker SDK raised on connecting into one line that says what to do.

    :param problem: the exception; its causes are read too.
    """
    where = os.environ.get("DOCKER_HOST") or str(SOCKET)
    text = _chain(problem)
    if "PermissionError" in text or "Permission denied" in text:
        return f"Docker: this user may not use {where}: run as root, or join the group docker"
    if "FileNotFoundError" in text or "ConnectionRefusedError" in text or "Connection refused" in text:
        if shutil.which("dockerd") is None and not os.environ.get("DOCKER_HOST"):
            return "Docker is missing: install it (Debian, Ubuntu: apt-get install docker.io)"
        return f"Docker: no engine answers at {where}: start it (systemctl start docker)"
    return f"Docker: the engine at {where} gave no usable answer: {problem}"


def ensure() -> bool:
    """Have an engine that answers: start one when none runs.

    1. An engine answers: take it. 2. systemd is PID 1: ``systemctl start docker``. 3. We are root: start
    ``dockerd`` as a process of our own, note it in ``.platform/dockerd.json``, log under ``.platform/log``.

    :returns: whether it had to be started.
    :raises MeridianError: Docker is missing, not permitted, or did not come up.
    """
    try:
        client()
        return False
    except MeridianError:
        unreachable = SOCKET.exists() and not os.access(SOCKET, os.R_OK | os.W_OK)
        if os.environ.get("DOCKER_HOST") or shutil.which("dockerd") is None or unreachable:
            raise
    if under_systemd():
        _start_with_systemd()
    elif os.geteuid() == 0:
        processes.start(["dockerd"], record(), log())
    else:
        raise MeridianError("Docker: no engine runs, and starting one needs root: run dockerd as root")
    _wait_for_engine()
    return True


def stop() -> bool:
    """End the engine if this clone started it and nobody else's containers run on it.

    :returns: whether it was ended.
    """
    if processes.running(record()) is None or others():
        return False
    return processes.stop(record(), timeout=STOP_SECONDS)


def others() -> list[str]:
    """Return the names of running containers that are not this clone's; none when no engine answers."""
    try:
        running = client().containers.list()
    except MeridianError:
        return []
    try:
        mine = json.loads((paths.state() / "networks.json").read_text(encoding="utf-8"))["platform"]
    except (OSError, ValueError, KeyError):
        mine = ""
    return sorted(str(c.name) for c in running if c.labels.get(labels.PLATFORM) != mine)


def under_systemd() -> bool:
    """Return whether systemd runs this host."""
    return Path("/proc/1/comm").read_text(encoding="utf-8").strip() == "systemd"


def record() -> Path:
    """Return the file that remembers an engine of our own."""
    return paths.state() / "dockerd.json"


def log() -> Path:
    """Return the log of an engine of our own."""
    return paths.state() / "log" / "dockerd.log"


def _start_with_systemd() -> None:
    done = subprocess.run(["systemctl", "start", "docker"], capture_output=True, text=True, check=False)
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise MeridianError(f"Docker: systemctl start docker failed: {reason} (journalctl -u docker)")


def _wait_for_engine() -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            client()
            return
        except MeridianError as problem:
            if record().exists() and processes.running(record()) is None:
                record().unlink()
                raise MeridianError(
                    f"Docker: dockerd ended at once: {_last_line()}; see {log()}"
                ) from problem
            if time.monotonic() > deadline:
                raise MeridianError(f"{problem}; waited {START_SECONDS} s, see {log()}") from problem
        time.sleep(0.2)


def _last_line() -> str:
    lines = log().read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1][-300:] if lines else "it wrote nothing"


def _chain(problem: BaseException | None) -> str:
    seen: list[str] = []
    while problem is not None and len(seen) < 10:
        seen.append(f"{type(problem).__name__}: {problem}")
        problem = problem.__cause__ or problem.__context__
    return "\n".join(seen)
