"""A scheduler's service in memory, and what else handlers ask; and a client of the application."""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from kafka_scheduler.api import openapi
from kafka_scheduler.api.application import Application, Request
from kafka_scheduler.api.context import Context
from kafka_scheduler.api.routes import ROUTES
from kafka_scheduler.api.settings import User
from kafka_scheduler.kafka.partitions_moves import Moves
from kafka_scheduler.kafka.partitions_planning import Order
from kafka_scheduler.kafka.partitions_work import Move
from kafka_scheduler.kafka.quotas import Quota, Quotas
from kafka_scheduler.kafka.service import KafkaService
from kafka_scheduler.kafka.spec import BrokerSpec
from kafka_scheduler.kafka.topics import NewTopics, Topic, Topics
from kafka_scheduler.kafka.views import (
    BrokerView,
    Outcome,
)
from kafka_scheduler.views import Health, PhaseView, PlanView, StepView, TaskView, VolumeView
from meridian.common.errors import MeridianError

SECRET = "abc123"
USERS = (User("api", lambda: SECRET), User("reader", lambda: "read123", only_reads=True))
WELL = Health(True, True, "framework-1", "master:5050", {"offers": 7, "declined": 3, "declined.cpu": 2})


def task(broker: int, rack: str = "r1") -> TaskView:
    return TaskView(
        f"broker-{broker}-x", "agent-1", f"slave{broker}", "running", {"rack": rack}, {"internal": 9092}, 1.0
    )


class Service:
    """Brokers that start and stop at once, but for those in ``stuck``."""

    def __init__(self) -> None:
        self.views: dict[int, BrokerView] = {}
        self.stuck: set[int] = set()
        self.now = WELL
        self.calls: list[tuple[Any, ...]] = []
        steps = (
            StepView("0", "restart", "complete"),
            StepView("1", "restart", "blocked", "t/0 would have 1"),
        )
        self.known = [PlanView("restart-3", "restart", "running", (PhaseView("rolling", "running", steps),))]

    def brokers(self) -> tuple[BrokerView, ...]:
        return tuple(self.views[one] for one in sorted(self.views))

    def _some(self, ids: Sequence[int]) -> tuple[BrokerView, ...]:
        return tuple(self.views[one] for one in ids)

    def add(self, ids: Sequence[int], spec: BrokerSpec) -> tuple[BrokerView, ...]:
        if there := set(ids) & set(self.views):
            raise MeridianError(f"broker {min(there)} is there already")
        self.views |= {one: BrokerView(one, spec, False, "stopped") for one in ids}
        return self._some(ids)

    def update(
        self, ids: Sequence[int], change: Callable[[BrokerSpec], BrokerSpec]
    ) -> tuple[BrokerView, ...]:
        for one in ids:
            view = self.views[one]
            self.views[one] = replace(view, spec=change(view.spec), modified=view.active)
        return self._some(ids)

    def clone(self, ids: Sequence[int], source: int) -> tuple[BrokerView, ...]:
        return self.add(ids, self.views[source].spec)

    def remove(self, ids: Sequence[int]) -> None:
        for one in ids:
            if self.views[one].active:
                raise MeridianError(f"broker {one} is active; stop it first")
            del self.views[one]

    def start(self, ids: Sequence[int], timeout: float = 60) -> Outcome:
        self.calls.append(("start", list(ids), timeout))
        for one in ids:
            view = replace(self.views[one], active=True)
            self.views[one] = (
                replace(view, state="starting", reasons=("slave0: cpus 2.0 wanted, 1.0 offered",))
                if one in self.stuck
                else replace(view, state="running", task=task(one, f"r{one % 2}"))
            )
        late = [one for one in ids if one in self.stuck]
        if late and timeout:
            return Outcome("timeout", self._some(ids), f"broker {late[0]}: cpus 2.0 wanted, 1.0 offered")
        return Outcome("started" if timeout else "scheduled", self._some(ids), plan="deploy-1")

    def stop(self, ids: Sequence[int], force: bool = False, timeout: float = 60) -> Outcome:
        self.calls.append(("stop", list(ids), force, timeout))
        for one in ids:
            self.views[one] = replace(self.views[one], active=False, state="stopped", task=None)
        return Outcome("stopped", self._some(ids))

    def restart(self, ids: Sequence[int], timeout: float = 300, wait_for_replication: bool = True) -> Outcome:
        self.calls.append(("restart", list(ids), timeout, wait_for_replication))
        return Outcome("restarted", self._some(ids), plan="restart-4")

    def log(self, broker: int, name: str = "stdout", lines: int = 100, timeout: float = 30) -> str:
        return f"{broker} {name} {lines} {timeout:g}\nlast line\n"

    def metrics(self, ids: Sequence[int]) -> Mapping[int, Mapping[str, float]]:
        return {one: {"partitions": 3.0, "underReplicated": 0.0} for one in ids}

    def give_up_volume(self, broker: int, volume: str) -> BrokerView | None:
        self.calls.append(("give up", broker, volume))
        if broker not in self.views:
            return None
        view = self.views[broker]
        self.views[broker] = replace(view, volumes=tuple(one for one in view.volumes if one.id != volume))
        return self.views[broker]

    def plans(self) -> tuple[PlanView, ...]:
        return tuple(self.known)

    def _plan(self, what: str, plan: str) -> PlanView:
        self.calls.append((what, plan))
        return self.known[0]

    def pause_plan(self, plan: str) -> PlanView:
        return self._plan("pause", plan)

    def continue_plan(self, plan: str) -> PlanView:
        return self._plan("continue", plan)

    def cancel_plan(self, plan: str) -> PlanView:
        return self._plan("cancel", plan)

    def force_step(self, plan: str, instance: str) -> PlanView:
        return self._plan(f"force {instance}", plan)

    def health(self) -> Health:
        return self.now

    def stop_scheduler(self, teardown: bool = False) -> None:
        self.calls.append(("stop scheduler", teardown))

    def with_volume(self, broker: int) -> None:
        volume = VolumeView(f"kafka-{broker}-data", "slave1", "agent-1", 1000.0, "data", "host is gone")
        self.views[broker] = replace(self.views[broker], volumes=(volume,))


class FakeTopics:
    """Topics in memory."""

    def __init__(self) -> None:
        self.known = {"t0": Topic("t0", {0: (0, 1)}, {"retention.ms": "1"}), "t1": Topic("t1", {0: (1,)})}
        self.added: list[NewTopics] = []

    def names(self) -> list[str]:
        return sorted(self.known)

    def describe(self, names: Sequence[str]) -> list[Topic]:
        return [self.known[name] for name in names]

    def add(self, wanted: NewTopics) -> list[Topic]:
        self.added.append(wanted)
        replicas = dict.fromkeys(range(wanted.partitions), (0,))
        self.known |= {name: Topic(name, replicas, wanted.options) for name in wanted.names}
        return self.describe(wanted.names)

    def update(self, names: Sequence[str], options: Mapping[str, str | None]) -> list[Topic]:
        for name in names:
            merged = {**self.known[name].options, **options}
            kept = {key: value for key, value in merged.items() if value is not None}
            self.known[name] = replace(self.known[name], options=kept)
        return self.describe(names)

    def delete(self, name: str, confirm: str) -> None:
        assert name == confirm
        del self.known[name]

    def grow(self, names: Sequence[str], count: int, brokers: Sequence[int] = ()) -> None:
        for name in names:
            self.known[name] = replace(self.known[name], partitions=dict.fromkeys(range(count), (0,)))

    def partitions(self, names: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
        return {
            name: [
                {"id": number, "leader": 0, "expectedLeader": ids[0], "replicas": list(ids), "isr": [0]}
                for number, ids in self.known[name].partitions.items()
            ]
            for name in names
        }


class FakeMoves:
    """Moves that end at once."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []
        self.move = Move()

    def _made(self, kind: str, dry_run: bool) -> Move:
        status = "planned" if dry_run else "started"
        self.move = Move(kind, status, {"t0": {0: (0, 1)}}, {"t0": {0: (1, 2)}}, ("t0/0",))
        return self.move

    def place(
        self,
        topics: Sequence[str],
        order: Order,
        replicas: int | None = None,
        *,
        keep: bool,
        throttle: int,
        dry_run: bool = False,
    ) -> Move:
        self.asked.append((list(topics), order, replicas, keep, throttle))
        return self._made("realign" if keep else "rebalance", dry_run)

    def must_be_free(self) -> None:
        if self.move.status == "running":
            raise MeridianError("another move is under way")

    def grow(self, brokers: Sequence[int], throttle: int) -> Move:
        self.asked.append(("grow", list(brokers), throttle))
        return self._made("add", False)

    def shrink(self, brokers: Sequence[int], throttle: int, dry_run: bool = False) -> Move:
        self.asked.append(("shrink", list(brokers), throttle))
        return self._made("evacuate", dry_run)

    def wait(self, move: Move, timeout: float) -> Move:
        if not timeout or move.status != "started":
            return move
        return replace(move, status="completed", left=())

    def status(self) -> Move:
        return self.move

    def cancel(self) -> Move:
        if self.move.status == "idle":
            raise MeridianError("nothing is under way")
        return replace(self.move, status="cancelled")


class FakeQuotas:
    """Quotas in memory."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, str], dict[str, float]] = {}

    def listed(self) -> list[Quota]:
        return [Quota(kind, entity, rates) for (kind, entity), rates in self.known.items()]

    def assign(self, kind: str, entity: str, rates: Mapping[str, int | None]) -> list[Quota]:
        merged = {**self.known.get((kind, entity), {}), **rates}
        self.known[kind, entity] = {name: float(rate) for name, rate in merged.items() if rate is not None}
        return self.listed()


class Api:
    """An application over doubles, asked as over the wire."""

    def __init__(self) -> None:
        self.service, self.topics, self.moves, self.quotas = (
            Service(),
            FakeTopics(),
            FakeMoves(),
            FakeQuotas(),
        )
        self.context = Context(
            cast(KafkaService, self.service),
            cast(Topics, self.topics),
            cast(Moves, self.moves),
            cast(Quotas, self.quotas),
            openapi.document,
        )
        self.application = Application(ROUTES, self.context, self.service.health, USERS)

    def raw(
        self, method: str, target: str, body: str = "", secret: str | None = SECRET, **headers: str
    ) -> tuple[int, Any, dict[str, str]]:
        """Ask; return status, body and headers. Parameters in ``headers`` have ``_`` for ``-``."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if secret is not None:
            sent["authorization"] = "Basic " + base64.b64encode(f"api:{secret}".encode()).decode()
        answer = self.application.answer(Request(method, target, sent, body.encode()))
        body_sent = answer.encoded().decode()
        return (
            answer.status,
            json.loads(body_sent) if answer.kind == "application/json" else body_sent,
            answer.headers,
        )

    def post(self, target: str, status: int = 200, body: str = "", **headers: str) -> Any:
        """Ask by POST; return the body of an answer with that status."""
        got, answer, _ = self.raw("POST", target, body, **headers)
        assert got == status, answer
        return answer

    def get(self, target: str, status: int = 200) -> Any:
        """Ask by GET; return the body of an answer with that status."""
        got, answer, _ = self.raw("GET", target)
        assert got == status, answer
        return answer
