"""Masters: one leads, another one does when it is gone; without a quorum none; whom they let in."""

import time

import pytest
import requests
from meridian.common.errors import MeridianError
from meridian.services.mesos import health, maintenance
from meridian.services.mesos.operator import MesosError

from tests.integration.mesos.framework import Framework, launch
from tests.integration.mesos.lab import AGENTS, SECRETS, Lab
from tests.waiting import wait_until


def test_one_leads_and_the_others_say_who(lab: Lab) -> None:
    leader = lab.leader()
    said = lab.operator().health()
    assert [url for url, what in said.items() if what == "leading"] == [leader]
    assert sorted(said.values()) == ["leading", "standing by", "standing by"]
    for url in lab.masters:
        if url != leader:
            address = f"{url}/api/v1/scheduler"
            known = ("kafka-scheduler", SECRETS["kafka-scheduler"])
            answer = requests.post(
                address, json={}, auth=known, verify=lab.ca, allow_redirects=False, timeout=10
            )
            assert answer.status_code == 307
            assert answer.headers["Location"] == f"{leader.removeprefix('https:')}/master/api/v1/scheduler"


def test_agents_tell_where_they_are(lab: Lab) -> None:
    info = lab.registered()[AGENTS[0]]["agent_info"]
    assert {one["name"]: one["text"]["value"] for one in info["attributes"]} == {
        "region": "test",
        "zone": "zone-1",
        "role": "kafka",
        "rack": "rack-21",
    }


def test_tasks_and_frameworks_outlive_the_leader(lab: Lab, framework: Framework) -> None:
    offer = framework.offer()
    framework.accept(offer, launch("lives", offer, [framework.cpus()], {"value": "exec sleep 1000"}))
    framework.update("lives", "TASK_RUNNING")
    before = lab.processes(framework.id)
    leader = lab.leader()
    lab.masters[leader].kill()
    framework.event("CLOSED")
    successor = wait_until("another master leads", lambda: _leader(lab, leader))
    wait_until("agents are back", lambda: len(lab.registered()) == len(AGENTS))
    assert framework.subscribe(successor).status_code == 200
    framework.updates.clear()
    framework.call("RECONCILE", tasks=[{"task_id": {"value": "lives"}}])
    assert framework.update("lives", "TASK_RUNNING")["reason"] == "REASON_RECONCILIATION"
    assert lab.processes(framework.id) == before
    framework.call("KILL", task_id={"value": "lives"})
    framework.update("lives", "TASK_KILLED")


def _leader(lab: Lab, but: str) -> str:
    try:
        found = lab.operator(patience=0).leader()
    except MesosError:
        return ""
    return "" if found == but else found


def test_without_a_quorum_nobody_leads(lab: Lab) -> None:
    last, *others = lab.masters.values()
    for program in others:
        program.kill()
    last.kill()
    last.start()
    wait_until("it gives up", lambda: not last.alive)
    assert "Failed to recover registrar" in last.said()
    with pytest.raises(MeridianError, match=r"no Mesos master leads .*connection refused or lost"):
        health.wait_for_leader(lab.operator(patience=0), 0.5)
    lab.start()
    assert lab.leader() in lab.masters


def test_a_wrong_secret_opens_nothing(lab: Lab) -> None:
    with pytest.raises(MesosError, match="does not know this principal or its secret"):
        lab.operator(secret="guessed").agents()
    assert lab.framework(secret="guessed").subscribe().status_code == 401
    anonymous = requests.get(f"{lab.leader()}/state", verify=lab.ca, timeout=10)
    assert anonymous.status_code == 401


def test_an_agent_with_a_wrong_secret_stays_out(lab: Lab) -> None:
    address = AGENTS[1]
    file = lab.folder / address / "etc/credential.json"
    right = file.read_text(encoding="utf-8")
    lab.agents[address].kill()
    try:
        file.write_text(right.replace(SECRETS["agent"], "guessed"), encoding="utf-8")
        lab.agents[address].start()
        credential = ("kafka-scheduler", SECRETS["kafka-scheduler"])
        wait_until("it gives up", lambda: not lab.agents[address].alive)
        with pytest.raises(
            MeridianError, match=r"connection refused or lost .* see journalctl -u meridian-mesos"
        ):
            health.wait_for_agent(lab.url(address), credential, lab.pki / "ca.pem", 1)
    finally:
        file.write_text(right, encoding="utf-8")
        lab.agents[address].kill()
    lab.start()


def test_nothing_is_said_without_tls(lab: Lab) -> None:
    plain = lab.leader().replace("https:", "http:")
    with pytest.raises(requests.RequestException):
        requests.get(f"{plain}/health", timeout=5)


@pytest.mark.parametrize(("principal", "role"), [("kafka-scheduler", "other"), ("mesos-dns", "kafka")])
def test_a_framework_gets_only_its_own_roles(lab: Lab, principal: str, role: str) -> None:
    other = lab.framework(principal=principal, role=role)
    other.id = "unnamed"
    other._info.pop("id", None)
    call = {"type": "SUBSCRIBE", "subscribe": {"framework_info": other._info}}
    answer = requests.post(
        f"{other.url}/api/v1/scheduler",
        json=call,
        auth=(principal, SECRETS[principal]),
        verify=lab.ca,
        timeout=30,
    )
    assert '"ERROR"' in answer.text
    assert "Not authorized" in answer.text


@pytest.mark.parametrize("principal", ["kafka-scheduler", "mesos-dns"])
def test_operators_work_is_for_operators(lab: Lab, principal: str) -> None:
    window = maintenance.window(maintenance.machines(lab.operator(), AGENTS), 60, 60, time.time())
    with pytest.raises(MesosError, match="403"):
        lab.operator(principal=principal).plan_maintenance([window])
    assert lab.operator().schedule().get("windows", []) == []
