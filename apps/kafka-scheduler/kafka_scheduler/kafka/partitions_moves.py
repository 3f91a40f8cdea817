"""Moves of replicas: one plan at a time, in a thread of its own, to be waited for and cancelled.

Kafka does the moving, and goes on with it whatever becomes of the scheduler. Nothing else is kept: one that
finds topics whose traffic is bounded, and no move of its own, takes over what an earlier one has begun: it
waits for the end and takes the bound away.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from meridian.common.errors import MeridianError
from meridian.services.kafka import cluster

from kafka_scheduler.kafka import partitions_work as work
from kafka_scheduler.kafka.access import KafkaAccess
from kafka_scheduler.kafka.partitions_planning import Order
from kafka_scheduler.kafka.partitions_work import Cancelled, Move, named
from kafka_scheduler.kafka.service import KafkaService

_log = logging.getLogger(__name__)
_POLL_SECONDS = 1.0
_START_SECONDS = 600.0
_STOP_SECONDS = 600.0
_CANCEL_SECONDS = 60.0
# A topic made while others are moved off a broker may be placed on it.
_ROUNDS = 5


class Moves:
    """One plan of moves at a time. Safe to call from any thread.

    :param service: to start and remove brokers with.
    """

    def __init__(self, access: KafkaAccess, service: KafkaService) -> None:
        self._access = access
        self._service = service
        self._changed = threading.Condition()
        self._cancelled = threading.Event()
        self._move = Move()
        self._thread: threading.Thread | None = None

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
        """Plan where topics' replicas go, and on request move them.

        :param replicas: of each partition; ``None`` or -1: as many as now.
        :param keep: leave replicas where they are, as far as that can be.
        :param throttle: bytes per second and broker.
        :raises MeridianError: a broker is not up, another move is under way, or it would be unsafe.
        """
        self.must_be_free()
        factor = replicas if replicas and replicas > 0 else None
        planned = work.plan(self._access, "realign" if keep else "rebalance", topics, order, factor)
        if dry_run:
            return replace(planned, status="planned")
        if not planned.after:
            return replace(planned, status="idle (no-op)", message="all replicas are where they are to be")
        return self._begin(
            planned, lambda: work.carry_out(self._access, planned, throttle, self._tell, self._cancelled)
        )

    def grow(self, brokers: Sequence[int], throttle: int) -> Move:
        """Start brokers, and when they run move partitions of all topics on to them.

        :raises MeridianError: another move is under way.
        """
        self.must_be_free()

        def start() -> None:
            self._tell(message=f"starting broker {named(brokers)}")
            started = self._service.start(brokers, _START_SECONDS)
            if started.status == "timeout":
                raise MeridianError(f"broker {named(brokers)} does not run: {started.message}")
            self._await_up(brokers)
            planned = work.plan(self._access, "add", None, self._running())
            self._show(planned)
            work.carry_out(self._access, planned, throttle, self._tell, self._cancelled)

        return self._begin(Move(kind="add"), start)

    def shrink(self, brokers: Sequence[int], throttle: int, dry_run: bool = False) -> Move:
        """Move all replicas off brokers, stop them, and remove them.

        Repeated after an interruption, it goes on with what is left.

        :raises MeridianError: the others are too few for the replicas, or another move is under way.
        """
        self.must_be_free()
        others = self._running(without=brokers)
        planned = work.plan(self._access, "evacuate", None, others)
        if dry_run:
            return replace(planned, status="planned")

        def evacuate() -> None:
            todo = planned
            for _ in range(_ROUNDS):
                work.carry_out(self._access, todo, throttle, self._tell, self._cancelled)
                todo = work.plan(self._access, "evacuate", None, others)
                if not _holds(todo, brokers):
                    break
                self._show(todo)
            else:
                raise MeridianError(
                    f"broker {named(brokers)} gets new replicas faster than they can be moved"
                )
            self._tell(message=f"stopping broker {named(brokers)}")
            stopped = self._service.stop(brokers, timeout=_STOP_SECONDS)
            if stopped.status == "timeout":
                raise MeridianError(f"broker {named(brokers)} is not stopped: {stopped.message}")
            self._service.remove(brokers)
            self._tell(message=f"broker {named(brokers)} removed")

        return self._begin(planned, evacuate)

    def wait(self, move: Move, timeout: float) -> Move:
        """Wait for a move's end.

        :param timeout: seconds; 0: do not wait.
        :return: how far it is; its status is ``timeout`` when it has not ended in time.
        """
        if not timeout or move.status != "started":
            return move
        with self._changed:
            ended = self._changed.wait_for(lambda: self._move.status != "running", timeout)
            return self._move if ended else replace(self._move, status="timeout")

    def status(self) -> Move:
        """Return the last move, or what an earlier scheduler has begun."""
        if self._now().status == "idle":
            self.resume()
        return self._now()

    def resume(self) -> bool:
        """Take over what an earlier scheduler has begun.

        :return: whether there is such a thing. Without a broker that answers there is not.
        """
        if self._now().status == "running":
            return False
        try:
            found = work.earlier(self._access)
        except MeridianError as error:
            _log.debug("moves of an earlier scheduler: %s", error)
            return False
        if not found:
            return False
        _log.info("taking over moves of %s, which an earlier scheduler has begun", ", ".join(found))
        self._begin(
            Move(kind="earlier", message=f"moves of {', '.join(found)}, begun by an earlier scheduler"),
            lambda: work.watch_earlier(self._access, found, self._tell, self._cancelled),
        )
        return True

    def must_be_free(self) -> None:
        """Refuse to plan while replicas move: nobody knows where they will be if that is cancelled.

        :raises MeridianError: another move is under way.
        """
        if self._now().status == "running" or self.resume():
            raise MeridianError(f"another move is under way: {self._now().text()}")

    def cancel(self) -> Move:
        """Cancel what is under way: what has not moved yet goes back, the bound on traffic is taken away.

        :raises MeridianError: nothing is under way.
        """
        if self._now().status != "running" and not self.resume():
            raise MeridianError("nothing is under way")
        self._cancelled.set()
        if self._thread is not None:
            self._thread.join(_CANCEL_SECONDS)
        return self._now()

    def _now(self) -> Move:
        with self._changed:
            return self._move

    def _begin(self, move: Move, do: Callable[[], None]) -> Move:
        with self._changed:
            if self._move.status == "running":
                raise MeridianError(f"another move is under way: {self._move.text()}")
            self._cancelled.clear()
            left = work.everything(move.after)
            self._move = replace(move, status="running", left=left)
            self._thread = threading.Thread(target=self._run, args=(do,), name="moves", daemon=True)
            self._thread.start()
            return replace(self._move, status="started")

    def _run(self, do: Callable[[], None]) -> None:
        try:
            do()
            self._tell(status="completed", left=())
        except Cancelled:
            self._tell(status="cancelled", message="cancelled; what had not moved is where it was")
        except MeridianError as error:
            _log.warning("moves: %s", error)
            self._tell(status="failed", message=str(error))
        except Exception as error:
            _log.exception("moves")
            self._tell(status="failed", message=f"{type(error).__name__}: {error}")

    def _tell(self, **changes: Any) -> None:
        with self._changed:
            self._move = replace(self._move, **changes)
            self._changed.notify_all()

    def _show(self, planned: Move) -> None:
        left = work.everything(planned.after)
        self._tell(before=planned.before, after=planned.after, left=left, message="")

    def _running(self, without: Sequence[int] = ()) -> Order:
        """Return the scheduler's brokers that are asked to run."""
        return Order(tuple(one.id for one in self._service.brokers() if one.active and one.id not in without))

    def _await_up(self, brokers: Sequence[int]) -> None:
        """Wait until brokers that run have joined the cluster."""
        until = time.monotonic() + _START_SECONDS
        while True:
            try:
                up = cluster.racks(self._access.admin())
            except MeridianError as error:
                _log.debug("moves: %s", error)
                up = {}
            missing = [one for one in brokers if one not in up]
            if not missing:
                return
            if time.monotonic() > until:
                raise MeridianError(f"broker {named(missing)} runs, and has not joined the cluster")
            if self._cancelled.wait(_POLL_SECONDS):
                raise Cancelled


def _holds(planned: Move, brokers: Sequence[int]) -> bool:
    """Return whether a plan moves something off brokers."""
    gone = set(brokers)
    return any(gone & set(ids) for parts in planned.before.values() for ids in parts.values())
