"""The scheduler as REST and CLI use it: one method per operation. Safe to call from any thread.

Ids are resolved by the caller (``kafka.expressions``) over :meth:`KafkaService.brokers`. Every method raises
:class:`meridian.errors.MeridianError` with one line for the user. Times are seconds.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from confluent_kafka.admin import AdminClient
from meridian.errors import MeridianError

from kafka_scheduler.core import commands, plans
from kafka_scheduler.core.loop import Loop
from kafka_scheduler.core.model import Instance, TaskState
from kafka_scheduler.core.plans import Plan
from kafka_scheduler.core.state import Call, State
from kafka_scheduler.core.turn import Turn
from kafka_scheduler.kafka import availability, brokers
from kafka_scheduler.kafka.sandbox import Sandbox
from kafka_scheduler.kafka.spec import BrokerSpec
from kafka_scheduler.kafka.views import BrokerView, Health, Outcome, PlanView
from kafka_scheduler.kafka.watch import Watch, bootstrap
from kafka_scheduler.mesos.client import MesosClient
from kafka_scheduler.storage.base import Storage

_Answer = TypeVar("_Answer")
# Heartbeats come every 15 s.
_SILENCE = 60.0


@dataclass(frozen=True)
class Parts:
    """What a scheduler that leads consists of."""

    loop: Loop
    mesos: MesosClient
    watch: Watch
    sandbox: Sandbox


class KafkaService:
    """Operations on brokers. Until it leads, there is nobody to ask.

    :param stop: ends the scheduler.
    """

    def __init__(self, storage: Storage, stop: Callable[[], None]) -> None:
        self._storage = storage
        self._stop = stop
        self._parts: Parts | None = None
        self._subscribed = 0.0

    def lead(self, parts: Parts) -> None:
        """Take up what leads."""
        self._parts = parts

    @property
    def _leading(self) -> Parts:
        if self._parts is None:
            leader = self._storage.leader()
            raise MeridianError(f"this scheduler does not lead; ask {leader or 'again later'}")
        return self._parts

    @property
    def _state(self) -> State:
        return self._leading.loop.state

    def _views(self, wanted: Iterable[int] | None = None) -> tuple[BrokerView, ...]:
        state, now = self._state, time.time()
        names = state.instances if wanted is None else [str(one) for one in wanted]
        return tuple(
            brokers.view(state.instances[one], state, now) for one in names if one in state.instances
        )

    def brokers(self) -> tuple[BrokerView, ...]:
        """Return all brokers by id, running or not. Never waits."""
        return self._views()

    def broker(self, broker: int) -> BrokerView:
        """Return one broker.

        :raises MeridianError: there is none of that id.
        """
        found = self._views([broker])
        if not found:
            raise MeridianError(f"there is no broker {broker}")
        return found[0]

    def add(self, brokers: Sequence[int], spec: BrokerSpec) -> tuple[BrokerView, ...]:
        """Add brokers, not active.

        :raises MeridianError: one of them is there already; none is added then.
        """
        plain = spec.to_json()
        self._run(lambda turn: commands.add(turn, _names(brokers), plain))
        return self._views(brokers)

    def update(
        self, brokers: Sequence[int], change: Callable[[BrokerSpec], BrokerSpec]
    ) -> tuple[BrokerView, ...]:
        """Change brokers' options; a running one is shown as modified until it is restarted.

        :param change: the former options → the new ones; pure.
        :raises MeridianError: an option cannot be changed (volumes that exist); none is changed then.
        """
        self._run(
            lambda turn: commands.update(
                turn, _names(brokers), lambda plain: change(BrokerSpec.from_json(plain)).to_json()
            )
        )
        return self._views(brokers)

    def clone(self, brokers: Sequence[int], source: int) -> tuple[BrokerView, ...]:
        """Add brokers with the options of another."""
        return self.add(brokers, self.broker(source).spec)

    def remove(self, brokers: Sequence[int]) -> None:
        """Remove brokers that are not active.

        :raises MeridianError: one is active, or still has volumes (see :meth:`give_up_volume`).
        """
        self._run(lambda turn: commands.remove(turn, _names(brokers)))

    def start(self, brokers: Sequence[int], timeout: float = 60) -> Outcome:
        """Ask brokers to run, and wait until they do.

        :param timeout: 0: do not wait.
        :return: on ``timeout`` the message says per broker why it is not placed.
        """
        plan = self._run(lambda turn: commands.start(turn, _names(brokers)))
        return self._outcome(brokers, "started", plan, timeout, _runs)

    def stop(self, brokers: Sequence[int], force: bool = False, timeout: float = 60) -> Outcome:
        """Stop brokers one after the other, each when no partition falls under its min.insync.replicas by it.

        :param force: at once, all of them, whatever partitions say.
        :param timeout: 0: do not wait.
        """
        if force:
            self._run(lambda turn: commands.stop_now(turn, _names(brokers)))
            return self._outcome(brokers, "stopped", "", timeout, _stopped)
        ids = _names(availability.order(brokers, self._leading.watch.seen))
        plan = self._run(lambda turn: commands.plan(turn, "stop", "stop", ids, whole=False))
        return self._outcome(brokers, "stopped", plan, timeout, _stopped)

    def restart(
        self, brokers: Sequence[int], timeout: float = 300, wait_for_replication: bool = True
    ) -> Outcome:
        """Restart brokers one after the other, the active controller last.

        :param timeout: seconds for each of them; 0: do not wait.
        :param wait_for_replication: before the next one every replica is in sync again.
        """
        ids = _names(availability.order(brokers, self._leading.watch.seen))

        def begin(turn: Turn) -> str:
            idle = [one.id for one in commands.get(turn, ids) if not one.active]
            if idle:
                raise MeridianError(f"broker {', '.join(idle)} is not active; start it instead")
            whole, limit = wait_for_replication, max(timeout, 0.0)
            return commands.plan(turn, "restart", "restart", ids, gate=whole, whole=whole, timeout=limit)

        plan = self._run(begin)
        return self._outcome(brokers, "restarted", plan, timeout * len(ids), None)

    def _outcome(
        self,
        ids: Sequence[int],
        done: str,
        plan: str,
        timeout: float,
        well: Callable[[Instance], bool] | None,
    ) -> Outcome:
        """Wait until brokers are as they are to be, or the plan is over when that alone tells."""

        def reached(state: State) -> bool:
            if well is not None:
                found = [state.instances.get(one) for one in _names(ids)]
                return all(one is None or well(one) for one in found)
            return _ended(state, plan)

        if timeout <= 0:
            return Outcome("scheduled", self._views(ids), plan=plan)
        came = self._leading.loop.wait(reached, timeout)
        failed = [one for one in self._state.plans if one.id == plan and one.status is plans.Status.FAILED]
        views = self._views(ids)
        if came and not failed:
            return Outcome(done, views, plan=plan)
        return Outcome("timeout", views, self._why(views, plan, done), plan)

    def _why(self, views: Sequence[BrokerView], plan: str, done: str) -> str:
        """Return what keeps brokers from being as they are to be, in one line."""
        steps = {
            step.broker: step.message
            for one in self.plans()
            if one.id == plan
            for phase in one.phases
            for step in phase.steps
        }
        wanted = "stopped" if done == "stopped" else "running"
        said = []
        for view in views:
            message = steps.get(view.id, "")
            if view.state == wanted and not message:
                continue
            why = [*([message] if message and not view.reasons else []), *view.reasons]
            said.append(f"broker {view.id} is {view.state}" + (f": {'; '.join(why)}" if why else ""))
        return " | ".join(said)

    def log(self, broker: int, name: str = "stdout", lines: int = 100, timeout: float = 30) -> str:
        """Return the last lines of a file of a running broker: ``stdout``, ``stderr``, ``server.log``, …."""
        self.broker(broker)
        task = self._state.instances[str(broker)].task
        if task is None:
            raise MeridianError(f"broker {broker} does not run; its files are on {self.broker(broker).host}")
        return self._leading.sandbox.tail(task, self._state.framework_id, name, lines, timeout)

    def metrics(self, brokers: Sequence[int]) -> Mapping[int, Mapping[str, float]]:
        """Return numbers per broker: ``partitions, leaders, underReplicated, …``; empty while unknown."""
        found = availability.metrics(self._leading.watch.seen)
        return {one: found.get(one, {}) for one in brokers}

    def give_up_volume(self, broker: int, volume: str) -> BrokerView | None:
        """Forget a persistent volume by name: destroyed and unreserved where its agent still offers it.

        :param volume: its persistence id. The data on it are lost.
        :return: the broker; ``None`` when it was removed, and only its volume was left.
        :raises MeridianError: the broker has none of that name, or its task uses it now.
        """
        self._run(lambda turn: commands.give_up_volume(turn, str(broker), volume))
        found = self._views([broker])
        return found[0] if found else None

    def plans(self) -> tuple[PlanView, ...]:
        """Return plans, the newest first; completed ones too, the last 20."""
        return tuple(brokers.plan_view(one) for one in reversed(self._state.plans))

    def pause_plan(self, plan: str) -> PlanView:
        """Let steps under way end, and begin no other."""
        return self._plan(plan, lambda one: replace(one, paused=True))

    def continue_plan(self, plan: str) -> PlanView:
        """Go on with a paused plan, or try a failed step again."""
        return self._plan(plan, plans.resume)

    def force_step(self, plan: str, broker: int) -> PlanView:
        """Begin the step of a broker now, whatever blocks it."""
        return self._plan(plan, lambda one: plans.force(one, str(broker)))

    def cancel_plan(self, plan: str) -> PlanView:
        """Begin no other step of a plan, for good."""
        return self._plan(plan, lambda one: replace(one, cancelled=True))

    def _plan(self, plan: str, change: Callable[[Plan], Plan]) -> PlanView:
        self._run(lambda turn: commands.change_plan(turn, plan, change))
        return next(one for one in self.plans() if one.id == plan)

    def bootstrap(self) -> str:
        """Return ``host:port,…`` of the internal listeners of running brokers; empty when none runs."""
        return bootstrap(self._state)

    def admin(self) -> AdminClient:
        """Return an admin client of the brokers, for topics, partitions and quotas.

        :raises MeridianError: no broker runs.
        """
        return self._leading.watch.admin()

    def health(self) -> Health:
        """Return how the scheduler is. Never waits."""
        parts = self._parts
        if parts is None:
            return Health(False, False, "", "", {}, leader_url=self._storage.leader())
        state, mesos = parts.loop.state, parts.mesos
        silent = time.time() - mesos.heard > _SILENCE
        connected = state.connected and not silent
        problem = mesos.problem or ("the master has not been heard for a minute" if silent else "")
        strays = ", ".join(f"{one.volume} of broker {one.instance}" for one in state.strays.values())
        return Health(
            True,
            connected,
            state.framework_id,
            str(mesos.master or ""),
            dict(state.counters),
            problem or (f"nobody uses volume {strays}: give it up by name" if strays else ""),
            mesos.subscribed if connected else 0.0,
            self._storage.leader(),
        )

    def stop_scheduler(self, teardown: bool = False) -> None:
        """End this scheduler; brokers go on running.

        :param teardown: remove the framework as well: Mesos kills every broker.
        """
        if teardown and not self._leading.mesos.send(Call("TEARDOWN")):
            raise MeridianError("the master did not take the teardown; nothing was ended")
        self._stop()

    def _run(self, change: Callable[[Turn], _Answer]) -> _Answer:
        return self._leading.loop.run(change)


def _names(ids: Iterable[int]) -> list[str]:
    return [str(one) for one in ids]


def _runs(instance: Instance) -> bool:
    return instance.task is not None and instance.task.state is TaskState.RUNNING


def _stopped(instance: Instance) -> bool:
    return instance.task is None and not instance.active


def _ended(state: State, plan: str) -> bool:
    found = [one for one in state.plans if one.id == plan]
    return not found or found[0].is_over or found[0].status is plans.Status.FAILED
