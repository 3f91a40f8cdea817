"""The supervisor beside a worker in memory."""

import subprocess
import sys
import threading
from typing import Any

import pytest
from meridian.common import paths
from meridian.services.connect.supervisor import service, supervision
from meridian.services.connect.supervisor.causes import Cause
from meridian.services.connect.supervisor.rest import OwnWorker, WorkerError
from meridian.services.connect.supervisor.supervision import Supervision

from tests.doubles.connect_rest import ConnectDouble
from tests.unit.services.connect.supervisor.test_causes import PASSING
from tests.waiting import wait_until


def test_a_failed_task_runs_again_although_the_group_rebalances(
    cluster: ConnectDouble, worker: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(supervision.PAUSES, Cause.PASSES, (0.05, 0.1))
    address = worker.removeprefix("http://")
    task = cluster.add("flow", {})["tasks"][0]
    task.update(state="FAILED", trace=PASSING[0], worker_id=address)
    cluster.conflicts = 4
    cluster.on_restart = lambda connector: connector["tasks"][0].update(state="RUNNING")
    told: list[dict[str, Any]] = []
    stop = threading.Event()
    arguments = (OwnWorker(address, None), Supervision(address), told.append, stop, 0.01)
    thread = threading.Thread(target=service.run, args=arguments)
    thread.start()
    try:
        wait_until("the task runs", lambda: task["state"] == "RUNNING", 20)
        wait_until("it is told", lambda: told[-1]["parts"] and not told[-1]["parts"][0]["failed"], 20)
    finally:
        stop.set()
        thread.join()
    assert told[0]["state"] == "retrying"
    assert "409" in told[0]["problems"][0]
    assert (told[-1]["state"], told[-1]["problems"]) == ("running", [])
    assert told[-1]["parts"][0]["restarts"] == 1


def test_a_worker_that_does_not_answer_is_told_and_asked_again() -> None:
    with pytest.raises(WorkerError, match=r"the worker 127\.0\.0\.1:1: GET /connectors"):
        OwnWorker("127.0.0.1:1", None).statuses()


def test_it_needs_nothing_but_the_nodes_own_python() -> None:
    code = "import meridian.services.connect.supervisor.main, sys; print('requests' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-S", "-c", code],
        env={"PYTHONPATH": str(paths.repository() / "modules")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout.strip(), done.stderr) == ("False", "")
