"""Moves as a job: one at a time, waited for, cancelled, taken over."""

import threading
from collections.abc import Callable, Sequence
from typing import Any, cast

import pytest
from kafka_scheduler.kafka import partitions_moves, partitions_work
from kafka_scheduler.kafka.access import KafkaAccess
from kafka_scheduler.kafka.partitions_moves import Moves
from kafka_scheduler.kafka.partitions_planning import Order
from kafka_scheduler.kafka.partitions_work import Cancelled, Move
from kafka_scheduler.kafka.service import KafkaService
from meridian.common.errors import MeridianError

from tests.unit.kafka_scheduler.api.double import Service

PLANNED = Move(
    "rebalance",
    before={"t": {0: (1, 2), 1: (2, 1)}},
    after={"t": {0: (2, 3), 1: (3, 2)}},
    left=("t/0", "t/1"),
)


class Cluster:
    """What the moves would do to a cluster.

    :ivar go_on: lets a move that has begun end.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.planned = PLANNED
        self.earlier: list[str] = []
        self.done: list[Move] = []
        self.problem = ""
        self.go_on = threading.Event()
        self.service = Service()
        for name in ("plan", "carry_out", "earlier", "watch_earlier"):
            monkeypatch.setattr(partitions_work, name, getattr(self, f"_{name}"))
        self.moves = Moves(cast(KafkaAccess, None), cast(KafkaService, self.service))

    def _plan(self, access: Any, kind: str, topics: Any, order: Order, factor: Any = None) -> Move:
        return self.planned

    def _carry_out(
        self, access: Any, planned: Move, throttle: int, tell: Callable[..., None], cancelled: threading.Event
    ) -> None:
        tell(left=("t/1",))
        while not self.go_on.wait(0.01):
            if cancelled.is_set():
                raise Cancelled
        if self.problem:
            raise MeridianError(self.problem)
        self.done.append(planned)
        self.planned = Move(planned.kind)

    def _earlier(self, access: Any) -> list[str]:
        return self.earlier

    def _watch_earlier(
        self, access: Any, topics: Sequence[str], tell: Any, cancelled: threading.Event
    ) -> None:
        self.go_on.wait()
        self.earlier = []

    def place(self, **more: Any) -> Move:
        asked: dict[str, Any] = {"keep": False, "throttle": 1, **more}
        return self.moves.place(["t"], Order((1, 2, 3)), **asked)


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Cluster:
    """Where a move waits for a word to go on."""
    monkeypatch.setattr(partitions_moves, "_POLL_SECONDS", 0.01)
    return Cluster(monkeypatch)


def test_a_dry_run_touches_nothing(cluster: Cluster) -> None:
    planned = cluster.place(dry_run=True)
    assert (planned.status, planned.text()) == ("planned", "2 partitions, 2 replicas to another broker")
    assert cluster.moves.status().status == "idle"


def test_a_move_is_watched_and_ends(cluster: Cluster) -> None:
    begun = cluster.place()
    assert begun.status == "started"
    late = cluster.moves.wait(begun, 0.1)
    assert late.status == "timeout"
    assert late.text().endswith("1 partitions done")
    cluster.go_on.set()
    assert cluster.moves.wait(begun, 10).status == "completed"
    assert cluster.moves.status().left == ()


def test_one_move_at_a_time(cluster: Cluster) -> None:
    cluster.place()
    for other in (cluster.place, lambda: cluster.moves.shrink([1], 1), lambda: cluster.moves.grow([1], 1)):
        with pytest.raises(MeridianError, match="another move is under way: 2 partitions"):
            other()
    cluster.go_on.set()


def test_nothing_to_move_is_no_move(cluster: Cluster) -> None:
    cluster.planned = Move("rebalance")
    assert cluster.place().status == "idle (no-op)"


def test_a_move_is_cancelled(cluster: Cluster) -> None:
    cluster.place()
    assert cluster.moves.cancel().status == "cancelled"
    cluster.go_on.set()
    assert cluster.moves.wait(cluster.place(), 10).status == "completed"
    with pytest.raises(MeridianError, match="nothing is under way"):
        cluster.moves.cancel()


def test_what_went_wrong_is_told(cluster: Cluster) -> None:
    cluster.problem = "reassignment tool: Timeout"
    cluster.go_on.set()
    failed = cluster.moves.wait(cluster.place(), 10)
    assert (failed.status, failed.plain()["error"]) == ("failed", "reassignment tool: Timeout")


def test_what_an_earlier_scheduler_began_is_taken_over(cluster: Cluster) -> None:
    cluster.earlier = ["t"]
    assert cluster.moves.resume()
    assert not cluster.moves.resume()
    now = cluster.moves.status()
    assert (now.status, now.kind) == ("running", "earlier")
    with pytest.raises(MeridianError, match="another move is under way"):
        cluster.place()
    cluster.go_on.set()
    assert cluster.moves.wait(Move(status="started"), 10).status == "completed"


def test_brokers_are_evacuated_stopped_and_removed(cluster: Cluster) -> None:
    from kafka_scheduler.kafka.spec import BrokerSpec

    cluster.service.add([1, 2, 3], BrokerSpec())
    cluster.service.start([1, 2, 3])
    cluster.go_on.set()
    done = cluster.moves.wait(cluster.moves.shrink([3], 1), 10)
    assert (done.status, done.message) == ("completed", "broker 3 removed")
    assert set(cluster.service.views) == {1, 2}
    assert cluster.done == [PLANNED]


def test_brokers_that_are_not_emptied_stay(cluster: Cluster) -> None:
    from kafka_scheduler.kafka.spec import BrokerSpec

    cluster.service.add([1, 2, 3], BrokerSpec())
    cluster.service.start([1, 2, 3])
    cluster.problem = "Kafka refuses"
    cluster.go_on.set()
    assert cluster.moves.wait(cluster.moves.shrink([3], 1), 10).status == "failed"
    assert cluster.service.views[3].active


def test_new_brokers_that_do_not_start_get_nothing(cluster: Cluster) -> None:
    from kafka_scheduler.kafka.spec import BrokerSpec

    cluster.service.add([4], BrokerSpec())
    cluster.service.stuck = {4}
    failed = cluster.moves.wait(cluster.moves.grow([4], 1), 10)
    assert failed.status == "failed"
    assert "cpus 2.0 wanted" in failed.message
    assert cluster.done == []
