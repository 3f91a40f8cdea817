"""Tasks: launched, checked, killed, found again; what they store; agents that go away."""

import os
import signal
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.integration.mesos import framework as api
from tests.integration.mesos.framework import Framework, launch
from tests.integration.mesos.lab import AGENTS, Lab, opened
from tests.waiting import wait_until

HOST = AGENTS[0]
SLEEP = {"value": "exec sleep 1000"}


def run(framework: Framework, name: str, command: Mapping[str, Any] | None = None, **more: Any) -> None:
    """Have a task run on the first agent."""
    offer = framework.offer(HOST)
    framework.accept(offer, launch(name, offer, [framework.cpus()], command or SLEEP, **more))
    framework.update(name, "TASK_RUNNING")


def test_a_task_finds_its_files_and_variables(lab: Lab, framework: Framework, tmp_path: Path) -> None:
    (tmp_path / "inside").write_text("from the archive")
    with tarfile.open(tmp_path / "some.tar.gz", "w:gz") as tar:
        tar.add(tmp_path / "inside", "inside")
    command = {
        "value": "cat inside; echo; echo $GREETING; id -un; echo oops >&2; exit 3",
        "user": "nobody",
        "uris": [{"value": str(opened(tmp_path) / "some.tar.gz")}],
        "environment": {"variables": [{"name": "GREETING", "value": "hello"}]},
    }
    offer = framework.offer(HOST)
    framework.accept(offer, launch("reads", offer, [framework.cpus()], command))
    failed = framework.update("reads", "TASK_FAILED")
    assert "exited with status 3" in failed["message"]
    assert framework.states("reads")[-2:] == ["TASK_RUNNING", "TASK_FAILED"]
    path = lab.sandbox(HOST, "reads") / "stdout"
    answer = lab.ask_agent(HOST, "/files/read", params={"path": str(path), "offset": 0, "length": 50000})
    assert "from the archive\nhello\nnobody\n" in answer.json()["data"]
    assert lab.ask_agent(HOST, "/files/read", params={"path": "/etc/passwd"}).status_code == 404
    assert lab.ask_agent(HOST, "/files/browse", auth=None).status_code == 401


def test_what_cannot_be_fetched_fails_the_task(framework: Framework) -> None:
    offer = framework.offer(HOST)
    command = SLEEP | {"uris": [{"value": "/nowhere/at/all.tar.gz"}]}
    framework.accept(offer, launch("lost", offer, [framework.cpus()], command))
    assert framework.update("lost", "TASK_FAILED")["reason"] == "REASON_CONTAINER_LAUNCH_FAILED"


def test_data_in_a_volume_outlive_their_task(lab: Lab, framework: Framework) -> None:
    disk, volume = framework.disk(128), framework.disk(128, "broker-0")
    offer = framework.offer(HOST)
    command = {"value": "echo kept > data/file; exec sleep 1000"}
    framework.accept(
        offer,
        api.reserve(disk),
        api.create(volume),
        launch("writes", offer, [framework.cpus(), volume], command),
    )
    framework.update("writes", "TASK_RUNNING")
    wait_until("it has written", lambda: (lab.sandbox(HOST, "writes") / "data/file").exists())
    framework.call("KILL", task_id={"value": "writes"})
    framework.update("writes", "TASK_KILLED")
    assert framework.states("writes")[-2:] == ["TASK_KILLING", "TASK_KILLED"]

    def offered() -> bool:
        again = framework.offer(HOST)
        ids = [one.get("disk", {}).get("persistence", {}).get("id") for one in again["resources"]]
        if "broker-0" not in ids or sum(one["name"] == "cpus" for one in again["resources"]) == 0:
            framework.decline(again)
            return False
        return True

    wait_until("the volume is offered", offered)
    offer = framework.offer(HOST)
    framework.accept(offer, launch("asks", offer, [framework.cpus(), volume], {"value": "cat data/file"}))
    framework.update("asks", "TASK_FINISHED")
    assert "kept" in (lab.sandbox(HOST, "asks") / "stdout").read_text()
    wait_until("the volume is offered", offered)
    offer = framework.offer(HOST)
    framework.accept(offer, api.destroy(volume), api.unreserve(disk))
    lab.await_freed(HOST)
    held = lab.registered()[HOST]["total_resources"]
    assert not any(one.get("reservations") for one in held)


def test_more_than_there_is_cannot_be_had(framework: Framework) -> None:
    offer = framework.offer(HOST)
    framework.accept(offer, launch("greedy", offer, [framework.cpus(1000)], SLEEP))
    refused = framework.update("greedy", "TASK_ERROR")
    assert refused["reason"] == "REASON_TASK_INVALID"
    assert "more than available" in refused["message"]


def test_an_offer_serves_once(framework: Framework) -> None:
    offer = framework.offer(HOST)
    framework.accept(offer, launch("first", offer, [framework.cpus()], SLEEP))
    framework.accept(offer, launch("second", offer, [framework.cpus()], SLEEP))
    assert framework.update("second", "TASK_DROPPED")["reason"] == "REASON_INVALID_OFFERS"
    framework.update("first", "TASK_RUNNING")


def test_declined_offers_stay_away_until_revived(framework: Framework) -> None:
    declined = {framework.offer(host)["agent_id"]["value"] for host in AGENTS}
    for host in AGENTS:
        framework.decline(framework.offer(host), refuse_seconds=3600)
    with pytest.raises(AssertionError, match="no OFFERS"):
        framework.event("OFFERS", 2)
    framework.call("REVIVE")
    assert framework.offer()["agent_id"]["value"] in declined
    framework.call("SUPPRESS")
    for host in AGENTS:
        framework.decline(framework.offer(host))
    with pytest.raises(AssertionError, match="no OFFERS"):
        framework.event("OFFERS", 2)


def test_tasks_live_on_without_their_agent(lab: Lab, framework: Framework) -> None:
    run(framework, "lives")
    run(framework, "ends", {"value": "until [ -e over ]; do sleep 0.1; done"})
    before = set(lab.processes("lives"))
    sandbox = lab.sandbox(HOST, "ends")
    lab.agents[HOST].kill()
    (sandbox / "over").touch()
    wait_until("the other task ends", lambda: not lab.processes("MESOS_TASK_ID=ends") or None, 20)
    assert before <= set(lab.processes("lives"))
    lab.agents[HOST].start()
    framework.update("ends", "TASK_FINISHED")
    framework.updates.clear()
    framework.call("RECONCILE", tasks=[{"task_id": {"value": "lives"}}])
    framework.update("lives", "TASK_RUNNING")
    assert before <= set(lab.processes("lives"))


def test_an_agent_that_does_not_come_back_is_unreachable(lab: Lab, framework: Framework) -> None:
    run(framework, "alone")
    lab.agents[HOST].kill()
    lost = framework.update("alone", "TASK_UNREACHABLE")
    assert lost["reason"] == "REASON_AGENT_REMOVED"
    framework.event("FAILURE")
    lab.agents[HOST].start()
    wait_until("the agent is back", lambda: HOST in lab.registered())
    framework.updates.clear()
    framework.call("RECONCILE", tasks=[{"task_id": {"value": "alone"}}])
    framework.update("alone", "TASK_RUNNING")


def test_a_task_that_fails_its_check_is_killed(lab: Lab, framework: Framework) -> None:
    check = {
        "type": "COMMAND",
        "command": {"value": "test ! -e sick"},
        "delay_seconds": 0,
        "interval_seconds": 0.2,
        "grace_period_seconds": 0,
        "consecutive_failures": 2,
    }
    run(framework, "checked", health_check=check)
    assert framework.event("UPDATE", 20, lambda one: one["update"]["status"].get("healthy") is True)
    (lab.sandbox(HOST, "checked") / "sick").touch()
    assert framework.update("checked", "TASK_KILLED")["healthy"] is False


def test_a_task_gets_its_time_to_end(lab: Lab, framework: Framework) -> None:
    ready = "echo ready; while :; do sleep 0.1; done"
    command = {"value": f"trap 'sleep 1; echo cleaned; exit 0' TERM; {ready}"}
    policy = {"grace_period": {"nanoseconds": 10_000_000_000}}
    run(framework, "tidy", command, kill_policy=policy)
    wait_until("its trap is set", lambda: "ready" in (lab.sandbox(HOST, "tidy") / "stdout").read_text())
    framework.call("KILL", task_id={"value": "tidy"})
    framework.update("tidy", "TASK_KILLED")
    assert "cleaned" in (lab.sandbox(HOST, "tidy") / "stdout").read_text()
    deaf = {"value": f"trap '' TERM; {ready}"}
    run(framework, "deaf", deaf, kill_policy={"grace_period": {"nanoseconds": 500_000_000}})
    wait_until("its trap is set", lambda: "ready" in (lab.sandbox(HOST, "deaf") / "stdout").read_text())
    framework.call("KILL", task_id={"value": "deaf"})
    framework.update("deaf", "TASK_KILLED", 15)


def test_a_killed_process_is_reported(lab: Lab, framework: Framework) -> None:
    run(framework, "struck", {"value": "echo $$ > pid; exec sleep 1000"})
    file = lab.sandbox(HOST, "struck") / "pid"
    wait_until("it says its number", lambda: file.exists() and file.read_text().strip())
    os.kill(int(file.read_text()), signal.SIGKILL)
    assert "Killed" in framework.update("struck", "TASK_FAILED")["message"]


def test_a_second_connection_takes_over(lab: Lab, framework: Framework) -> None:
    run(framework, "shared")
    second = lab.framework()
    second.id = framework.id
    assert second.subscribe().status_code == 200
    assert framework.event("ERROR")["error"]["message"] == "Framework failed over"
    second.event("SUBSCRIBED")
    second.call("RECONCILE", tasks=[])
    second.update("shared", "TASK_RUNNING")
    second.leave()


def test_tasks_of_a_framework_that_stays_away_end(lab: Lab) -> None:
    brief = lab.framework(failover_timeout=1)
    brief.subscribe()
    run(brief, "orphan")
    brief.leave()
    wait_until("its tasks have ended", lambda: not lab.processes(brief.id), 20)
    answer = brief.subscribe()
    assert answer.status_code == 200
    assert "removed" in brief.event("ERROR")["error"]["message"]
