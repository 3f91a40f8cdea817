"""The supervisor's loop: look, restart, tell."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from meridian.services.connect.supervisor.rest import OwnWorker, WorkerError
from meridian.services.connect.supervisor.supervision import Part, Supervision
from meridian.services.daemon import report

log = logging.getLogger("supervisor")


def run(
    worker: OwnWorker,
    supervision: Supervision,
    tell: Callable[[dict[str, Any]], None],
    stop: threading.Event,
    poll_seconds: float = 2,
) -> None:
    """Restart what fails on a worker until told to stop.

    :param tell: is given what the supervisor has seen, after each look: ``state``, ``problems``, ``updated``
        (seconds since the epoch), ``worker`` and ``parts`` (see :meth:`Supervision.facts`).
    """
    problems = report.Problems(log)
    while True:
        try:
            for part in supervision.look(worker.statuses(), time.monotonic(), time.time()):
                _restart(worker, supervision, part)
            problems.update("worker", "", time.monotonic())
        except WorkerError as error:
            problems.update("worker", str(error), time.monotonic())
        parts = supervision.facts()
        for one in parts:
            told = f"{one['connector']}{_task(one['task'])} has failed: {one['reason']}"
            problems.update(
                f"{one['connector']} {one['task']}", told if one["failed"] else "", time.monotonic()
            )
        tell(
            {
                "state": "retrying" if problems.current else "running",
                "problems": list(problems.current.values()),
                "updated": time.time(),
                "worker": supervision.worker,
                "parts": parts,
            }
        )
        report.alive(f"{sum(one['failed'] for one in parts)} of {supervision.worker} failed")
        if stop.wait(poll_seconds):
            return


def _restart(worker: OwnWorker, supervision: Supervision, part: Part) -> None:
    name, task = part
    try:
        worker.restart(name, task)
    except WorkerError as error:
        # A rebalance, or a worker that ends: what is due stays due, and the next look is soon.
        log.warning("%s%s was not restarted: %s", name, _task(task), error)
        return
    supervision.restarted(part, time.monotonic())
    log.info("restarted %s%s", name, _task(task))


def _task(number: int | None) -> str:
    return "" if number is None else f" task {number}"
