"""Brokers over REST."""

from dataclasses import replace

import pytest
from kafka_scheduler.kafka.spec import BrokerSpec

from tests.unit.kafka_scheduler.api.double import Api


def test_a_runbook_of_the_earlier_framework_still_works(api: Api) -> None:
    added = api.get("/api/brokers/add?id=1000..1002&cpus=0.01&heap=128&mem=256")
    assert [one["id"] for one in added["brokers"]] == ["1000", "1001", "1002"]
    first = added["brokers"][0]
    assert (first["cpus"], first["mem"], first["heap"], first["active"]) == (0.01, 256, 128, False)
    assert first["failover"] == {"delay": "1m", "maxDelay": "10m", "failures": 0}
    assert api.get("/api/brokers/start?id=1000..1002")["status"] == "started"
    status = api.get("/api/brokers/status")["brokers"]
    assert {one["state"] for one in status} == {"running"}
    assert status[0]["task"]["endpoint"] == "slave1000:9092"
    assert api.get("/api/brokers/stop?id=1000")["status"] == "stopped"
    assert api.get("/api/brokers/remove?id=1000")["ids"] == ["1000"]
    assert len(api.get("/api/brokers/list")["brokers"]) == 2


def test_brokers_are_named_by_the_attributes_of_their_agents(three: Api) -> None:
    listed = three.post("/api/broker/list?broker=*%5Brack%3Dr0%5D")["brokers"]
    assert [one["id"] for one in listed] == ["0", "2"]
    assert [one["id"] for one in three.get("/api/broker/list?broker=[rack]")["brokers"]] == ["0", "1", "2"]


def test_update_changes_what_is_given_and_an_empty_value_unsets(three: Api) -> None:
    three.post("/api/broker/update?broker=1&cpus=2&options=a%3Db&failoverMaxTries=3")
    changed = three.post("/api/broker/update?broker=1&options=&failoverMaxTries=")["brokers"][0]
    assert (changed["cpus"], changed["needsRestart"]) == (2.0, True)
    assert three.service.views[1].spec.options == {}
    assert three.service.views[0].spec == BrokerSpec()
    assert "nothing to change" in three.post("/api/broker/update?broker=1", 400)["error"]


def test_start_that_cannot_be_placed_says_why(api: Api) -> None:
    api.service.stuck = {1}
    api.post("/api/broker/add?broker=0..1")
    answer = api.post("/api/broker/start?broker=0..1&timeout=5s")
    assert answer["status"] == "timeout"
    assert answer["message"] == "broker 1: cpus 2.0 wanted, 1.0 offered"
    assert answer["brokers"][1]["reasons"] == ["slave0: cpus 2.0 wanted, 1.0 offered"]
    assert api.post("/api/broker/start?broker=1&timeout=0")["status"] == "scheduled"


def test_timeouts_and_flags_reach_the_scheduler(three: Api) -> None:
    three.post("/api/broker/restart?broker=*&noWaitForReplication")
    three.post("/api/broker/stop?broker=1&force=true&timeout=2m")
    three.post("/api/broker/stop?broker=2&force=false")
    assert three.service.calls == [
        ("restart", [0, 1, 2], 300, False),
        ("stop", [1], True, 120),
        ("stop", [2], False, 60),
    ]


def test_what_contradicts_the_state_is_409(three: Api) -> None:
    assert "is there already" in three.post("/api/broker/add?broker=2..3", 409)["error"]
    assert "is active" in three.post("/api/broker/remove?broker=0", 409)["error"]


@pytest.mark.parametrize("action", ["update", "remove", "start", "stop", "restart", "log", "metrics"])
def test_a_broker_that_is_not_there_is_404(three: Api, action: str) -> None:
    assert "broker 7: there is none" in three.post(f"/api/broker/{action}?broker=7", 404)["error"]


def test_clone_copies_the_options(three: Api) -> None:
    three.post("/api/broker/update?broker=1&cpus=3")
    three.post("/api/broker/clone?broker=5..6&source=1")
    assert three.service.views[6].spec.cpus == 3
    assert three.post("/api/broker/clone?broker=8&source=9", 404)


def test_files_are_not_read_on_the_scheduler_s_machine(api: Api) -> None:
    answer = api.post("/api/broker/add?broker=0&options=file:/etc/passwd", 400)
    assert "read by the command line" in answer["error"]


def test_the_log_of_one_broker(three: Api) -> None:
    answer = three.post("/api/broker/log?broker=1&name=server.log&lines=5&timeout=10s")
    assert answer == {"status": "ok", "content": "1 server.log 5 10\nlast line\n"}
    assert three.post("/api/broker/log?broker=*", 400)
    assert three.post("/api/broker/log?broker=1&lines=0", 400)


def test_metrics_by_filter(three: Api) -> None:
    assert three.get("/api/broker/metrics?broker=1&filter=^under") == {"1": {"underReplicated": 0.0}}
    assert three.get("/api/broker/metrics?filter=(", 400)


def test_a_volume_is_given_up_only_when_named_twice(three: Api) -> None:
    three.service.with_volume(1)
    shown = three.get("/api/broker/list?broker=1")["brokers"][0]["volumes"][0]
    assert (shown["id"], shown["lost"]) == ("kafka-1-data", "host is gone")
    asked = "/api/broker/volume/give-up?broker=1&volume=kafka-1-data&confirm="
    assert "needs its id twice" in three.post(f"{asked}kafka-1", 400)["error"]
    assert three.service.calls == []
    assert "volumes" not in three.post(f"{asked}kafka-1-data")["brokers"][0]
    assert three.service.calls == [("give up", 1, "kafka-1-data")]


def test_a_volume_that_a_removed_broker_left_is_given_up(three: Api) -> None:
    asked = "/api/broker/volume/give-up?broker=9&volume=kafka-9-data&confirm=kafka-9-data"
    assert three.post(asked) == {"brokers": []}
    assert three.service.calls == [("give up", 9, "kafka-9-data")]


def test_scaling_out_moves_partitions_on_and_in_moves_them_off_first(three: Api) -> None:
    three.post("/api/broker/add?broker=3&rebalance=true&throttle=1000")
    planned = three.post("/api/broker/remove?broker=2&evacuate&dryRun")
    assert (planned["status"], planned["ids"]) == ("planned", [])
    assert planned["moves"] == [{"topic": "t0", "partition": 0, "from": [0, 1], "to": [1, 2], "left": True}]
    done = three.post("/api/broker/remove?broker=2&evacuate&timeout=1m")
    assert (done["status"], done["ids"]) == ("completed", ["2"])
    assert three.moves.asked[0] == ("grow", [3], 1000)
    assert three.moves.asked[1][:2] == ("shrink", [2])


def test_nothing_is_added_that_could_not_be_moved_on_now(three: Api) -> None:
    three.moves.move = replace(three.moves.move, status="running")
    assert three.post("/api/broker/add?broker=3&rebalance", 409)
    assert 3 not in three.service.views


def test_a_dry_run_removes_nothing(three: Api) -> None:
    three.post("/api/broker/stop?broker=2")
    assert three.post("/api/broker/remove?broker=2&dryRun")["status"] == "planned"
    assert 2 in three.service.views
