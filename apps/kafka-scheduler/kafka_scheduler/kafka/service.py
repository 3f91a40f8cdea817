"""The scheduler as REST and CLI use it: one method per operation. Safe to call from any thread.

Ids are resolved by the caller (``kafka.expressions``) over :meth:`KafkaService.brokers`. Every method raises
:class:`meridian.common.errors.MeridianError` with one line for the user. Times are seconds.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from confluent_kafka.admin import AdminClient
from meridian.common.errors import MeridianError

from kafka_scheduler import operations
from kafka_scheduler.core import commands
from kafka_scheduler.core.model import Instance
from kafka_scheduler.kafka import availability, brokers
from kafka_scheduler.kafka.spec import BrokerSpec
from kafka_scheduler.kafka.views import BrokerView, Outcome
from kafka_scheduler.kafka.watch import Watch, bootstrap
from kafka_scheduler.operations import Operations, stopped


@dataclass(frozen=True)
class Parts(operations.Parts):
    """What a scheduler that leads consists of."""

    watch: Watch


class KafkaService(Operations[Parts]):
    """Operations on brokers. Until it leads, there is nobody to ask."""

    noun = "broker"

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
        """Ask brokers to run, and wait until Kafka has each of them registered.

        :param timeout: 0: do not wait.
        :return: on ``timeout`` the message says per broker why it is not placed, or not up.
        """
        plan = self._run(lambda turn: commands.start(turn, _names(brokers)))
        return self._outcome(brokers, "started", plan, timeout, self._up)

    def stop(self, brokers: Sequence[int], force: bool = False, timeout: float = 60) -> Outcome:
        """Stop brokers one after the other, each when no partition falls under its min.insync.replicas by it.

        :param force: at once, all of them, whatever partitions say.
        :param timeout: 0: do not wait.
        """
        if force:
            self._run(lambda turn: commands.stop_now(turn, _names(brokers)))
            return self._outcome(brokers, "stopped", "", timeout, stopped)
        ids = _names(availability.order(brokers, self._leading.watch.seen))
        plan = self._run(lambda turn: commands.plan(turn, "stop", "stop", ids, whole=False))
        return self._outcome(brokers, "stopped", plan, timeout, stopped)

    def restart(
        self, brokers: Sequence[int], timeout: float = 300, wait_for_replication: bool = True
    ) -> Outcome:
        """Restart brokers one after the other, the active controller last.

        :param timeout: seconds for each of them; 0: do not wait.
        :param wait_for_replication: before the next one every replica is in sync again.
        """
        ids = _names(availability.order(brokers, self._leading.watch.seen))
        plan = self._begin_restart(ids, timeout, wait_for_replication)
        return self._outcome(brokers, "restarted", plan, timeout * len(ids), None)

    def _why_not_up(self, instance: Instance) -> str:
        return availability.why_not_up(int(instance.id), self._leading.watch.seen, {instance.id: instance})

    def _outcome(
        self,
        ids: Sequence[int],
        done: str,
        plan: str,
        timeout: float,
        well: Callable[[Instance], bool] | None,
    ) -> Outcome:
        if timeout <= 0:
            return Outcome("scheduled", self._views(ids), plan=plan)
        came = self._came(_names(ids), plan, timeout, well)
        views = self._views(ids)
        if came:
            return Outcome(done, views, plan=plan)
        lacking = self._lacks if done == "started" else lambda name: ()
        seen = [(str(one.id), one.state, (*one.reasons, *lacking(str(one.id)))) for one in views]
        return Outcome("timeout", views, self._why(seen, plan, done), plan)

    def log(self, broker: int, name: str = "stdout", lines: int = 100, timeout: float = 30) -> str:
        """Return the last lines of a file of a running broker: ``stdout``, ``stderr``, ``server.log``, …."""
        return self._tail(str(broker), name, lines, timeout, self.broker(broker).host)

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

    def bootstrap(self) -> str:
        """Return ``host:port,…`` of the internal listeners of running brokers; empty when none runs."""
        return bootstrap(self._state)

    def admin(self) -> AdminClient:
        """Return an admin client of the brokers, for topics, partitions and quotas.

        :raises MeridianError: no broker runs.
        """
        return self._leading.watch.admin()


def _names(ids: Iterable[int]) -> list[str]:
    return [str(one) for one in ids]
