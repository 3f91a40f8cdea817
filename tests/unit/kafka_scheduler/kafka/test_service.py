"""The scheduler as REST calls it: the real engine and storage, with a master that a test plays."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from kafka_scheduler.core.loop import Loop
from kafka_scheduler.core.state import AgentLost, Call, Offers, Settings, Subscribed, Updated
from kafka_scheduler.core.updates import Status
from kafka_scheduler.kafka.availability import Seen
from kafka_scheduler.kafka.brokers import Brokers
from kafka_scheduler.kafka.launch import LaunchSettings
from kafka_scheduler.kafka.service import KafkaService, Parts
from kafka_scheduler.kafka.spec import BrokerSpec, parse
from kafka_scheduler.storage.base import StorageError
from kafka_scheduler.storage.file import FileStorage
from meridian.common.errors import MeridianError
from meridian.services.kafka.cluster import Cluster, Partition

from tests.unit.kafka_scheduler.core.build import FRAMEWORK, NOW, offer, volume


class Lab:
    """A service, and what its scheduler sends."""

    def __init__(self, folder: Path) -> None:
        self.calls: list[Call] = []
        self.fatal: list[MeridianError] = []
        self.stopped = threading.Event()
        self.storage = FileStorage(folder / "state.json", "kafka")
        self.storage.lead("https://here:7000", self.fatal.append)
        launching = LaunchSettings(launcher="/launcher")
        self.loop = Loop(Settings(FRAMEWORK), Brokers(launching), self.storage, self._send, self.fatal.append)
        self.loop.start()
        self.mesos = SimpleNamespace(send=self._send, heard=NOW * 1e6, subscribed=NOW, problem="", master="m")
        self.watch = SimpleNamespace(seen=None)
        self.service = KafkaService(self.storage, self.stopped.set)
        self.service.lead(
            cast(Parts, Parts(self.loop, cast(Any, self.mesos), cast(Any, None), cast(Any, self.watch)))
        )
        self.loop.post(Subscribed("F"))

    def _send(self, call: Call) -> bool:
        self.calls.append(call)
        return True

    def run(self, broker: int, host: str = "a") -> None:
        """Offer a host, and say that the broker's task runs there."""
        self.loop.post(Offers((offer(host),)))
        assert self.loop.wait(lambda state: state.instances[str(broker)].task is not None, 20)
        self.say(broker, "TASK_RUNNING")
        assert self.loop.wait(lambda state: _state(state, broker) == "running", 20)

    def say(self, broker: int, status: str) -> None:
        task = self.loop.state.instances[str(broker)].task
        assert task is not None
        self.loop.post(Updated(Status(task.id, task.agent_id, status, message="said")))


def _state(state: Any, broker: int) -> str:
    task = state.instances[str(broker)].task
    return str(task.state) if task else ""


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    made = Lab(tmp_path)
    yield made
    made.loop.close()
    made.storage.close()


def test_a_broker_from_added_to_removed(lab: Lab) -> None:
    service = lab.service
    (added,) = service.add([0], parse({"options": "a=b"}))
    assert (added.state, added.active, added.spec.options) == ("stopped", False, {"a": "b"})
    assert service.start([0], 0).status == "scheduled"
    assert service.broker(0).reasons == ("no offer has come yet",)
    lab.run(0)
    running = service.broker(0)
    assert (running.state, running.task and running.task.hostname, running.modified) == (
        "running",
        "a",
        False,
    )
    assert service.bootstrap() == "a:31000"
    assert service.update([0], lambda spec: replace(spec, heap=512))[0].modified
    with pytest.raises(MeridianError, match="0: is active; stop it first"):
        service.remove([0])
    assert service.stop([0], force=True, timeout=0).status == "scheduled"
    lab.say(0, "TASK_KILLED")
    assert service.stop([0], force=True, timeout=20).status == "stopped"
    service.remove([0])
    assert service.brokers() == ()


def test_a_start_that_cannot_be_placed_says_why(lab: Lab) -> None:
    lab.service.add([0], parse({"cpus": "64"}))
    lab.service.start([0], 0)
    lab.loop.post(Offers((offer("a"), offer("b"))))
    done = lab.service.start([0], 1)
    assert (done.status, done.message) == (
        "timeout",
        "broker 0 is starting: offers declined: cpus: 4 of 64 (a, b)",
    )


def test_a_broker_has_started_when_kafka_has_it_registered(lab: Lab) -> None:
    lab.service.add([0], BrokerSpec())
    lab.service.start([0], 0)
    lab.run(0)
    task = lab.loop.state.instances["0"].task
    assert task is not None

    def started(seen: Seen | None) -> tuple[str, str]:
        lab.watch.seen = seen
        done = lab.service.start([0], 0.1)
        return done.status, done.message

    now, others = task.running_since + 1, Cluster("c", {1: ""}, ())
    registered = Cluster("c", {0: "", 1: ""}, ())
    waits = "broker 0 is running: "
    assert started(None) == ("timeout", f"{waits}Kafka was not asked yet")
    assert started(Seen(now, problem="no broker runs")) == (
        "timeout",
        f"{waits}is not registered in Kafka (no broker runs)",
    )
    assert started(Seen(now, others)) == ("timeout", f"{waits}is not registered in Kafka yet")
    # One that has just died is registered still.
    assert started(Seen(now - 2, registered))[0] == "timeout"
    assert started(Seen(now, registered)) == ("timeout", f"{waits}does not answer yet")
    assert started(Seen(now, registered, answering=frozenset({task.id}))) == ("started", "")
    assert started(Seen(now + 30, registered)) == ("started", "")
    lab.say(0, "TASK_FAILED")
    status, message = started(Seen(now, registered, answering=frozenset({task.id})))
    assert (status, "ended: failed: said" in message) == ("timeout", True)


def test_a_failed_broker_says_how_it_ended_and_when_it_is_tried_again(lab: Lab) -> None:
    lab.service.add([0], BrokerSpec())
    lab.service.start([0], 0)
    lab.run(0)
    lab.say(0, "TASK_FAILED")
    assert lab.loop.wait(lambda state: _state(state, 0) == "", 20)
    broker = lab.service.broker(0)
    assert (broker.state, broker.failures) == ("failed 1", 1)
    assert broker.reasons[0] == "ended: failed: said"
    assert broker.reasons[1].startswith("is tried again in ")


def test_a_stop_waits_for_the_partitions_or_says_which(lab: Lab) -> None:
    lab.service.add([0], BrokerSpec())
    lab.service.start([0], 0)
    lab.run(0)
    part = Partition("t", 0, 0, (0, 1, 2), (0, 1))
    look = Seen(NOW * 1e6, Cluster("c", {0: "", 1: ""}, (part,)), {"t": 2})
    lab.loop.run(lambda turn: turn.set(observation=look))
    done = lab.service.stop([0], timeout=3)
    assert done.status == "timeout"
    assert done.message == "broker 0 is running: t/0 would have 1 replicas in sync, and needs 2"
    (plan, _) = lab.service.plans()
    assert (plan.id, plan.status, plan.phases[0].steps[0].status) == (done.plan, "running", "blocked")
    lab.service.force_step(plan.id, "0")
    assert lab.loop.wait(lambda state: state.instances["0"].task.kill_asked > 0, 20)
    with pytest.raises(MeridianError, match="there is no plan restart-9"):
        lab.service.pause_plan("restart-9")


def test_a_volume_on_a_lost_host_names_the_command(lab: Lab) -> None:
    lab.service.add([0], parse({"volume": "data:100"}))
    lab.service.start([0], 0)
    lab.run(0)
    (kept,) = lab.service.broker(0).volumes
    lab.say(0, "TASK_UNREACHABLE")
    lab.loop.post(AgentLost("agent-a"))
    assert lab.loop.wait(lambda state: bool(state.agents["agent-a"].lost), 20)
    broker = lab.service.broker(0)
    assert broker.state == "reconciling"
    assert broker.volumes[0].lost == "its host a is lost"
    assert any(f"broker give-up-volume 0 {kept.id} --confirm {kept.id}" in one for one in broker.reasons)
    lab.service.give_up_volume(0, kept.id)
    assert lab.service.broker(0).volumes == ()


def test_health_tells_of_a_volume_that_nobody_uses(lab: Lab) -> None:
    lab.loop.post(Offers((offer("a", volume("kafka-7-data-x", 10, "7")),)))
    assert lab.loop.wait(lambda state: bool(state.strays), 20)
    seen = lab.service.health()
    assert (seen.leader, seen.connected, seen.leader_url) == (True, True, "https://here:7000")
    assert seen.problem == "nobody uses volume kafka-7-data-x of broker 7: give it up by name"


def test_one_that_does_not_lead_says_who_does(tmp_path: Path) -> None:
    storage = FileStorage(tmp_path / "state.json", "kafka")
    storage.lead("https://other:7000", lambda error: None)
    service = KafkaService(storage, lambda: None)
    with pytest.raises(MeridianError, match="does not lead; ask https://other:7000"):
        service.brokers()
    assert not service.health().leader
    storage.close()


def test_what_cannot_be_stored_ends_the_scheduler_and_does_not_happen(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.service.add([0], BrokerSpec())
    lab.service.start([0], 0)

    def full(changes: Any) -> None:
        raise StorageError("storage: no space left")

    monkeypatch.setattr(lab.storage, "save", full)
    lab.calls.clear()
    lab.loop.post(Offers((offer("a"),)))
    assert not lab.loop.wait(lambda state: state.instances["0"].task is not None, 10)
    assert [str(one) for one in lab.fatal] == ["storage: no space left"]
    assert "ACCEPT" not in [one.kind for one in lab.calls]
    with pytest.raises(MeridianError, match="has ended"):
        lab.service.add([1], BrokerSpec())
