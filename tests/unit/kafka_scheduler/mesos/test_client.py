"""The subscription to a master, over real HTTP."""

import queue
from collections.abc import Iterator
from pathlib import Path

import pytest
from kafka_scheduler.core.state import Call, Disconnected, Event, Removed, Subscribed
from kafka_scheduler.mesos.client import FailedOver, FrameworkInfo, MesosClient
from kafka_scheduler.mesos.detector import detector
from kafka_scheduler.mesos.http import Access
from meridian.common.errors import MeridianError

from tests.unit.kafka_scheduler.mesos.master import FakeMaster


@pytest.fixture
def master() -> Iterator[FakeMaster]:
    made = FakeMaster()
    yield made
    made.close()


class Scheduler:
    """A client and what it delivers."""

    def __init__(self, at: str, secret: Path, framework_id: str = "") -> None:
        self.events: queue.Queue[Event] = queue.Queue()
        self.fatal: queue.Queue[MeridianError] = queue.Queue()
        secret.write_text("secret\n", encoding="utf-8")
        info = FrameworkInfo("kafka", "brokers", "kafka", "kafka-scheduler", 60.0)
        self.client = MesosClient(
            detector(at, False),
            Access("kafka-scheduler", secret),
            info,
            self.events.put,
            lambda: framework_id,
            self.fatal.put,
        )
        self.client.start()

    def next(self) -> Event:
        return self.events.get(timeout=20)


@pytest.fixture
def scheduler(master: FakeMaster, tmp_path: Path) -> Iterator[Scheduler]:
    made = Scheduler(master.address, tmp_path / "secret", "F")
    yield made
    made.client.close()


def test_it_subscribes_as_the_framework_it_was_with_its_secret(
    master: FakeMaster, scheduler: Scheduler
) -> None:
    asked = master.call("SUBSCRIBE")
    assert asked["framework_id"] == {"value": "F"}
    info = asked["subscribe"]["framework_info"]
    assert (info["roles"], info["failover_timeout"], info["checkpoint"]) == (["brokers"], 60.0, True)
    assert {"type": "PARTITION_AWARE"} in info["capabilities"]
    assert asked["headers"]["Authorization"] == "Basic a2Fma2Etc2NoZWR1bGVyOnNlY3JldA=="
    master.subscribed()
    assert scheduler.next() == Subscribed("F")


def test_calls_bear_the_streams_id(master: FakeMaster, scheduler: Scheduler) -> None:
    assert not scheduler.client.send(Call("REVIVE"))
    master.call("SUBSCRIBE")
    master.subscribed()
    scheduler.next()
    assert scheduler.client.send(Call("KILL", {"task_id": {"value": "t"}}))
    sent = master.call("KILL")
    assert sent["kill"] == {"task_id": {"value": "t"}}
    assert sent["headers"]["Mesos-Stream-Id"] == "stream-1"


def test_after_a_call_in_doubt_it_subscribes_anew(master: FakeMaster, scheduler: Scheduler) -> None:
    master.call("SUBSCRIBE")
    master.subscribed()
    scheduler.next()
    master.answer = 503
    assert not scheduler.client.send(Call("REVIVE"))
    master.call("REVIVE")
    master.events.put(None)
    assert scheduler.next() == Disconnected()
    master.answer = 202
    master.call("SUBSCRIBE")
    master.subscribed()
    assert scheduler.next() == Subscribed("F")
    assert scheduler.client.send(Call("REVIVE"))
    assert master.call("REVIVE")["headers"]["Mesos-Stream-Id"] == "stream-2"


def test_a_master_without_heartbeats_is_left(master: FakeMaster, scheduler: Scheduler) -> None:
    master.call("SUBSCRIBE")
    master.subscribed(heartbeat=0.1)
    assert [scheduler.next(), scheduler.next()] == [Subscribed("F"), Disconnected()]
    assert "does not answer in time" in scheduler.client.problem


def test_one_that_does_not_lead_says_who_does(master: FakeMaster, tmp_path: Path) -> None:
    other = FakeMaster()
    other.leader = master.address
    scheduler = Scheduler(other.address, tmp_path / "other-secret")
    try:
        assert "framework_id" not in master.call("SUBSCRIBE")
        master.subscribed()
        assert scheduler.next() == Subscribed("F")
    finally:
        scheduler.client.close()
        other.close()


def test_a_removed_framework_is_told_of(master: FakeMaster, scheduler: Scheduler) -> None:
    master.call("SUBSCRIBE")
    master.events.put({"type": "ERROR", "error": {"message": "Framework has been removed"}})
    assert scheduler.next() == Removed()


def test_another_scheduler_of_the_same_framework_ends_this_one(
    master: FakeMaster, scheduler: Scheduler
) -> None:
    master.call("SUBSCRIBE")
    master.subscribed()
    master.events.put({"type": "ERROR", "error": {"message": "Framework failed over"}})
    assert isinstance(scheduler.fatal.get(timeout=20), FailedOver)


@pytest.mark.parametrize(
    ("status", "said"), [(401, "does not know principal kafka-scheduler"), (403, "forbids it to principal")]
)
def test_a_refusal_is_said_in_one_line(status: int, said: str, tmp_path: Path) -> None:
    master = FakeMaster()
    master.refuse_subscription = status
    scheduler = Scheduler(master.address, tmp_path / "secret")
    try:
        master.call("SUBSCRIBE")
        master.call("SUBSCRIBE")  # it has come to terms with the first answer, and tries again
        assert said in scheduler.client.problem
    finally:
        scheduler.client.close()
        master.close()
