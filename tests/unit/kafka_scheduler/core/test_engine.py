"""Events of the engine, one by one: what comes of each."""

from dataclasses import replace
from typing import Any

import pytest
from kafka_scheduler.core import commands
from kafka_scheduler.core.engine import handle, step
from kafka_scheduler.core.model import Release, Requirement, TaskState, Volume, VolumeWant
from kafka_scheduler.core.state import (
    Action,
    AgentLost,
    Call,
    Event,
    InverseOffers,
    Observed,
    Offers,
    Removed,
    Save,
    Settings,
    State,
    Subscribed,
    Tick,
    Updated,
)
from kafka_scheduler.core.turn import Turn
from kafka_scheduler.core.updates import Status
from kafka_scheduler.kafka.availability import Seen
from meridian.common.errors import MeridianError
from meridian.services.kafka.cluster import Cluster, Partition

from tests.unit.kafka_scheduler.core.build import FRAMEWORK, NOW, offer, volume
from tests.unit.kafka_scheduler.core.test_simulation import Service

SETTINGS = Settings(FRAMEWORK)


class Engine:
    """The engine with a clock and what it did last."""

    def __init__(self) -> None:
        self.state, self.now, self.actions = State(), NOW, ()
        self.ids = iter(range(1000))

    def on(self, event: Event, after: float = 0.0) -> tuple[Action, ...]:
        self.now += after
        self.state, self.actions = step(
            self.state, event, self.now, SETTINGS, Service(), lambda: f"x{next(self.ids)}"
        )
        return self.actions

    def ask(self, change: Any) -> Any:
        turn = Turn(self.state, self.now, SETTINGS, Service(), lambda: f"x{next(self.ids)}")
        answer = change(turn)
        self.state, self.actions = turn.finish()
        return answer

    def kinds(self) -> list[str]:
        return [one.kind if isinstance(one, Call) else "SAVE" for one in self.actions]

    def say(self, state: str, **more: Any) -> None:
        task = self.state.instances["1"].task
        assert task is not None
        self.on(Updated(Status(task.id, task.agent_id, state, **more)))


@pytest.fixture
def engine() -> Engine:
    """One that waits to launch instance 1, which has no volume."""
    made = Engine()
    made.on(Subscribed("F"))
    made.ask(lambda turn: commands.add(turn, ["1"], {}))
    made.ask(lambda turn: commands.start(turn, ["1"]))
    return made


def test_a_launch_is_stored_before_the_offer_is_accepted(engine: Engine) -> None:
    engine.on(Offers((offer("a"), offer("b"))))
    assert engine.kinds() == ["SAVE", "ACCEPT", "DECLINE", "SUPPRESS"]
    saved = engine.actions[0]
    assert isinstance(saved, Save)
    assert '"state":"launching"' in str(saved.changes["instance/1"])


def test_an_update_is_acknowledged_after_it_is_stored(engine: Engine) -> None:
    engine.on(Offers((offer("a"),)))
    engine.say("TASK_RUNNING", uuid="u")
    assert engine.kinds() == ["SAVE", "ACKNOWLEDGE"]
    engine.say("TASK_RUNNING", uuid="u")
    assert engine.kinds() == ["ACKNOWLEDGE"]


def test_nothing_is_launched_while_a_task_is_not_known_to_have_ended(engine: Engine) -> None:
    engine.on(Offers((offer("a"),)))
    for event in (Subscribed("F"), Offers((offer("b"),)), Tick()):
        engine.on(event)
        assert "ACCEPT" not in engine.kinds()


def test_after_each_subscription_all_and_then_each_task_is_asked_for(engine: Engine) -> None:
    engine.on(Offers((offer("a"),)))
    engine.on(Subscribed("F"))
    asked = [one.body["tasks"] for one in engine.actions if isinstance(one, Call) and one.kind == "RECONCILE"]
    task = engine.state.instances["1"].task
    assert task is not None
    assert asked == [[], [{"task_id": {"value": task.id}, "agent_id": {"value": "agent-a"}}]]


def test_offers_are_asked_for_when_the_delay_of_a_failure_is_over(engine: Engine) -> None:
    engine.on(Offers((offer("a"),)))
    engine.say("TASK_FAILED", message="exit 1")
    assert "REVIVE" not in engine.kinds()
    engine.on(Tick(), after=1.9)
    assert "REVIVE" not in engine.kinds()
    engine.on(Tick(), after=0.2)
    assert "REVIVE" in engine.kinds()


def test_a_task_that_nobody_has_is_ended(engine: Engine) -> None:
    engine.on(Updated(Status("old", "agent-z", "TASK_RUNNING", "u")))
    assert engine.kinds() == ["KILL", "ACKNOWLEDGE"]


def test_without_data_a_lost_host_is_left_after_its_period(engine: Engine) -> None:
    engine.on(Offers((offer("a"),)))
    engine.say("TASK_RUNNING")
    engine.say("TASK_UNREACHABLE")
    engine.on(Tick(), after=29)
    assert engine.state.instances["1"].task is not None
    engine.on(Tick(), after=2)
    assert engine.state.instances["1"].task is None
    assert "REVIVE" in engine.kinds()
    engine.on(Offers((offer("b"),)))
    assert "ACCEPT" in engine.kinds()


def test_with_data_it_is_left_only_when_the_volume_is_given_up(engine: Engine) -> None:
    kept = Volume("v", "data", "agent-a", "a", 1000, used=True)
    need = Requirement(volumes=(VolumeWant("data", 1000),), host_lost_period=30)
    engine.on(Offers((offer("a"),)))
    engine.say("TASK_RUNNING")
    one = replace(engine.state.instances["1"], requirement=need, volumes=(kept,))
    engine.state = replace(engine.state, instances={"1": one})
    with pytest.raises(MeridianError, match="1 runs with volume v; stop it first"):
        engine.ask(lambda turn: commands.give_up_volume(turn, "1", "v"))
    engine.say("TASK_UNREACHABLE")
    engine.on(Tick(), after=10_000)
    assert engine.state.instances["1"].task is not None
    with pytest.raises(MeridianError, match="1 has no volume w, but v"):
        engine.ask(lambda turn: commands.give_up_volume(turn, "1", "w"))
    engine.ask(lambda turn: commands.give_up_volume(turn, "1", "v"))
    assert engine.state.instances["1"].task is None
    # The host comes back: what was given up is destroyed there.
    engine.on(Offers((offer("a", volume("v", 1000, "1")),)))
    accepted = next(one for one in engine.actions if isinstance(one, Call) and one.kind == "ACCEPT")
    assert [one["type"] for one in accepted.body["operations"]] == ["DESTROY", "UNRESERVE"]


@pytest.mark.parametrize("ended", [True, False], ids=["its task ended", "its task may run still"])
def test_data_on_a_lost_host_are_given_up_once_others_have_them(engine: Engine, ended: bool) -> None:
    kept = Volume("v", "data", "agent-a", "a", 1000, used=True)
    need = Requirement(volumes=(VolumeWant("data", 1000),), host_lost_period=30, data_lost_period=100)
    engine.on(Offers((offer("a"),)))
    engine.say("TASK_RUNNING")
    one = replace(engine.state.instances["1"], requirement=need, volumes=(kept,))
    engine.state = replace(engine.state, instances={"1": one})
    engine.say("TASK_GONE" if ended else "TASK_UNREACHABLE")
    engine.on(AgentLost("agent-a"))

    def seen(*in_sync: int, up: tuple[int, ...] = (2, 3)) -> Seen:
        part = Partition("orders", 0, 2, (1, 2, 3), in_sync)
        return Seen(engine.now + 1, Cluster("c", dict.fromkeys(up, ""), (part,)), {"orders": 2})

    engine.on(Observed(seen(2, 3)), after=90)
    engine.on(Tick(), after=2)
    assert engine.state.instances["1"].volumes == (kept,), "it is too early"
    for look in (seen(2), seen(2, 3, up=(1, 2, 3))):
        engine.on(Observed(look), after=10)
        engine.on(Tick(), after=2)
        assert engine.state.instances["1"].volumes == (kept,), "the data are needed, or the broker answers"
    engine.on(Observed(seen(2, 3)), after=1)
    engine.on(Tick(), after=2)
    assert (engine.state.instances["1"].volumes, engine.state.instances["1"].task) == ((), None)
    assert engine.state.releases["v"].agent_id == "agent-a"


def test_a_removed_framework_begins_anew_with_its_instances(engine: Engine) -> None:
    engine.on(Offers((offer("a"),)))
    engine.say("TASK_RUNNING")
    engine.on(Removed())
    assert engine.state.framework_id == ""
    assert engine.state.instances["1"].task is None
    assert engine.state.instances["1"].active


def test_an_agent_that_is_lost_is_known_until_it_offers_again(engine: Engine) -> None:
    engine.on(Offers((offer("b"),)))
    engine.on(AgentLost("agent-b"))
    assert engine.state.agents["agent-b"].lost
    engine.on(Offers((offer("b"),)))
    assert not engine.state.agents["agent-b"].lost


def test_a_kill_that_got_lost_is_sent_again(engine: Engine) -> None:
    engine.on(Offers((offer("a"),)))
    engine.say("TASK_RUNNING")
    engine.ask(lambda turn: commands.stop_now(turn, ["1"]))
    assert "KILL" in engine.kinds()
    engine.on(Tick(), after=5)
    assert "KILL" not in engine.kinds()
    engine.on(Tick(), after=6)
    assert "KILL" in engine.kinds()


def test_maintenance_is_agreed_to(engine: Engine) -> None:
    engine.on(InverseOffers({"i": "agent-a"}))
    assert engine.kinds() == ["ACCEPT_INVERSE_OFFERS"]


def test_a_volume_that_no_instance_has_is_found() -> None:
    engine = Engine()
    engine.on(Subscribed("F"))
    engine.on(Offers((offer("a", volume("kafka-9-data-old", 10, "9")),)))
    assert engine.state.strays["kafka-9-data-old"].instance == "9"


@pytest.mark.parametrize("action", ["stop", "restart"])
def test_without_a_look_at_the_cluster_nothing_goes_down(engine: Engine, action: str) -> None:
    engine.on(Offers((offer("a"),)))
    engine.say("TASK_RUNNING")
    name = engine.ask(lambda turn: commands.plan(turn, action, action, ["1"]))
    handle(Turn(engine.state, engine.now, SETTINGS, Service(), lambda: "i"), Tick())
    plan = next(one for one in engine.state.plans if one.id == name)
    assert plan.phases[0].steps[0].message == "waits for a look at the cluster"
    task = engine.state.instances["1"].task
    assert task is not None
    assert (task.state, task.kill_asked) == (TaskState.RUNNING, 0.0)


def test_an_instance_in_one_plan_is_not_taken_into_another(engine: Engine) -> None:
    engine.on(Offers((offer("a"),)))
    engine.say("TASK_RUNNING")
    name = engine.ask(lambda turn: commands.plan(turn, "restart", "restart", ["1"]))
    with pytest.raises(MeridianError, match=f"1: plan {name} is running"):
        engine.ask(lambda turn: commands.plan(turn, "stop", "stop", ["1"]))


def test_one_that_is_not_placed_may_be_stopped(engine: Engine) -> None:
    engine.ask(lambda turn: commands.plan(turn, "stop", "stop", ["1"], whole=False))
    engine.on(Tick())
    assert not engine.state.instances["1"].active
    assert all(one.is_over for one in engine.state.plans)


def test_who_begins_to_wait_does_not_wait_for_offers_that_were_refused_for_long(engine: Engine) -> None:
    engine.on(Offers((offer("a"),)))
    engine.ask(lambda turn: turn.put_release(Release("v", "9", "agent-lost")))
    engine.on(Tick())
    engine.on(Offers((offer("b"),)))
    (declined,) = [one for one in engine.actions if isinstance(one, Call)]
    assert declined.body["filters"] == {"refuse_seconds": SETTINGS.refuse_release}
    engine.ask(lambda turn: commands.add(turn, ["2"], {}))
    engine.ask(lambda turn: commands.start(turn, ["2"]))
    assert "REVIVE" in engine.kinds()
    engine.on(Tick())
    assert "REVIVE" not in engine.kinds()
