"""A migration as the runner drives it: on a node of the region, which has Kafka's own tools."""

from collections.abc import Callable, Collection
from typing import Any

from meridian.common.errors import MeridianError
from meridian.salt_api import minions
from meridian.topology.model import Region, Topology

_ASK_SECONDS = 300


def ids(text: Collection[int] | str | int) -> list[int]:
    """Return broker ids that a command line gives.

    :raises MeridianError: something else is among them.
    """
    parts = str(text).split(",") if isinstance(text, str | int) else [str(one) for one in text]
    try:
        return sorted({int(one) for one in parts})
    except ValueError as error:
        raise MeridianError(f"broker ids: expected numbers such as 1,2,3, found '{text}'") from error


def region(topology: Topology, name: str) -> Region:
    """Return the region that is meant.

    :raises MeridianError: there is none of that name.
    """
    for one in topology.regions:
        if one.name == name:
            return one
    known = ", ".join(one.name for one in topology.regions)
    raise MeridianError(f"region: expected one of {known}, found '{name}'")


class Node:
    """The node that does it: the first of the region's controllers.

    :param opts: the master's options.
    """

    def __init__(self, opts: dict[str, Any], region: Region) -> None:
        self._opts = opts
        if not region.controllers:
            raise MeridianError(f"region {region.name} has no KRaft quorum; brokers of no other are moved")
        self._node = region.controllers[0].id

    def registered(self) -> list[int]:
        """Return the ids of all brokers that the controllers know."""
        return ids(self._ask("registered", _ASK_SECONDS))

    def plan(self, old: list[int], new: list[int], batch: int) -> dict[str, Any]:
        """Return what is left to do."""
        return dict(self._ask("plan", _ASK_SECONDS, old=old, new=new, batch=batch))

    def step(
        self, old: list[int], new: list[int], batch: int, throttle_mb: int, seconds: float
    ) -> dict[str, Any]:
        """Move one batch; return what is left then."""
        bounds = {"batch": batch, "throttle_mb": throttle_mb, "seconds": seconds}
        return dict(self._ask("step", seconds + _ASK_SECONDS, old=old, new=new, **bounds))

    def retire(self, brokers: list[int]) -> list[int]:
        """Make the controllers forget brokers; return those that they knew."""
        return ids(self._ask("retire", _ASK_SECONDS, brokers=brokers))

    def _ask(self, function: str, seconds: float, /, **arguments: Any) -> Any:
        """Run a function of the node.

        :raises MeridianError: it fails, or the node does not answer.
        """
        name = f"kafka_migration.{function}"
        return minions.ask(self._opts, [self._node], name, seconds, kwarg=arguments)[self._node]


class Migration:
    """From which brokers to which.

    :param node: who does it.
    :param old: ids, a list or separated by commas; default: all registered ones but the new ones.
    :param new: ids; default: those that the topology wants.
    :param undo: the other way round.
    """

    def __init__(
        self,
        node: Node,
        region: Region,
        old: Collection[int] | str | None,
        new: Collection[int] | str | None,
        undo: bool,
    ) -> None:
        self._node = node
        to = ids(region.broker_ids if new is None else new)
        whence = ids(old) if old is not None else [one for one in node.registered() if one not in to]
        self._old, self._new = (to, whence) if undo else (whence, to)

    def plan(self, batch: int) -> dict[str, Any]:
        """Return what is left to do."""
        return self._node.plan(self._old, self._new, batch)

    def run(
        self, batch: int, throttle_mb: int, seconds: float, report: Callable[[str], None]
    ) -> tuple[int, dict[str, Any]]:
        """Move batch by batch; return how many partitions were moved, and what is left for others to do.

        :raises MeridianError: a new broker is not up, or a batch failed.
        """
        todo = self.plan(batch)
        moves = int(todo["moves"])
        while any(todo[what] for what in ("missing", "cancel", "moves", "settle")):
            report(todo["steps"][0])
            todo = self._node.step(self._old, self._new, batch, throttle_mb, seconds)
        return moves, todo
