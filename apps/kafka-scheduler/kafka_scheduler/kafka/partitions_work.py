"""Planning and carrying out moves of replicas in the running cluster. Blocks until they have ended."""

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from meridian.common.errors import MeridianError
from meridian.services.kafka import client, cluster, reassignment

from kafka_scheduler.kafka import partitions_planning
from kafka_scheduler.kafka.access import KafkaAccess
from kafka_scheduler.kafka.partitions_planning import Order, Replicas

_log = logging.getLogger(__name__)
_POLL_SECONDS = 1.0
_LIST_SECONDS = 5.0
_PATIENCE_SECONDS = 10.0


@dataclass(frozen=True)
class Move:
    """A plan of moves and how far it is.

    :ivar kind: ``rebalance, realign, add, evacuate``; ``earlier``: begun by an earlier scheduler.
    :ivar status: ``idle, planned, started, running, completed, failed, cancelled``, ``idle (no-op)`` when
        nothing has to move, and for one who waited, ``timeout``.
    :ivar before, after: topic → partition → replicas, of what changes.
    :ivar left: partitions that are not yet as wanted.
    :ivar message: what is being done, or what went wrong.
    """

    kind: str = ""
    status: str = "idle"
    before: Replicas = field(default_factory=dict)
    after: Replicas = field(default_factory=dict)
    left: tuple[str, ...] = ()
    message: str = ""

    def plain(self) -> dict[str, Any]:
        """Return it as plain data."""
        moves = [
            {
                "topic": topic,
                "partition": number,
                "from": list(self.before.get(topic, {}).get(number, ())),
                "to": list(ids),
                "left": f"{topic}/{number}" in self.left,
            }
            for topic, partitions in sorted(self.after.items())
            for number, ids in sorted(partitions.items())
        ]
        found: dict[str, Any] = {"status": self.status, "state": self.text(), "moves": moves}
        if self.kind:
            found["kind"] = self.kind
        if self.status == "failed":
            found["error"] = self.message
        return found

    def text(self) -> str:
        """Return one line that says how far it is."""
        if not self.after:
            return self.message
        count = sum(map(len, self.after.values()))
        copies = partitions_planning.moved(self.before, self.after) if self.before else count
        line = f"{count} partitions, {copies} replicas to another broker"
        if self.status in ("running", "timeout"):
            line += f", {count - len(self.left)} partitions done"
        return f"{line}; {self.message}" if self.message else line


#: Changes what is told of a move: fields of :class:`Move`.
Tell = Callable[..., None]


class Cancelled(Exception):
    """Somebody asked for a move to be cancelled."""


def plan(
    access: KafkaAccess, kind: str, topics: Sequence[str] | None, order: Order, factor: int | None = None
) -> Move:
    """Look at the cluster, and plan.

    :param kind: see :class:`Move`; all but ``rebalance`` keep replicas where they are, as far as may be.
    :param topics: ``None``: all, Kafka's own among them.
    :raises MeridianError: a broker that holds replicas is not up, or it would be unsafe.
    """
    admin = access.admin()
    racks = cluster.racks(admin)
    current = _placement(access, topics)
    held = {one for parts in current.values() for ids in parts.values() for one in ids}
    if down := [one for one in order.brokers if one not in racks and one in held]:
        raise MeridianError(f"broker {named(down)} holds replicas and is not up; start it first")
    if factor:
        _check_factor(access, factor, current)
    up = tuple(one for one in order.brokers if one in racks)
    order = replace(order, brokers=up)
    if kind == "rebalance":
        after = partitions_planning.rebalance(current, order, racks, factor)
    else:
        # What is on other brokers need not move for one to be taken away.
        after = partitions_planning.realign(current, order, racks, factor, even=kind != "evacuate")
    before = {topic: {number: current[topic][number] for number in parts} for topic, parts in after.items()}
    return Move(kind=kind, before=before, after=after)


def carry_out(
    access: KafkaAccess, planned: Move, throttle: int, tell: Tell, cancelled: threading.Event
) -> None:
    """Move, watch, take the bound on traffic away, and let the preferred replicas lead.

    :param throttle: bytes per second and broker.
    :raises Cancelled: after what had not moved went back.
    :raises MeridianError: Kafka or its tool refuses.
    """
    if not planned.after:
        return
    admin = access.admin()
    reassignment.start(access.reassign_tool(), planned.after, throttle)
    while left := _left(access, planned.after):
        tell(left=tuple(left))
        if cancelled.wait(_POLL_SECONDS):
            reassignment.cancel(admin, access.reassign_tool(), planned.after)
            _restore_order(access, planned, throttle)
            raise Cancelled
    tell(left=())
    reassignment.finish(admin, access.reassign_tool(), planned.after)
    _lead(admin, planned.after)


def earlier(access: KafkaAccess) -> list[str]:
    """Return the topics whose replicas' traffic is bounded still.

    :raises MeridianError: no broker answers.
    """
    topics = sorted({part.topic for part in cluster.describe(access.admin()).partitions})
    return reassignment.bounded(access.admin(), topics)


def watch_earlier(access: KafkaAccess, topics: Sequence[str], tell: Tell, cancelled: threading.Event) -> None:
    """Wait for the end of moves whose plan is gone, and take the bound on traffic away.

    :raises Cancelled: after what had not moved went back.
    """
    while moving := reassignment.under_way(access.reassign_tool()):
        tell(after=moving, left=everything(moving))
        if cancelled.wait(_LIST_SECONDS):
            reassignment.cancel(access.admin(), access.reassign_tool(), moving)
            break
    now = _placement(access, topics)
    reassignment.finish(access.admin(), access.reassign_tool(), now)
    if cancelled.is_set():
        raise Cancelled
    _lead(access.admin(), now)


def everything(replicas: Replicas) -> tuple[str, ...]:
    """Return the names of all partitions of a placement."""
    return tuple(f"{topic}/{number}" for topic, parts in sorted(replicas.items()) for number in sorted(parts))


def named(brokers: Sequence[int]) -> str:
    """Return brokers for a message."""
    return ", ".join(map(str, brokers))


def _placement(access: KafkaAccess, topics: Sequence[str] | None) -> dict[str, dict[int, tuple[int, ...]]]:
    """Return where replicas are; a broker that has not heard of a topic is asked again for a while."""
    until = time.monotonic() + _PATIENCE_SECONDS
    while True:
        found: dict[str, dict[int, tuple[int, ...]]] = {}
        for part in cluster.describe(access.admin()).partitions:
            if topics is None or part.topic in topics:
                found.setdefault(part.topic, {})[part.number] = part.replicas
        missing = sorted(set(topics or ()) - set(found))
        if not missing:
            return found
        if time.monotonic() > until:
            raise MeridianError(f"topic {', '.join(missing)}: there is none of that name")
        time.sleep(_POLL_SECONDS / 5)


def _restore_order(access: KafkaAccess, planned: Move, throttle: int) -> None:
    """Make the former replica preferred again: Kafka puts replicas back, in another order. Moves no data."""
    until = time.monotonic() + _PATIENCE_SECONDS
    while True:
        now = _placement(access, list(planned.before))
        settled = all(
            set(now[topic][number]) == set(ids) or now[topic][number] == planned.after[topic][number]
            for topic, parts in planned.before.items()
            for number, ids in parts.items()
        )
        # A broker that answers may not have heard of the end yet.
        if settled or time.monotonic() > until:
            break
        time.sleep(_POLL_SECONDS / 5)
    mixed = {
        topic: {
            number: ids
            for number, ids in parts.items()
            if ids != now[topic][number] and set(ids) == set(now[topic][number])
        }
        for topic, parts in planned.before.items()
    }
    if wrong := {topic: parts for topic, parts in mixed.items() if parts}:
        reassignment.start(access.reassign_tool(), wrong, throttle)
        reassignment.finish(access.admin(), access.reassign_tool(), wrong)


def _check_factor(access: KafkaAccess, factor: int, topics: Mapping[str, Any]) -> None:
    for topic, minimum in cluster.min_in_sync(access.admin(), list(topics)).items():
        if minimum > factor:
            raise MeridianError(
                f"topic {topic}: {factor} replicas cannot satisfy its min.insync.replicas {minimum}; "
                f"first: topic update {topic} --options min.insync.replicas={factor}"
            )


def _left(access: KafkaAccess, wanted: Replicas) -> list[str]:
    """Return what is left; all of it while no broker answers."""
    try:
        return reassignment.left(access.admin(), wanted)
    except MeridianError as error:
        _log.debug("moves: %s", error)
        return list(everything(wanted))


def _lead(admin: Any, wanted: Replicas) -> None:
    """Let the preferred replicas lead now; Kafka would do it by itself some minutes later."""
    from confluent_kafka import ElectionType, KafkaException, TopicPartition

    partitions = [TopicPartition(topic, number) for topic, parts in wanted.items() for number in parts]
    try:
        admin.elect_leaders(ElectionType.PREFERRED, partitions).result(client.REQUEST_SECONDS)
    except (KafkaException, TimeoutError) as error:
        _log.info("preferred leaders: %s", client.explain(error))
