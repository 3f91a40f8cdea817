"""A migration carried out, step by step; wherever it ends, the next run goes on from what Kafka says."""

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass

from confluent_kafka.admin import AdminClient

from meridian.common.errors import MeridianError
from meridian.services.kafka import cluster as kafka_cluster
from meridian.services.kafka import reassignment
from meridian.services.kafka.java import Tool
from meridian.services.kafka.migration import plan as planning
from meridian.services.kafka.migration.model import Key, Move, Plan, State
from meridian.services.kafka.migration.registration import Registry

_POLL_SECONDS = 0.5

#: Hears of what is done, a line at a time.
Report = Callable[[str], None]


@dataclass(frozen=True)
class Access:
    """How a cluster is asked and told.

    :ivar tool: Kafka's tool that moves replicas.
    :ivar registry: Kafka's tool that knows who is registered.
    """

    admin: AdminClient
    tool: Tool
    registry: Registry


@dataclass(frozen=True)
class Bounds:
    """How fast a migration may be.

    :ivar batch: most partitions that move at a time.
    :ivar throttle_bytes: bytes per second and broker, for the moving replicas only.
    :ivar deadline: seconds that a batch may take.
    :ivar patience: seconds that a new broker or a leader may be away for when a batch is to begin.
    """

    batch: int = planning.BATCH
    throttle_bytes: int = 50 * 2**20
    deadline: float = 3600
    patience: float = 60


def observe(access: Access, registered: bool = True) -> State:
    """Return what the cluster says now.

    :param registered: also ask who is registered and down, which costs the start of another JVM.
    :raises MeridianError: no broker answers, or a tool fails.
    """
    # First what moves: a move that ends in between is seen as one that still goes on, and ends at once.
    moving = reassignment.under_way(access.tool)
    seen = kafka_cluster.describe(access.admin)
    leaving: dict[Key, frozenset[int]] = {
        (part.topic, part.number): frozenset(part.replicas) - frozenset(moving[part.topic][part.number])
        for part in seen.partitions
        if part.number in moving.get(part.topic, {})
    }
    topics = {part.topic for part in seen.partitions}
    return State(
        seen,
        kafka_cluster.racks(access.admin),
        access.registry.registered() if registered else frozenset(seen.brokers),
        leaving,
        frozenset(reassignment.bounded(access.admin, topics)),
    )


def left(access: Access, old: Collection[int], new: Collection[int], bounds: Bounds) -> Plan:
    """Return what is left to do.

    :raises MeridianError: it cannot be done; says why.
    """
    return planning.plan(observe(access), old, new, bounds.batch)


def step(
    access: Access,
    old: Collection[int],
    new: Collection[int],
    bounds: Bounds,
    report: Report = lambda line: None,
) -> Plan:
    """Cancel what goes to a wrong place, else move one batch, if one is left; return what is left then.

    Start the batch, within the bound of traffic; look at the cluster until each partition has exactly its new
    replicas, all in sync; take the bound away; plan anew, as topics may have come meanwhile.

    :raises MeridianError: a new broker is not up, a tool refuses, or the batch is not done in time; what was
        begun goes on by itself, and the next run finishes what is left.
    """
    _next(access, _moving(access, old, new, bounds), bounds, report)
    return left(access, old, new, bounds)


def move(
    access: Access,
    old: Collection[int],
    new: Collection[int],
    bounds: Bounds,
    report: Report = lambda line: None,
) -> None:
    """Have no partition on old brokers any more, and every replica in sync; step by step.

    :raises MeridianError: a step failed; see :func:`step`.
    """
    while _next(access, _moving(access, old, new, bounds), bounds, report):
        pass
    staying = set(kafka_cluster.describe(access.admin).brokers) - set(old)
    kafka_cluster.wait_healthy(access.admin, staying | set(new), bounds.deadline)


def _moving(access: Access, old: Collection[int], new: Collection[int], bounds: Bounds) -> Plan:
    """Return what is left of moving partitions, when all that it needs is there or patience is at its end."""
    until = time.monotonic() + bounds.patience
    while time.monotonic() < until:
        seen = kafka_cluster.describe(access.admin)
        if not seen.offline and set(new) <= set(seen.brokers):
            break
        time.sleep(_POLL_SECONDS)
    return planning.plan(observe(access, registered=False), old, new, bounds.batch)


def _next(access: Access, todo: Plan, bounds: Bounds, report: Report) -> bool:
    """Do what comes next of moving partitions; tell whether there was anything."""
    if todo.missing:
        names = ", ".join(map(str, todo.missing))
        raise MeridianError(f"broker {names} is not up; nothing is moved before each new one is")
    if todo.cancel:
        report(f"cancelling the move of {len(todo.cancel)} partitions")
        reassignment.cancel(access.admin, access.tool, _placement(todo.cancel))
    elif todo.batches:
        _batch(access, todo.batches[0], len(todo.moves), bounds, report)
    elif todo.settle:
        _settle(access, todo.settle, report)
    return todo.moving


def retire(access: Access, old: Collection[int], report: Report = lambda line: None) -> list[int]:
    """Make the controllers forget old brokers; return their ids. Those that they do not know are done.

    :raises MeridianError: one still has partitions or still runs; none of them was forgotten then.
    """
    seen = observe(access)
    known = sorted(set(old) & seen.registered)
    if held := planning.left_behind(seen, known):
        raise MeridianError(
            f"partition {held[0]} is still on an old broker ({len(held)} are); move them first"
        )
    if running := sorted(set(known) & set(seen.cluster.brokers)):
        raise MeridianError(
            f"broker {running[0]} still runs, and would register again; stop it, or take the role from it"
        )
    for broker in known:
        access.registry.unregister(broker)
        report(f"broker {broker} is unregistered")
    if still := sorted(access.registry.registered() & set(known)):
        raise MeridianError(f"broker {still[0]} was unregistered, and is registered again")
    return known


def _batch(access: Access, batch: tuple[Move, ...], total: int, bounds: Bounds, report: Report) -> None:
    report(f"moving {len(batch)} of {total} partitions")
    wanted = _placement(batch)
    reassignment.start(access.tool, wanted, bounds.throttle_bytes)
    until = time.monotonic() + bounds.deadline
    while behind := reassignment.left(access.admin, wanted):
        if time.monotonic() > until:
            raise MeridianError(
                f"{len(behind)} partitions still move after {bounds.deadline:.0f} s ({behind[0]} is one); "
                "they go on by themselves within the bound of traffic, and the next run goes on from there"
            )
        time.sleep(_POLL_SECONDS)
    reassignment.finish(access.admin, access.tool, wanted)


def _settle(access: Access, topics: tuple[str, ...], report: Report) -> None:
    """Have the tool see that topics' partitions are where they are: then it takes the bound away."""
    report(f"taking the bound of traffic from {', '.join(topics)}")
    wanted: dict[str, dict[int, tuple[int, ...]]] = {}
    for part in kafka_cluster.describe(access.admin).partitions:
        if part.topic in topics:
            wanted.setdefault(part.topic, {})[part.number] = part.replicas
    reassignment.finish(access.admin, access.tool, wanted)


def _placement(moves: tuple[Move, ...]) -> dict[str, dict[int, tuple[int, ...]]]:
    wanted: dict[str, dict[int, tuple[int, ...]]] = {}
    for one in moves:
        wanted.setdefault(one.topic, {})[one.partition] = one.to
    return wanted
