"""The double misbehaves as it is told to: what a framework must be able to bear."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.integration.mesos.framework import Framework, launch
from tests.unit.services.mesos.conftest import NODE, OPERATOR, Small

SLEEP = {"value": "exec sleep 1000"}


@pytest.fixture
def framework(small: Small) -> Iterator[Framework]:
    one = Framework(small.url, OPERATOR, "", role="*")
    one.subscribe()
    yield one
    one.leave()


def run(framework: Framework, name: str, command: dict[str, str] = SLEEP) -> None:
    offer = framework.offer()
    framework.accept(offer, launch(name, offer, [framework.cpus()], command))
    framework.update(name, "TASK_RUNNING")


def test_offers_are_rescinded(small: Small, framework: Framework) -> None:
    offer = framework.offer()
    small.trouble(do="rescind_offers")
    assert framework.event("RESCIND")["rescind"]["offer_id"] == offer["id"]
    framework.accept(offer, launch("late", offer, [framework.cpus()], SLEEP))
    assert framework.update("late", "TASK_DROPPED")["reason"] == "REASON_INVALID_OFFERS"


def test_updates_come_twice(small: Small, framework: Framework) -> None:
    small.trouble(do="duplicate_updates", count=2)
    run(framework, "one")
    framework.event("UPDATE")
    assert sorted(framework.states("one")) == ["TASK_RUNNING"] * 2 + ["TASK_STARTING"] * 2


def test_updates_change_places(small: Small, framework: Framework) -> None:
    run(framework, "one")
    run(framework, "two")
    small.trouble(do="swap_updates", count=1)
    framework.updates.clear()
    framework.call("RECONCILE", tasks=[{"task_id": {"value": "one"}}, {"task_id": {"value": "two"}}])
    framework.update("one", "TASK_RUNNING")
    framework.update("two", "TASK_RUNNING")
    assert [one["task_id"]["value"] for one in framework.updates] == ["two", "one"]


def test_what_is_not_acknowledged_comes_again(small: Small, framework: Framework) -> None:
    framework.acknowledging = False
    offer = framework.offer()
    framework.accept(offer, launch("one", offer, [framework.cpus()], {"value": "true"}))
    first = framework.update("one", "TASK_STARTING")
    requests.post(f"{small.agent_url}/double", json={"do": "repeat_updates"}, timeout=10)
    again = framework.event("UPDATE")["update"]["status"]
    assert (again["uuid"], again["state"]) == (first["uuid"], "TASK_STARTING")
    framework.acknowledging = True
    framework.acknowledge(first)
    framework.update("one", "TASK_FINISHED")
    assert framework.states("one")[-2:] == ["TASK_RUNNING", "TASK_FINISHED"]


def test_late_acknowledgements_delay_what_follows(small: Small, framework: Framework) -> None:
    small.trouble(do="delay_acknowledgements", seconds=1)
    began = time.monotonic()
    run(framework, "one")
    assert time.monotonic() - began >= 1


def test_a_lost_agent_comes_back_with_its_tasks(small: Small, framework: Framework) -> None:
    run(framework, "one")
    requests.post(f"{small.agent_url}/double", json={"do": "detach", "seconds": 2}, timeout=10)
    small.trouble(do="lose_agent", agent=NODE)
    assert framework.update("one", "TASK_UNREACHABLE")["unreachable_time"]
    small.registered()
    framework.updates.clear()
    framework.call("RECONCILE", tasks=[{"task_id": {"value": "one"}}])
    framework.update("one", "TASK_RUNNING")


def test_a_framework_without_that_capability_hears_of_lost_tasks(small: Small) -> None:
    plain = Framework(small.url, OPERATOR, "", role="*", capabilities=("MULTI_ROLE",))
    plain.subscribe()
    run(plain, "one")
    small.trouble(do="lose_agent", agent=NODE)
    assert plain.update("one", "TASK_LOST")["reason"] == "REASON_AGENT_REMOVED"
    plain.leave()


def test_a_cut_stream_can_be_had_again(small: Small, framework: Framework) -> None:
    run(framework, "one")
    small.trouble(do="drop_framework", framework="tests")
    framework.event("CLOSED")
    assert framework.subscribe().status_code == 200
    framework.event("SUBSCRIBED")
    framework.call("RECONCILE", tasks=[])
    framework.update("one", "TASK_RUNNING")


def test_a_master_that_fails_over_forgets_nothing_that_counts(small: Small, framework: Framework) -> None:
    run(framework, "one")
    small.trouble(do="fail_over")
    assert small.processes["master"].wait(10) == 1
    small.start("master")
    small.registered()
    assert framework.subscribe().status_code == 200
    framework.updates.clear()
    framework.call("RECONCILE", tasks=[{"task_id": {"value": "one"}}])
    framework.update("one", "TASK_RUNNING")


def test_an_agent_that_dies_leaves_its_tasks(small: Small, framework: Framework, tmp_path: Path) -> None:
    run(framework, "one", {"value": f"echo $$ > {tmp_path / 'pid'}; exec sleep 1000"})
    requests.post(f"{small.agent_url}/double", json={"do": "die"}, timeout=10)
    small.processes.pop("agent").wait(10)
    task = int((tmp_path / "pid").read_text())
    os.kill(task, 0)
    small.start("agent")
    small.registered()
    os.kill(task, signal.SIGKILL)
    assert "Killed" in framework.update("one", "TASK_FAILED")["message"]


def test_a_group_ends_together(framework: Framework) -> None:
    offer = framework.offer()
    tasks = [
        launch(name, offer, [framework.cpus()], {"value": command})["launch"]["task_infos"][0]
        for name, command in (("ends", "sleep 0.5; exit 1"), ("goes-along", "exec sleep 1000"))
    ]
    executor = {
        "type": "DEFAULT",
        "executor_id": {"value": "both"},
        "framework_id": {"value": framework.id},
        "resources": [
            framework.cpus(),
            framework._own({"name": "mem", "type": "SCALAR", "scalar": {"value": 32}}),
        ],
    }
    group = {"type": "LAUNCH_GROUP", "launch_group": {"executor": executor, "task_group": {"tasks": tasks}}}
    framework.accept(offer, group)
    framework.update("ends", "TASK_FAILED")
    framework.update("goes-along", "TASK_KILLED")


@pytest.mark.parametrize(
    ("call", "headers", "status", "text"),
    [
        ({}, {}, 400, "Expecting 'type' to be present"),
        ({"type": "ACCEPT", "framework_id": {"value": "x"}}, {}, 400, "Expecting 'accept' to be present"),
        ({"type": "REVIVE"}, {}, 400, "Expecting 'framework_id' to be present"),
        ({"type": "REVIVE", "framework_id": {"value": "x"}}, {}, 400, "Framework cannot be found"),
        (
            {"type": "REVIVE", "framework_id": {"value": "ID"}},
            {},
            400,
            "should include the 'Mesos-Stream-Id'",
        ),
        (
            {"type": "REVIVE", "framework_id": {"value": "ID"}},
            {"Mesos-Stream-Id": "guessed"},
            400,
            "didn't match the stream ID",
        ),
    ],
)
def test_wrong_calls_are_refused_as_mesos_does(
    small: Small,
    framework: Framework,
    call: dict[str, object],
    headers: dict[str, str],
    status: int,
    text: str,
) -> None:
    if call.get("framework_id") == {"value": "ID"}:
        call = call | {"framework_id": {"value": framework.id}}
    answer = requests.post(
        f"{small.url}/api/v1/scheduler", json=call, headers=headers, auth=OPERATOR, timeout=10
    )
    assert answer.status_code == status
    assert text in answer.text
