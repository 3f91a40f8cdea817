"""The scheduler of Elasticsearch as REST and CLI use it: one method per operation."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from meridian.common.errors import MeridianError

from kafka_scheduler import operations
from kafka_scheduler.core import commands
from kafka_scheduler.core.model import Instance
from kafka_scheduler.elasticsearch import nodes
from kafka_scheduler.elasticsearch.spec import NodeSpec
from kafka_scheduler.elasticsearch.views import ClusterHealth, NodeView, Outcome
from kafka_scheduler.elasticsearch.watch import Watch
from kafka_scheduler.operations import Operations, stopped


@dataclass(frozen=True)
class Parts(operations.Parts):
    """What a scheduler that leads consists of."""

    watch: Watch


class ElasticService(Operations[Parts]):
    """Operations on nodes. Until it leads, there is nobody to ask."""

    noun = "node"

    def nodes(self, wanted: Iterable[int] | None = None) -> tuple[NodeView, ...]:
        """Return nodes by id, running or not; all when none are named. Never waits."""
        state, now = self._state, time.time()
        names = state.instances if wanted is None else [str(one) for one in wanted]
        return tuple(nodes.view(state.instances[one], state, now) for one in names if one in state.instances)

    def node(self, node: int) -> NodeView:
        """Return one node.

        :raises MeridianError: there is none of that id.
        """
        found = self.nodes([node])
        if not found:
            raise MeridianError(f"there is no node {node}")
        return found[0]

    def cluster(self) -> ClusterHealth:
        """Return what the cluster said of itself last. Never waits."""
        return self._leading.watch.seen or ClusterHealth(0.0, problem="the cluster was not asked yet")

    def add(self, ids: Sequence[int], spec: NodeSpec) -> tuple[NodeView, ...]:
        """Add nodes, not active.

        :raises MeridianError: one of them is there already; none is added then.
        """
        plain = spec.to_json()
        self._run(lambda turn: commands.add(turn, _names(ids), plain))
        return self.nodes(ids)

    def update(self, ids: Sequence[int], change: Callable[[NodeSpec], NodeSpec]) -> tuple[NodeView, ...]:
        """Change nodes' options; a running one is shown as modified until it is restarted.

        :raises MeridianError: an option cannot be changed (a volume that exists); none is changed then.
        """
        self._run(
            lambda turn: commands.update(
                turn, _names(ids), lambda plain: change(NodeSpec.from_json(plain)).to_json()
            )
        )
        return self.nodes(ids)

    def remove(self, ids: Sequence[int]) -> None:
        """Remove nodes that are not active.

        :raises MeridianError: one is active, or still has its volume (see :meth:`give_up_volume`).
        """
        self._run(lambda turn: commands.remove(turn, _names(ids)))

    def start(self, ids: Sequence[int], timeout: float = 60) -> Outcome:
        """Ask nodes to run, and wait until each has joined the cluster.

        :param timeout: 0: do not wait.
        :return: on ``timeout`` the message says per node why it is not placed.
        """
        plan = self._run(lambda turn: commands.start(turn, _names(ids)))
        return self._outcome(ids, "started", plan, timeout, self._up)

    def stop(self, ids: Sequence[int], force: bool = False, timeout: float = 60) -> Outcome:
        """Stop nodes one after the other, each when the cluster is green and can do without it.

        :param force: at once, all of them, whatever the cluster says.
        :param timeout: 0: do not wait.
        """
        if force:
            self._run(lambda turn: commands.stop_now(turn, _names(ids)))
            return self._outcome(ids, "stopped", "", timeout, stopped)
        ordered = self._ordered(ids)
        plan = self._run(lambda turn: commands.plan(turn, "stop", "stop", ordered, whole=False))
        return self._outcome(ids, "stopped", plan, timeout, stopped)

    def restart(self, ids: Sequence[int], timeout: float = 300, wait: bool = True) -> Outcome:
        """Restart nodes one after the other, the elected master last.

        :param timeout: seconds for each of them; 0: do not wait.
        :param wait: each begins when all is green, and ends so.
        """
        plan = self._begin_restart(self._ordered(ids), timeout, wait)
        return self._outcome(ids, "restarted", plan, timeout * len(ids), None)

    def log(self, node: int, name: str = "stdout", lines: int = 100, timeout: float = 30) -> str:
        """Return the last lines of a file of a running node: ``stdout``, ``stderr``."""
        return self._tail(str(node), name, lines, timeout, self.node(node).host)

    def give_up_volume(self, node: int, volume: str) -> NodeView | None:
        """Forget a persistent volume by name: destroyed and unreserved where its agent still offers it.

        :param volume: its persistence id. The data on it are lost.
        :return: the node; ``None`` when it was removed, and only its volume was left.
        :raises MeridianError: the node has none of that name, or its task uses it now.
        """
        self._run(lambda turn: commands.give_up_volume(turn, str(node), volume))
        found = self.nodes([node])
        return found[0] if found else None

    def _ordered(self, ids: Sequence[int]) -> list[str]:
        return _names(nodes.order(ids, self._leading.watch.seen, self._state.instances))

    def _why_not_up(self, instance: Instance) -> str:
        return nodes.why_not_up(instance, self._leading.watch.seen, self._state.instances)

    def _outcome(
        self,
        ids: Sequence[int],
        done: str,
        plan: str,
        timeout: float,
        well: Callable[[Instance], bool] | None,
    ) -> Outcome:
        if timeout <= 0:
            return Outcome("scheduled", self.nodes(ids), plan=plan)
        came = self._came(_names(ids), plan, timeout, well)
        views = self.nodes(ids)
        if came:
            return Outcome(done, views, plan=plan)
        lacking = self._lacks if done == "started" else lambda name: ()
        seen = [(str(one.id), one.state, (*one.reasons, *lacking(str(one.id)))) for one in views]
        return Outcome("timeout", views, self._why(seen, plan, done), plan)


def _names(ids: Iterable[int]) -> list[str]:
    return [str(one) for one in ids]
