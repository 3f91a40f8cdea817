"""When what has failed is restarted, and what is left alone."""

from itertools import pairwise
from typing import Any

import pytest
from meridian.services.connect.supervisor import numbers
from meridian.services.connect.supervisor.supervision import Supervision

from tests.unit.services.connect.supervisor.test_causes import PASSING, STAYING, UNKNOWN

ME = "kafka-1.central.local:8083"
DATE = 1_790_000_000.0


def status(trace: str | None, connector: str = "RUNNING", worker: str = ME) -> dict[str, Any]:
    """Return what Connect says of one connector whose first task has failed, or runs."""
    state = {"state": "RUNNING"} if trace is None else {"state": "FAILED", "trace": trace}
    return {
        "flow": {
            "connector": {"state": connector, "worker_id": worker},
            "tasks": [
                {"id": 0, "worker_id": worker, **state},
                {"id": 1, "worker_id": worker, "state": "RUNNING"},
            ],
        }
    }


def restarts(supervision: Supervision, trace: str, seconds: int, runs: int = 0) -> list[int]:
    """Return when a task is restarted that fails again as soon as it was, or ``runs`` seconds after."""
    found: list[int] = []
    for now in range(seconds):
        up = bool(found) and now - found[-1] <= runs
        for part in supervision.look(status(None if up else trace), now, DATE + now):
            assert part == ("flow", 0)
            supervision.restarted(part, now)
            found.append(now)
    return found


@pytest.mark.parametrize("runs", [0, 3])
def test_what_passes_is_tried_for_ever_and_never_more_than_15_s_apart(runs: int) -> None:
    found = restarts(Supervision(ME), PASSING[0], 24 * 3600, runs)
    assert found[0] == 2
    gaps = [later - sooner for sooner, later in pairwise(found)]
    assert max(gaps) <= 15 + runs + 1
    assert gaps == sorted(gaps)
    assert found[-1] > 24 * 3600 - 30


def test_what_nobody_knows_is_tried_ever_more_seldom_and_for_ever() -> None:
    found = restarts(Supervision(ME), UNKNOWN[2], 24 * 3600)
    assert found[0] == 5
    assert found[-1] > 24 * 3600 - 305
    assert found[-1] - found[-2] in (300, 301)


@pytest.mark.parametrize("trace", STAYING)
def test_a_record_or_a_setting_is_tried_every_ten_minutes(trace: str) -> None:
    assert restarts(Supervision(ME), trace, 1900) == [600, 1201, 1802]


def test_after_a_quiet_minute_a_failure_is_a_first_one_again() -> None:
    supervision = Supervision(ME)
    restarts(supervision, PASSING[0], 300)
    assert not supervision.look(status(None), 400, DATE + 400)
    assert supervision.facts()[0]["failed"] is False
    assert not supervision.look(status(PASSING[0]), 500, DATE + 500)
    assert supervision.look(status(PASSING[0]), 502, DATE + 502) == [("flow", 0)]
    assert supervision.facts()[0]["since"] == DATE + 500


@pytest.mark.parametrize("connector", ["PAUSED", "STOPPED"])
def test_what_is_paused_or_stopped_is_left_alone(connector: str) -> None:
    supervision = Supervision(ME)
    for now in range(0, 3600, 2):
        assert not supervision.look(status(PASSING[0], connector), now, DATE)
    assert not supervision.facts()


def test_each_restarts_only_what_is_its_own_workers() -> None:
    supervision = Supervision(ME)
    for now in range(0, 3600, 2):
        assert not supervision.look(status(PASSING[0], worker="kafka-2.central.local:8083"), now, DATE)


def test_a_connector_that_failed_itself_is_restarted_without_its_tasks() -> None:
    supervision = Supervision(ME)
    failed = {"flow": {"connector": {"state": "FAILED", "worker_id": ME, "trace": PASSING[0]}, "tasks": []}}
    assert not supervision.look(failed, 0, DATE)
    assert supervision.look(failed, 2, DATE) == [("flow", None)]


def test_a_clock_that_is_set_delays_nothing() -> None:
    supervision = Supervision(ME)
    supervision.look(status(PASSING[0]), 10, DATE)
    assert supervision.look(status(PASSING[0]), 12, DATE - 86400) == [("flow", 0)]


def test_a_refused_restart_stays_due() -> None:
    supervision = Supervision(ME)
    supervision.look(status(PASSING[0]), 0, DATE)
    assert supervision.look(status(PASSING[0]), 2, DATE) == [("flow", 0)]
    assert supervision.look(status(PASSING[0]), 4, DATE) == [("flow", 0)]


def test_a_connector_that_is_gone_is_forgotten() -> None:
    supervision = Supervision(ME)
    restarts(supervision, PASSING[0], 100)
    supervision.look({}, 101, DATE)
    assert supervision.facts() == []


def test_reason_date_and_number_are_told_to_people_and_to_prometheus() -> None:
    supervision = Supervision(ME)
    count = len(restarts(supervision, PASSING[0], 40))
    [part] = supervision.facts()
    assert (part["connector"], part["task"], part["failed"], part["cause"]) == ("flow", 0, True, "passes")
    assert (part["since"], part["restarts"]) == (DATE, count)
    assert "OperationNotAttemptedException" in part["reason"]
    text = numbers.text({"parts": [part], "problems": []})
    assert f'meridian_connect_supervisor_restarts_total{{connector="flow",task="0"}} {count}\n' in text
    assert 'meridian_connect_supervisor_failed{connector="flow",task="0"} 1\n' in text
