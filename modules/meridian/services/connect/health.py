"""What Connect says of a connector, judged, and failed ones brought back with back-off."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from meridian.common.errors import MeridianError
from meridian.services.connect.client import ConnectClient, ConnectError
from meridian.services.connect.traces import first_lines

_POLL = 0.5
# A task that fails on its first record has been RUNNING for a moment before.
_STEADY = 3.0


@dataclass(frozen=True)
class Health:
    """One connector's state.

    :ivar state: ``FAILED`` when it or a task failed, ``STARTING`` while it or a task is not yet assigned or
        it has no tasks yet, else Connect's own: ``RUNNING``, ``PAUSED`` or ``STOPPED``.
    :ivar error: first lines of the trace of what failed, with the task's number; empty otherwise.
    """

    state: str
    error: str = ""


def judge(status: Mapping[str, Any], needs_tasks: bool = True) -> Health:
    """Return a connector's health.

    :param status: what :meth:`ConnectClient.status` returns; empty when there is none yet.
    :param needs_tasks: whether a running connector without tasks is still starting.
    """
    connector = status.get("connector") or {}
    tasks = status.get("tasks") or []
    if connector.get("state") == "FAILED":
        return Health("FAILED", first_lines(connector.get("trace", "")))
    for task in tasks:
        if task["state"] == "FAILED":
            return Health("FAILED", f"task {task['id']}: {first_lines(task.get('trace', ''))}")
    state = connector.get("state", "")
    if state == "STOPPED":
        return Health("STOPPED")
    if state == "PAUSED":
        return Health("PAUSED" if all(task["state"] == "PAUSED" for task in tasks) else "STARTING")
    running = state == "RUNNING" and all(task["state"] == "RUNNING" for task in tasks)
    return Health("RUNNING" if running and (tasks or not needs_tasks) else "STARTING")


def wait_for_workers(client: ConnectClient, workers: Iterable[str], deadline: float = 120) -> None:
    """Wait until all workers have joined their group.

    :param deadline: seconds to wait at most.
    :raises MeridianError: naming the workers that did not come.
    """
    missing = list(workers)
    end = time.monotonic() + deadline
    while missing := [worker for worker in missing if not client.healthy(worker)]:
        if time.monotonic() > end:
            raise MeridianError(
                f"Connect workers not ready after {deadline:.0f} s: {', '.join(missing)}; "
                "see journalctl -u meridian-connect on those nodes"
            )
        time.sleep(_POLL)


def wait_running(
    client: ConnectClient,
    names: Iterable[str],
    may_lack_tasks: Iterable[str] = (),
    deadline: float = 120,
    backoff: float = 2,
    report: Callable[[str], None] = lambda message: None,
) -> list[str]:
    """Wait until connectors and all their tasks run; restart what failed, each time after twice the pause.

    :param names: connectors that are meant to run.
    :param may_lack_tasks: those among them that may run without tasks, having nothing to do.
    :param deadline: seconds to wait at most.
    :param backoff: seconds before a connector's first restart.
    :param report: told of each restart, with its reason.
    :return: what was restarted, one line each.
    :raises MeridianError: with each connector that does not run, its state and its trace's first lines.
    """
    wanted, optional = set(names), set(may_lack_tasks)
    end = time.monotonic() + deadline
    pauses: dict[str, float] = {}
    due: dict[str, float] = {}
    last_error: dict[str, str] = {}
    restarts: list[str] = []
    steady_since = time.monotonic()
    while True:
        seen = client.connectors()
        health = {
            name: judge(seen[name]["status"], name not in optional) if name in seen else Health("MISSING")
            for name in wanted
        }
        missing = {name: found for name, found in health.items() if found.state != "RUNNING"}
        now = time.monotonic()
        if missing:
            steady_since = now
        elif not restarts or now - steady_since >= _STEADY:
            return restarts
        if now > end:
            raise MeridianError(_not_running(missing, last_error, deadline))
        for name, found in missing.items():
            if found.state != "FAILED":
                continue
            last_error[name] = found.error
            if name not in due:
                pauses[name] = pauses.get(name, backoff / 2) * 2
                due[name] = now + pauses[name]
            elif now >= due[name]:
                del due[name]
                line = f"restarted {name}, which had failed: {found.error}"
                restarts.append(line)
                report(line)
                _restart(client, name)
        time.sleep(_POLL)


def _restart(client: ConnectClient, name: str) -> None:
    try:
        client.restart_failed(name)
    except ConnectError as error:
        if error.status != 404:
            raise


def _not_running(missing: Mapping[str, Health], last_error: Mapping[str, str], deadline: float) -> str:
    # None is missing when the time is up for what just runs again.
    told = [
        f"{name} is restarted again and again ({error})"
        for name, error in sorted(last_error.items())
        if not missing
    ]
    for name, found in sorted(missing.items()):
        error = found.error or last_error.get(name, "")
        told.append(f"{name} is {found.state}" + (f" ({error})" if error else ""))
    return f"connectors not running after {deadline:.0f} s: {'; '.join(told)}"
