"""The scheduler as REST and CLI use it: one method per operation. Safe to call from any thread.

Ids are resolved by the caller (``kafka.expressions``) over :meth:`KafkaService.brokers`. Every method raises
:class:`meridian.errors.MeridianError` with one line for the user. Times are seconds.
"""

from collections.abc import Callable, Mapping, Sequence

from confluent_kafka.admin import AdminClient

from kafka_scheduler.kafka.spec import BrokerSpec
from kafka_scheduler.kafka.views import BrokerView, Health, Outcome, PlanView


class KafkaService:
    """Operations on brokers."""

    def brokers(self) -> tuple[BrokerView, ...]:
        """Return all brokers by id, running or not. Never waits."""
        raise NotImplementedError

    def broker(self, broker: int) -> BrokerView:
        """Return one broker.

        :raises MeridianError: there is none of that id.
        """
        raise NotImplementedError

    def add(self, brokers: Sequence[int], spec: BrokerSpec) -> tuple[BrokerView, ...]:
        """Add brokers, not active.

        :raises MeridianError: one of them is there already; none is added then.
        """
        raise NotImplementedError

    def update(
        self, brokers: Sequence[int], change: Callable[[BrokerSpec], BrokerSpec]
    ) -> tuple[BrokerView, ...]:
        """Change brokers' options; a running one is shown as modified until it is restarted.

        :param change: the former options → the new ones; pure.
        :raises MeridianError: an option cannot be changed (volumes that exist); none is changed then.
        """
        raise NotImplementedError

    def clone(self, brokers: Sequence[int], source: int) -> tuple[BrokerView, ...]:
        """Add brokers with the options of another."""
        raise NotImplementedError

    def remove(self, brokers: Sequence[int]) -> None:
        """Remove brokers that are not active.

        :raises MeridianError: one is active, or still has volumes (see :meth:`give_up_volume`).
        """
        raise NotImplementedError

    def start(self, brokers: Sequence[int], timeout: float = 60) -> Outcome:
        """Ask brokers to run, and wait until they do.

        :param timeout: 0: do not wait.
        :return: on ``timeout`` the message says per broker why it is not placed.
        """
        raise NotImplementedError

    def stop(self, brokers: Sequence[int], force: bool = False, timeout: float = 60) -> Outcome:
        """Stop brokers one after the other, each when no partition falls under its min.insync.replicas by it.

        :param force: at once, all of them, whatever partitions say.
        :param timeout: 0: do not wait.
        """
        raise NotImplementedError

    def restart(
        self, brokers: Sequence[int], timeout: float = 300, wait_for_replication: bool = True
    ) -> Outcome:
        """Restart brokers one after the other, the active controller last.

        :param timeout: seconds for each of them; 0: do not wait.
        :param wait_for_replication: before the next one every replica is in sync again.
        """
        raise NotImplementedError

    def log(self, broker: int, name: str = "stdout", lines: int = 100, timeout: float = 30) -> str:
        """Return the last lines of a file of a running broker: ``stdout``, ``stderr``, ``server.log``, …."""
        raise NotImplementedError

    def metrics(self, brokers: Sequence[int]) -> Mapping[int, Mapping[str, float]]:
        """Return numbers per broker: ``partitions, leaders, underReplicated, …``; empty while unknown."""
        raise NotImplementedError

    def give_up_volume(self, broker: int, volume: str) -> BrokerView:
        """Forget a persistent volume by name: destroyed and unreserved where its agent still offers it.

        :param volume: its persistence id. The data on it are lost.
        :raises MeridianError: the broker has none of that name, or its task uses it now.
        """
        raise NotImplementedError

    def plans(self) -> tuple[PlanView, ...]:
        """Return plans, the newest first; completed ones too, the last 20."""
        raise NotImplementedError

    def pause_plan(self, plan: str) -> PlanView:
        """Let steps under way end, and begin no other."""
        raise NotImplementedError

    def continue_plan(self, plan: str) -> PlanView:
        """Go on with a paused plan, or try a failed step again."""
        raise NotImplementedError

    def force_step(self, plan: str, broker: int) -> PlanView:
        """Begin the step of a broker now, whatever blocks it."""
        raise NotImplementedError

    def cancel_plan(self, plan: str) -> PlanView:
        """Begin no other step of a plan, for good."""
        raise NotImplementedError

    def bootstrap(self) -> str:
        """Return ``host:port,…`` of the internal listeners of running brokers; empty when none runs."""
        raise NotImplementedError

    def admin(self) -> AdminClient:
        """Return an admin client of the brokers, for topics, partitions and quotas.

        :raises MeridianError: no broker runs.
        """
        raise NotImplementedError

    def health(self) -> Health:
        """Return how the scheduler is. Never waits."""
        raise NotImplementedError

    def stop_scheduler(self, teardown: bool = False) -> None:
        """End this scheduler; brokers go on running.

        :param teardown: remove the framework as well: Mesos kills every broker.
        """
        raise NotImplementedError
