"""Brokers of the scheduler: launched, failed, restarted, and what is said when they cannot be."""

import os
import signal
import time

from tests.integration.scheduler.scheduler_on_mesos import Cluster
from tests.waiting import wait_until

SMALL = {"cpus": "0.5", "mem": "256", "heap": "128", "failoverDelay": "2s", "hostLostPeriod": "5s"}


def test_brokers_are_placed_and_the_one_that_is_not_says_why(cluster: Cluster) -> None:
    for number in (1, 2):
        cluster.start_agent(number)
    scheduler = cluster.start_scheduler()
    scheduler.wait_connected()
    wait_until("both agents", lambda: len(cluster.reservations()) == 2)
    scheduler.ask(
        "/api/broker/add", broker="0..2", **SMALL, constraints="hostname=unique", options="id.is=$id"
    )
    done = scheduler.ask("/api/broker/start", broker="0..2", timeout="15s")
    assert done["status"] == "timeout"
    assert "broker 2 is starting: offers declined: hostname unique: 127.0.0." in done["message"]
    wish = {**SMALL, "volume": "data:99999"}
    scheduler.ask("/api/broker/add", broker="9", **wish)
    done = scheduler.ask("/api/broker/start", broker="9", timeout="5s")
    assert "broker 9 is starting: offers declined: disk (root): 10000 of 99999 (127.0.0.1" in done["message"]
    scheduler.ask("/api/broker/stop", broker="9", force="true")
    hosts = {scheduler.wait_state(one, "running")["task"]["hostname"] for one in (0, 1)}
    assert hosts == {"127.0.0.1", "127.0.0.2"}
    cluster.start_agent(3)
    assert scheduler.wait_state(2, "running")["task"]["hostname"] == "127.0.0.3"
    assert "broker 1 with id.is=1" in scheduler.ask("/api/broker/log", broker="1", name="stdout")["content"]


def test_a_killed_broker_runs_again_on_its_host_with_its_volume(cluster: Cluster) -> None:
    for number in (1, 2):
        cluster.start_agent(number)
    scheduler = cluster.start_scheduler()
    scheduler.wait_connected()
    scheduler.ask("/api/broker/add", broker="0", **SMALL, volume="data:100")
    scheduler.ask("/api/broker/start", broker="0", timeout="30s")
    before = scheduler.wait_state(0, "running")
    (pid,) = wait_until("broker 0", lambda: cluster.running(0))
    os.kill(pid, signal.SIGKILL)
    ended = time.monotonic()
    wait_until("broker 0 again", lambda: cluster.running(0) not in ([], [pid]))
    assert time.monotonic() - ended < 2 + 15
    after = scheduler.wait_state(0, "running")
    assert after["task"]["hostname"] == before["task"]["hostname"]
    assert after["volumes"] == before["volumes"]
    (folder,) = cluster.folder.glob("agent-*/volumes/**/starts")
    assert len(folder.read_text(encoding="utf-8").split()) == 2


def test_a_broker_that_always_fails_is_deactivated(cluster: Cluster) -> None:
    cluster.start_agent(1)
    cluster.launcher.write_text("#!/bin/sh\nexit 3\n", encoding="utf-8")
    scheduler = cluster.start_scheduler()
    scheduler.wait_connected()
    tries = {**SMALL, "failoverDelay": "500ms", "failoverMaxDelay": "1s", "failoverMaxTries": "3"}
    scheduler.ask("/api/broker/add", broker="0", **tries)
    scheduler.ask("/api/broker/start", broker="0", timeout="1s")
    broker = scheduler.wait_state(0, "failed 3")
    assert not broker["active"]
    assert any("exited with status 3" in one for one in broker["reasons"])


def test_a_volume_is_released_only_when_asked_by_name(cluster: Cluster) -> None:
    cluster.start_agent(1)
    scheduler = cluster.start_scheduler()
    scheduler.wait_connected()
    scheduler.ask("/api/broker/add", broker="0", **SMALL, volume="data:100")
    scheduler.ask("/api/broker/start", broker="0", timeout="30s")
    (volume,) = scheduler.wait_state(0, "running")["volumes"]
    scheduler.ask("/api/broker/stop", broker="0", force="true", timeout="30s")
    assert "give it up by name" in scheduler.ask("/api/broker/remove", broker="0")
    assert volume["id"] in cluster.reservations()["127.0.0.1"]
    assert not cluster.running(0)
    scheduler.ask("/api/broker/volume/give-up", broker="0", volume=volume["id"], confirm=volume["id"])
    wait_until("all is unreserved", lambda: cluster.reservations()["127.0.0.1"] == [])
    scheduler.ask("/api/broker/remove", broker="0")
    assert scheduler.ask("/api/broker/list")["brokers"] == []


def test_a_wrong_secret_is_said(cluster: Cluster) -> None:
    (cluster.folder / "secret").write_text("wrong", encoding="utf-8")
    scheduler = cluster.start_scheduler()
    problem = wait_until(
        "it says why", lambda: scheduler.health().get("problem", "").startswith("http") and scheduler.health()
    )
    assert "does not know principal kafka-scheduler by its secret" in problem["problem"]
    (cluster.folder / "secret").write_text("schedulers-secret", encoding="utf-8")
    scheduler.wait_connected()
