"""Plans and the scheduler itself over REST."""

import logging
from dataclasses import replace

import pytest

from tests.unit.kafka_scheduler.api.double import WELL, Api


def test_plans_are_listed_with_what_blocks_a_step(api: Api) -> None:
    (plan,) = api.get("/api/plan/list")["plans"]
    assert (plan["id"], plan["status"]) == ("restart-3", "running")
    assert plan["phases"][0]["steps"][1] == {
        "broker": "1",
        "action": "restart",
        "status": "blocked",
        "message": "t/0 would have 1",
    }


def test_plans_are_paused_continued_forced_and_cancelled(three: Api) -> None:
    for action in ("pause", "continue", "cancel"):
        three.post(f"/api/plan/{action}?plan=restart-3")
    three.post("/api/plan/force?plan=restart-3&broker=1")
    assert [what for what, _ in three.service.calls] == ["pause", "continue", "cancel", "force 1"]
    assert three.post("/api/plan/pause?plan=restart-9", 404)
    assert three.post("/api/plan/force?plan=restart-3&broker=9", 404)


def test_the_scheduler_is_stopped_and_torn_down_only_by_the_framework_s_id(api: Api) -> None:
    assert api.post("/quitquitquit")["status"] == "stopping"
    assert "framework's id" in api.post("/api/scheduler/stop?teardown", 400)["error"]
    assert api.post("/api/scheduler/stop?teardown&confirm=framework-1")["status"] == "torn down"
    assert api.service.calls == [("stop scheduler", False), ("stop scheduler", True)]


@pytest.fixture
def logger() -> logging.Logger:
    one = logging.getLogger("kafka_scheduler.test")
    one.setLevel(logging.WARNING)
    return one


def test_log_levels_are_set_while_it_runs(api: Api, logger: logging.Logger) -> None:
    assert api.post(f"/loglevel?logger={logger.name}&level=DEBUG") == {
        "logger": logger.name,
        "level": "debug",
    }
    assert logger.level == logging.DEBUG
    assert api.get(f"/api/loglevel?logger={logger.name}")["level"] == "debug"
    assert api.post("/api/loglevel?level=loud", 400)


def test_metrics_tell_of_brokers_offers_and_plans(three: Api) -> None:
    three.post("/api/broker/update?broker=0&cpus=2")
    lines = three.get("/metrics").splitlines()
    for line in (
        'kafka_scheduler_brokers{state="running"} 3',
        'kafka_scheduler_brokers{state="failed"} 0',
        "kafka_scheduler_brokers_needing_restart 1",
        "kafka_scheduler_offers_total 7",
        "kafka_scheduler_offers_declined_total 3",
        'kafka_scheduler_offers_declined_by_reason_total{reason="cpu"} 2',
        "kafka_scheduler_failovers_total 0",
        'kafka_scheduler_plan_steps{status="blocked"} 1',
        "kafka_scheduler_leader 1",
    ):
        assert line in lines


def test_metrics_are_told_by_one_that_does_not_lead(three: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    three.service.now = replace(WELL, leader=False, connected=False)
    monkeypatch.setattr(three.service, "brokers", lambda: 1 / 0)
    assert "kafka_scheduler_leader 0" in three.get("/metrics").splitlines()
