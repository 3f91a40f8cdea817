"""Whatever fails, and in whatever order: never two of one broker, never under min.insync.replicas by our own
action, and in the end each broker runs or says why not.
"""

import itertools
import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest
from kafka_scheduler.core import codec, commands
from kafka_scheduler.core.engine import handle
from kafka_scheduler.core.model import Instance, PortWant, Requirement, Task, VolumeWant
from kafka_scheduler.core.state import (
    Action,
    Call,
    Disconnected,
    Event,
    Observed,
    Save,
    Settings,
    State,
    Subscribed,
    Tick,
    Updated,
)
from kafka_scheduler.core.turn import Turn
from kafka_scheduler.kafka import availability
from kafka_scheduler.kafka.availability import Seen
from kafka_scheduler.viewing import reasons
from meridian.common.errors import MeridianError
from meridian.services.kafka.cluster import Cluster, Partition

from tests.unit.kafka_scheduler.core.build import FRAMEWORK
from tests.unit.kafka_scheduler.core.simulation import FakeAgent, FakeMesos, FakeTask

#: Seconds after its launch until a broker answers, and until its replicas have caught up.
ANSWERS, IN_SYNC = 4.0, 12.0
MINIMUM = 2


class Service:
    """Brokers as the core sees them; every third has a volume."""

    def requirement(self, instance: str, spec: Mapping[str, Any]) -> Requirement:
        volumes = (VolumeWant("data", 1000),) if int(instance) % 3 == 0 else ()
        return Requirement(
            1, 1024, (PortWant("internal"),), volumes, {}, 60, 30, failover_delay=2, failover_max_delay=20
        )

    def task_info(self, instance: Instance, task: Task, resources: Any) -> Mapping[str, Any]:
        return {
            "task_id": {"value": task.id},
            "agent_id": {"value": task.agent_id},
            "resources": [one.to_json() for one in resources],
            "labels": instance.id,
        }

    def why_not_stop(self, instance: str, seen: Seen, instances: Mapping[str, Instance]) -> str:
        return availability.why_not_stop(int(instance), seen, instances)

    def why_not_whole(self, instance: str, seen: Seen, instances: Mapping[str, Instance]) -> str:
        return availability.why_not_whole(int(instance), seen, instances)

    def why_not_without(self, instance: str, seen: Seen, instances: Mapping[str, Instance]) -> str:
        return availability.why_not_without(int(instance), seen)


@dataclass
class World:
    """A scheduler, a model of Mesos, and what Kafka would be like on it."""

    seed: int
    hosts: int
    brokers: int
    failures: bool = True

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.mesos = FakeMesos(self.hosts, self.chance, self.launched)
        self.settings = Settings(FRAMEWORK, reconciliation_timeout=60)
        self.service = Service()
        self.ids = (f"{self.seed}x{number}" for number in itertools.count())
        self.stored: dict[str, str] = {}
        self.state = State()
        self.crashed: dict[str, float] = {}
        self.launches = self.restarts = self.asked = 0
        self.happened: dict[str, int] = {}
        failures, self.failures = self.failures, False
        self.turn(Subscribed("F"))
        self.command(lambda turn: commands.add(turn, [str(one) for one in range(self.brokers)], {}))
        self.command(lambda turn: commands.start(turn, [str(one) for one in range(self.brokers)]))
        self.failures = failures

    def launched(self, task: FakeTask, agent: FakeAgent) -> None:
        """The invariant: nobody that we know of runs as this broker, and nobody at all with its data."""
        self.launches += 1
        on_their_way = {one.status.task_id for one in self.mesos.events if isinstance(one, Updated)}
        wants_volume = bool(self.service.requirement(task.instance, {}).volumes)
        for other in self.mesos.agents.values():
            for one in other.tasks.values():
                known = other.reachable and one.id not in on_their_way
                if one.instance == task.instance:
                    assert not known, f"two of broker {task.instance}"
                    assert not wants_volume, f"two of broker {task.instance} with its data"

    def turn(self, event: Event) -> None:
        """Let the scheduler take an event, and perhaps die while it acts."""
        turn = Turn(self.state, self.mesos.now, self.settings, self.service, lambda: next(self.ids))
        handle(turn, event)
        self.act(*turn.finish())

    def command(self, change: Any) -> None:
        turn = Turn(self.state, self.mesos.now, self.settings, self.service, lambda: next(self.ids))
        try:
            change(turn)
        except MeridianError:
            return
        self.act(*turn.finish())

    def act(self, state: State, actions: tuple[Action, ...]) -> None:
        self.state = state
        dies = self.failures and actions and self.chance.random() < 0.004
        for one in actions[: self.chance.randrange(len(actions))] if dies else actions:
            if isinstance(one, Save):
                for key, value in one.changes.items():
                    if value is None:
                        self.stored.pop(key, None)
                    else:
                        self.stored[key] = value
            elif isinstance(one, Call):
                self.check_kill(one)
                self.mesos.call(one)
        if dies:
            self.restart()

    def restart(self) -> None:
        """A new scheduler takes over from what is stored; offers of the old one are void."""
        self.restarts += 1
        self.state = codec.load(self.stored, self.service)
        self.mesos.forget_offers()
        self.mesos.suppressed = False
        self.mesos.events.clear()
        self.turn(Disconnected())
        for status in list(self.mesos.unacknowledged.values()):
            self.mesos.tell(status.task_id, status.agent_id, status.state)
            self.mesos.unacknowledged.pop(status.uuid)
        self.turn(Subscribed("F"))

    def in_sync(self, grace: float = 0.0) -> set[int]:
        """Return brokers whose replicas are in sync; with a grace, those too that were so long ago."""
        now = self.mesos.now
        found = {
            int(task.instance)
            for agent in self.mesos.agents.values()
            for task in agent.tasks.values()
            if not task.killed and now >= task.since + IN_SYNC
        }
        return found | {int(one) for one, when in self.crashed.items() if when > now - grace}

    def partitions(self, synced: set[int]) -> tuple[Partition, ...]:
        found = []
        for number in range(self.brokers):
            replicas = tuple((number + step) % self.brokers for step in range(3))
            isr = tuple(one for one in replicas if one in synced)
            found.append(Partition("t", number, isr[0] if isr else None, replicas, isr))
        return tuple(found)

    def look(self) -> None:
        """Let the scheduler look at Kafka."""
        tasks = [
            task for agent in self.mesos.agents.values() for task in agent.tasks.values() if not task.killed
        ]
        up = {int(one.instance) for one in tasks if self.mesos.now >= one.since + ANSWERS}
        answering = frozenset(one.id for one in tasks if self.mesos.now >= one.since + ANSWERS)
        cluster = Cluster("c", dict.fromkeys(sorted(up), ""), self.partitions(self.in_sync()))
        self.turn(Observed(Seen(self.mesos.now, cluster, {"t": MINIMUM}, None, answering)))

    def check_kill(self, call: Call) -> None:
        """The invariant: a broker that we take down leaves enough replicas, as far as could be known."""
        if call.kind != "KILL":
            return
        owner = [
            one
            for one in self.state.instances.values()
            if one.task is not None and one.task.id == call.body["task_id"]["value"]
        ]
        if not owner or owner[0].task is None or owner[0].task.kill_asked != self.mesos.now:
            return
        self.asked += 1
        broker = int(owner[0].id)
        if broker not in self.in_sync():
            return
        for part in self.partitions(self.in_sync(grace=11.0)):
            if broker in part.replicas:
                assert len(set(part.in_sync) - {broker}) >= MINIMUM, f"{part} falls under its minimum"

    def happen(self) -> None:
        """Something happens."""
        mesos, chance = self.mesos, self.chance
        mesos.now += chance.choice([0.05, 0.2, 1.0])
        what = chance.random()
        agents = list(mesos.agents.values())
        agent = chance.choice(agents)
        if what < 0.55 and mesos.events:
            for _ in range(max(1, self.brokers // 30)):
                if mesos.events:
                    self.turn(mesos.events.pop(0))
        elif what < 0.72:
            mesos.offer(min(self.hosts, 40))
        elif what < 0.86:
            self.turn(Tick())
        elif what < 0.93:
            self.look()
        elif mesos.killed and what < 0.96:
            task = mesos.killed.pop(0)
            for one in agents:
                if task.id in one.tasks and one.reachable:
                    mesos.end(one, task, "TASK_KILLED")
        elif self.failures:
            self.fail(agent)

    def fail(self, agent: FakeAgent) -> None:
        kind = self.chance.choices(
            ["task", "lose", "find", "destroy", "rescind", "restart", "plan", "plan"],
            [3, 2, 6, 0.5, 3, 0.7, 2, 2],
        )[0]
        self.happened[kind] = self.happened.get(kind, 0) + 1
        mesos = self.mesos
        if kind == "task" and agent.tasks and agent.reachable:
            task = self.chance.choice(list(agent.tasks.values()))
            self.crashed[task.instance] = mesos.now
            mesos.end(agent, task, "TASK_FAILED")
        elif kind == "lose" and agent.reachable:
            for task in agent.tasks.values():
                self.crashed[task.instance] = mesos.now
            mesos.lose(agent)
        elif kind == "find":
            for one in [one for one in mesos.agents.values() if not one.reachable][:1]:
                mesos.find(one)
        elif kind == "destroy" and not agent.reachable:
            mesos.destroy(agent)
        elif kind == "rescind":
            mesos.forget_offers()
        elif kind == "restart":
            self.restart()
        elif kind == "plan":
            some = [str(one) for one in self.chance.sample(range(self.brokers), min(3, self.brokers))]
            active = [one for one in some if self.state.instances[one].active]
            self.command(lambda turn: commands.plan(turn, "restart", "restart", active, timeout=120))

    def settle(self, steps: int) -> None:
        """Let all be well, and see what becomes of it."""
        self.failures = False
        for agent in list(self.mesos.agents.values()):
            if not agent.reachable:
                self.mesos.find(agent)
        for _ in range(steps):
            self.happen()

    def check_end(self) -> int:
        """The invariant: each broker runs, once, or says why not. Return how many run."""
        running: dict[str, int] = {}
        for agent in self.mesos.agents.values():
            for task in agent.tasks.values():
                running[task.instance] = running.get(task.instance, 0) + 1
        for one in self.state.instances.values():
            count = running.get(one.id, 0)
            assert count <= 1, f"{count} of broker {one.id}"
            if count == 0 and one.active:
                assert reasons(one, self.state, self.mesos.now, ""), f"broker {one.id}: no reason"
        return len(running)

    def reserved(self) -> dict[str, set[str]]:
        """Return instance → agents with something reserved for it."""
        found: dict[str, set[str]] = {}
        for agent in self.mesos.agents.values():
            held = [*agent.free.to_json(), *[one for task in agent.tasks.values() for one in task.resources]]
            for one in held:
                for reservation in one.get("reservations", ()):
                    labels = {pair["key"]: pair["value"] for pair in reservation["labels"]["labels"]}
                    found.setdefault(labels["meridian_instance"], set()).add(agent.id)
        return found


@pytest.mark.parametrize("seed", range(12))
def test_a_small_world_under_failures(seed: int) -> None:
    world = World(seed, hosts=8, brokers=6)
    for _ in range(4000):
        world.happen()
    world.settle(3000)
    world.check_end()
    assert world.launches > 20
    # A reservation is where its volume is, and nowhere else.
    for instance, agents in world.reserved().items():
        kept = {volume.agent_id for volume in world.state.instances[instance].volumes}
        released = {one.agent_id for one in world.state.releases.values() if one.instance == instance}
        strays = {one.agent_id for one in world.state.strays.values() if one.instance == instance}
        assert agents <= kept | released | strays, f"leaked reservation of {instance}"


def test_a_thousand_agents_and_three_hundred_brokers() -> None:
    world = World(4711, hosts=1000, brokers=300)
    for _ in range(1500):
        world.happen()
    world.settle(1500)
    assert world.check_end() >= 290
    assert world.restarts > 0


def test_nothing_fails_and_all_run_and_restart() -> None:
    world = World(1, hosts=5, brokers=5, failures=False)
    for _ in range(300):
        world.happen()
    assert world.check_end() == 5
    names = [str(one) for one in range(5)]
    world.command(lambda turn: commands.plan(turn, "restart", "restart", names))
    for _ in range(3000):
        world.happen()
    (plan,) = [one for one in world.state.plans if one.kind == "restart"]
    assert str(plan.status) == "complete"
    assert world.asked == 5
    assert replace(plan, id="x").is_over
