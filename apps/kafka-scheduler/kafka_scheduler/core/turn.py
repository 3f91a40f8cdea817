"""One turn of the engine: collects what an event changes, and what is to be done about it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from kafka_scheduler.core import calls, codec, updates
from kafka_scheduler.core.model import Abandoned, Instance, Release, Volume
from kafka_scheduler.core.plans import KEPT, Plan
from kafka_scheduler.core.state import Action, Call, Save, Service, Settings, State


class Turn:
    """The change that one event makes.

    The state given is left as it is; :meth:`finish` returns the new one.

    :ivar new_id: makes ids that were never there.
    """

    def __init__(
        self, state: State, now: float, settings: Settings, service: Service, new_id: Callable[[], str]
    ) -> None:
        self.before = self.state = state
        self.now = now
        self.settings = settings
        self.service = service
        self.new_id = new_id
        self._dirty: set[str] = set()
        self._calls: list[Call] = []
        self._last: list[Call] = []

    def set(self, **changes: Any) -> None:
        """Change fields of the state that are not stored."""
        self.state = replace(self.state, **changes)

    def put(self, *instances: Instance) -> None:
        """Change or add instances."""
        new = [one for one in instances if self.state.instances.get(one.id) is not one]
        if not new:
            return
        all_of_them = {**self.state.instances, **{one.id: one for one in new}}
        if len(all_of_them) > len(self.state.instances):
            all_of_them = dict(sorted(all_of_them.items(), key=lambda one: codec.order(one[0])))
        self.set(instances=all_of_them)
        self._dirty |= {f"instance/{one.id}" for one in new}

    def remove(self, instances: Iterable[str]) -> None:
        """Remove instances."""
        gone = set(instances)
        self.set(
            instances={key: one for key, one in self.state.instances.items() if key not in gone},
            refusals={key: one for key, one in self.state.refusals.items() if key not in gone},
        )
        self._dirty |= {f"instance/{one}" for one in gone}

    def put_plan(self, plan: Plan) -> None:
        """Change or add a plan; the oldest that are over are forgotten."""
        plans = [one for one in self.state.plans if one.id != plan.id]
        plans.append(plan)
        plans.sort(key=lambda one: int(one.id.rpartition("-")[2]))
        over = [one.id for one in plans if one.is_over]
        forgotten = set(over[: max(0, len(over) - KEPT)])
        self.set(plans=tuple(one for one in plans if one.id not in forgotten))
        self._dirty |= {f"plan/{one}" for one in (plan.id, *forgotten)}

    def put_release(self, release: Release) -> None:
        """Note a volume to be destroyed when its agent offers it."""
        self.set(releases={**self.state.releases, release.volume: release})
        self._dirty.add(f"release/{release.volume}")

    def drop_release(self, volume: str) -> None:
        """Forget a volume that is destroyed."""
        self.set(releases={key: one for key, one in self.state.releases.items() if key != volume})
        self._dirty.add(f"release/{volume}")

    def give_up_host(self, instance: Instance) -> Instance:
        """Let an instance leave a host that is lost, and remember the task that may run there still."""
        task = instance.task
        if task is None:
            return instance
        one = Abandoned(task.id, instance.id, task.agent_id, self.state.subscription, away=True)
        self.put_abandoned(one)
        left = updates.give_up_host(instance, self.now)
        self.put(left)
        self.set(disturbed=self.now)
        return left

    def give_up_volume(self, instance: Instance, volume: Volume) -> Instance:
        """Let an instance begin without a volume, which is destroyed as soon as its agent offers it.

        A task that is away on its host is given up too, and killed should the host come back.
        """
        if instance.task is not None and instance.task.agent_id == volume.agent_id:
            instance = self.give_up_host(instance)
        kept = tuple(one for one in instance.volumes if one.id != volume.id)
        left = replace(instance, volumes=kept, host="", agent_id="", ended=0.0)
        self.put(left)
        self.put_release(Release(volume.id, instance.id, volume.agent_id))
        return left

    def put_abandoned(self, one: Abandoned) -> None:
        """Note a task on a host that was given up."""
        self.set(abandoned={**self.state.abandoned, one.task_id: one})
        self._dirty.add(f"abandoned/{one.task_id}")

    def drop_abandoned(self, task_id: str) -> None:
        """Forget a task that has ended."""
        self.set(abandoned={key: one for key, one in self.state.abandoned.items() if key != task_id})
        self._dirty.add(f"abandoned/{task_id}")

    def framework(self, framework_id: str) -> None:
        """Note the id that Mesos knows us by."""
        if framework_id != self.state.framework_id:
            self.set(framework_id=framework_id)
            self._dirty.add(codec.FRAMEWORK)

    def call(self, call: Call) -> None:
        """Send a call, after all is stored."""
        self._calls.append(call)

    def call_last(self, call: Call) -> None:
        """Send a call after the others: an acknowledgement, say."""
        self._last.append(call)

    def kill(self, instance: Instance) -> Instance:
        """End an instance's task."""
        task = instance.task
        if task is None:
            return instance
        if not task.kill_asked:
            instance = replace(instance, task=replace(task, kill_asked=self.now))
            self.put(instance)
        self.set(disturbed=self.now, killed={**self.state.killed, task.id: self.now})
        self.call(calls.kill(task.id, task.agent_id))
        return instance

    def count(self, name: str, number: int = 1) -> None:
        """Add to a counter."""
        counters: Mapping[str, int] = self.state.counters
        self.set(counters={**counters, name: counters.get(name, 0) + number})

    def finish(self) -> tuple[State, tuple[Action, ...]]:
        """Return the new state, and what is to be done: first of all what is to be stored."""
        new = codec.records(self.state, self._dirty)
        old = codec.records(self.before, self._dirty)
        changes = {key: value for key, value in new.items() if value != old[key]}
        saves: list[Action] = [Save(changes)] if changes else []
        return self.state, (*saves, *self._calls, *self._last)
