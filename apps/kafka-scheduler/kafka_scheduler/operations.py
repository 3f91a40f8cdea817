"""What REST and CLI may ask of a scheduler, whatever its service. Safe to call from any thread.

Every method raises :class:`meridian.common.errors.MeridianError` with one line for the user. Times are in
seconds.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from meridian.common.errors import MeridianError

from kafka_scheduler import viewing
from kafka_scheduler.core import commands, plans
from kafka_scheduler.core.loop import Loop
from kafka_scheduler.core.model import Instance, TaskState
from kafka_scheduler.core.plans import Plan
from kafka_scheduler.core.state import Call, State
from kafka_scheduler.core.turn import Turn
from kafka_scheduler.mesos.client import MesosClient
from kafka_scheduler.sandbox import Sandbox
from kafka_scheduler.storage.base import Storage
from kafka_scheduler.views import Health, PlanView

Answered = TypeVar("Answered")
# Heartbeats come every 15 s.
_SILENCE = 60.0


@dataclass(frozen=True)
class Parts:
    """What a scheduler that leads consists of."""

    loop: Loop
    mesos: MesosClient
    sandbox: Sandbox


PartsT = TypeVar("PartsT", bound=Parts)


class Operations(Generic[PartsT]):
    """Operations on instances. Until it leads, there is nobody to ask.

    :ivar noun: what an instance is called.
    :param stop: ends the scheduler.
    :param registered: an instance has started when its cluster has it; else as soon as its task runs.
    """

    noun = "instance"

    def __init__(self, storage: Storage, stop: Callable[[], None], registered: bool = True) -> None:
        self._storage = storage
        self._stop = stop
        self._registered = registered
        self._parts: PartsT | None = None

    def lead(self, parts: PartsT) -> None:
        """Take up what leads."""
        self._parts = parts

    @property
    def _leading(self) -> PartsT:
        if self._parts is None:
            leader = self._storage.leader()
            raise MeridianError(f"this scheduler does not lead; ask {leader or 'again later'}")
        return self._parts

    @property
    def _state(self) -> State:
        return self._leading.loop.state

    def _run(self, change: Callable[[Turn], Answered]) -> Answered:
        return self._leading.loop.run(change)

    def _came(
        self, names: Sequence[str], plan: str, timeout: float, well: Callable[[Instance], bool] | None
    ) -> bool:
        """Wait until instances are as they are to be, or the plan is over when that alone tells.

        :return: whether it came so, and no step of the plan failed.
        """

        def reached(state: State) -> bool:
            if well is not None:
                found = [state.instances.get(one) for one in names]
                return all(one is None or well(one) for one in found)
            return _ended(state, plan)

        came = self._leading.loop.wait(reached, timeout)
        return came and not any(
            one.id == plan and one.status is plans.Status.FAILED for one in self._state.plans
        )

    def _begin_restart(self, names: Sequence[str], timeout: float, whole: bool) -> str:
        """Begin to restart instances one after the other; return the plan's id."""

        def begin(turn: Turn) -> str:
            idle = [one.id for one in commands.get(turn, names) if not one.active]
            if idle:
                raise MeridianError(f"{self.noun} {', '.join(idle)} is not active; start it instead")
            limit = max(timeout, 0.0)
            return commands.plan(turn, "restart", "restart", names, gate=whole, whole=whole, timeout=limit)

        return self._run(begin)

    def _why(self, seen: Sequence[tuple[str, str, Sequence[str]]], plan: str, done: str) -> str:
        """Return what keeps instances from being as they are to be, in one line.

        :param seen: id, state and reasons of each.
        """
        steps = {
            step.instance: step.message
            for one in self.plans()
            if one.id == plan
            for phase in one.phases
            for step in phase.steps
        }
        wanted = "stopped" if done == "stopped" else "running"
        said = []
        for name, state, reasons in seen:
            message = steps.get(name, "")
            if state == wanted and not message and not (done == "started" and reasons):
                continue
            why = [*([message] if message and not reasons else []), *reasons]
            said.append(f"{self.noun} {name} is {state}" + (f": {'; '.join(why)}" if why else ""))
        return " | ".join(said)

    def _why_not_up(self, instance: Instance) -> str:
        """Return why an instance whose task runs does not serve yet; empty when it does."""
        raise NotImplementedError

    def _up(self, instance: Instance) -> bool:
        """Return whether an instance has started."""
        return runs(instance) and not (self._registered and self._why_not_up(instance))

    def _lacks(self, name: str) -> tuple[str, ...]:
        """Return what a running instance lacks to have started."""
        instance = self._state.instances.get(name)
        why = instance is not None and runs(instance) and self._registered and self._why_not_up(instance)
        return (why,) if why else ()

    def _tail(self, name: str, file: str, lines: int, timeout: float, host: str) -> str:
        """Return the last lines of a file of a running instance."""
        task = self._state.instances[name].task
        if task is None:
            raise MeridianError(f"{self.noun} {name} does not run; its files are on {host}")
        return self._leading.sandbox.tail(task, self._state.framework_id, file, lines, timeout)

    def plans(self) -> tuple[PlanView, ...]:
        """Return plans, the newest first; completed ones too, the last 20."""
        return tuple(viewing.plan_view(one) for one in reversed(self._state.plans))

    def pause_plan(self, plan: str) -> PlanView:
        """Let steps under way end, and begin no other."""
        return self._plan(plan, lambda one: replace(one, paused=True))

    def continue_plan(self, plan: str) -> PlanView:
        """Go on with a paused plan, or try a failed step again."""
        return self._plan(plan, plans.resume)

    def force_step(self, plan: str, instance: str) -> PlanView:
        """Begin the step of an instance now, whatever blocks it."""
        return self._plan(plan, lambda one: plans.force(one, instance))

    def cancel_plan(self, plan: str) -> PlanView:
        """Begin no other step of a plan, for good."""
        return self._plan(plan, lambda one: replace(one, cancelled=True))

    def _plan(self, plan: str, change: Callable[[Plan], Plan]) -> PlanView:
        self._run(lambda turn: commands.change_plan(turn, plan, change))
        return next(one for one in self.plans() if one.id == plan)

    def health(self) -> Health:
        """Return how the scheduler is. Never waits."""
        parts = self._parts
        if parts is None:
            return Health(False, False, "", "", {}, leader_url=self._storage.leader())
        state, mesos = parts.loop.state, parts.mesos
        silent = time.time() - mesos.heard > _SILENCE
        connected = state.connected and not silent
        problem = mesos.problem or ("the master has not been heard for a minute" if silent else "")
        strays = ", ".join(f"{one.volume} of {self.noun} {one.instance}" for one in state.strays.values())
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
        """End this scheduler; its tasks go on running.

        :param teardown: remove the framework as well: Mesos kills every task.
        """
        if teardown and not self._leading.mesos.send(Call("TEARDOWN")):
            raise MeridianError("the master did not take the teardown; nothing was ended")
        self._stop()


def runs(instance: Instance) -> bool:
    """Return whether an instance runs."""
    return instance.task is not None and instance.task.state is TaskState.RUNNING


def stopped(instance: Instance) -> bool:
    """Return whether an instance has ended, and is not to run."""
    return instance.task is None and not instance.active


def _ended(state: State, plan: str) -> bool:
    found = [one for one in state.plans if one.id == plan]
    return not found or found[0].is_over or found[0].status is plans.Status.FAILED
