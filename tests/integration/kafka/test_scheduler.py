"""What the scheduler does with topics, partitions and quotas, on real brokers."""

from collections.abc import Sequence
from typing import Any, cast

import pytest
from confluent_kafka import Producer
from kafka_scheduler.kafka.access import KafkaAccess
from kafka_scheduler.kafka.partitions_moves import Moves
from kafka_scheduler.kafka.partitions_planning import Order
from kafka_scheduler.kafka.quotas import Quotas
from kafka_scheduler.kafka.service import KafkaService
from kafka_scheduler.kafka.spec import BrokerSpec
from kafka_scheduler.kafka.topics import NewTopics, Topics
from kafka_scheduler.kafka.views import BrokerView, Outcome
from meridian.common.errors import MeridianError
from meridian.services.kafka import cluster, reassignment

from tests.integration.kafka.conftest import Lab
from tests.waiting import wait_until

MB = 2**20
FAST, SLOW = 50 * MB, 20_000
# A busy machine takes its time for a JVM.
_MOVED_SECONDS = 300


class Service:
    """The brokers of the lab as a scheduler's own."""

    def __init__(self) -> None:

        self.views = {one: BrokerView(one, BrokerSpec(), True, "running") for one in (1, 2, 3)}
        self.stopped: list[int] = []

    def brokers(self) -> tuple[BrokerView, ...]:
        return tuple(self.views.values())

    def start(self, ids: Sequence[int], timeout: float) -> Outcome:

        return Outcome("started", self.brokers())

    def stop(self, ids: Sequence[int], force: bool = False, timeout: float = 60) -> Outcome:

        self.stopped += ids
        return Outcome("stopped", self.brokers())

    def remove(self, ids: Sequence[int]) -> None:
        for one in ids:
            del self.views[one]


class Scheduler:
    """The scheduler's operations over the lab."""

    def __init__(self, lab: Lab) -> None:

        self.lab = lab
        self.access = KafkaAccess(lambda: lab.bootstrap, lambda: lab.admin, lab.tls, lab.arguments)
        self.service = Service()
        self.topics, self.quotas = Topics(self.access), Quotas(self.access)
        self.moves = self.another()

    def another(self) -> Moves:
        """Return what an instance that has just been elected knows of moves: nothing."""

        return Moves(self.access, cast(KafkaService, self.service))

    def add(self, name: str, brokers: Sequence[int], partitions: int = 2, replicas: int = 2) -> None:

        options = {"min.insync.replicas": "1"}
        order = Order(tuple(brokers), 0)
        self.topics.add(NewTopics((name,), partitions, replicas, options, order))

    def place(self, name: str, brokers: Sequence[int], throttle: int = FAST, **more: Any) -> Any:

        asked: dict[str, Any] = {"keep": True, **more}
        return self.moves.place([name], Order(tuple(brokers)), throttle=throttle, **asked)

    def replicas(self, name: str) -> dict[int, tuple[int, ...]]:
        (found,) = self.topics.describe([name])
        return dict(found.partitions)

    def fill(self, name: str, megabytes: int) -> None:
        """Write records, so that moving them takes some time."""
        producer = Producer({"bootstrap.servers": self.lab.bootstrap, **self.lab.tls.librdkafka()})
        for number in range(megabytes * 10):
            producer.produce(name, bytes(100_000), partition=number % 2)
            producer.poll(0)
        assert producer.flush(60) == 0


@pytest.fixture
def scheduler(lab: Lab) -> Scheduler:
    """Over a cluster where all is well."""
    lab.healthy()
    return Scheduler(lab)


def test_topics_are_added_changed_grown_and_deleted(scheduler: Scheduler) -> None:
    scheduler.add("placed", (3, 1), partitions=4)
    assert scheduler.replicas("placed") == {0: (3, 1), 1: (1, 3), 2: (3, 1), 3: (1, 3)}
    with pytest.raises(MeridianError, match="topic placed: there is one of that name already"):
        scheduler.add("placed", (1, 2))
    (found,) = scheduler.topics.update(["placed"], {"retention.ms": "60000", "min.insync.replicas": None})
    assert found.options == {"retention.ms": "60000"}
    with pytest.raises(MeridianError, match=r"retention\.ms"):
        scheduler.topics.update(["placed"], {"retention.ms": "soon"})
    scheduler.topics.grow(["placed"], 6, [2, 3])
    wait_until("it has grown", lambda: len(scheduler.replicas("placed")) == 6)
    assert set(scheduler.replicas("placed")[5]) == {2, 3}

    def pairs() -> set[tuple[int, ...]]:
        (listed,) = scheduler.topics.partitions(["placed"]).values()
        return {tuple(sorted(one["replicas"])) for one in listed}

    wait_until("its new partitions are listed", lambda: pairs() == {(1, 3), (2, 3)})
    with pytest.raises(MeridianError, match="can only become more"):
        scheduler.topics.grow(["placed"], 6)
    scheduler.topics.delete("placed", "placed")
    wait_until("it is deleted", lambda: "placed" not in scheduler.topics.names())


def test_a_topic_that_could_never_be_written_is_refused(scheduler: Scheduler) -> None:
    with pytest.raises(MeridianError, match=r"1 replicas are less than min\.insync\.replicas 2"):
        scheduler.topics.add(NewTopics(("single",), 1, 1))
    (made,) = scheduler.topics.add(NewTopics(("by-default",), 1))
    assert len(made.partitions[0]) == 3


def test_a_move_is_planned_first_then_carried_out_and_leaves_no_bound(scheduler: Scheduler) -> None:
    scheduler.add("moved", (1, 2), partitions=4)
    before = scheduler.replicas("moved")
    planned = scheduler.place("moved", (2, 3), dry_run=True)
    assert planned.status == "planned"
    assert scheduler.replicas("moved") == before
    done = scheduler.moves.wait(scheduler.place("moved", (2, 3)), _MOVED_SECONDS)
    assert (done.status, done.left) == ("completed", ()), done.message
    wait_until("it has moved", lambda: scheduler.replicas("moved") == {**before, **planned.after["moved"]})
    assert {one for ids in planned.after["moved"].values() for one in ids} == {2, 3}
    wait_until("nothing is bounded", lambda: not reassignment.throttled(scheduler.lab.admin, "moved"))
    again = scheduler.place("moved", (2, 3))
    assert again.status == "idle (no-op)"
    wait_until(
        "preferred leaders lead",
        lambda: all(
            one["leader"] == one["expectedLeader"] for one in scheduler.topics.partitions(["moved"])["moved"]
        ),
    )


def test_rebalance_places_anew_with_another_number_of_replicas(scheduler: Scheduler) -> None:
    scheduler.add("widened-anew", (1, 2), partitions=3)
    done = scheduler.moves.wait(
        scheduler.place("widened-anew", (1, 2, 3), keep=False, replicas=3), _MOVED_SECONDS
    )
    assert done.status == "completed", done.message
    wait_until(
        "each has three replicas",
        lambda: {tuple(sorted(ids)) for ids in scheduler.replicas("widened-anew").values()} == {(1, 2, 3)},
    )
    scheduler.topics.update(["widened-anew"], {"min.insync.replicas": "3"})
    with pytest.raises(MeridianError, match=r"2 replicas cannot satisfy its min\.insync\.replicas 3"):
        scheduler.place("widened-anew", (1, 2, 3), replicas=2)


def test_a_move_that_is_cancelled_is_undone_cleanly(scheduler: Scheduler) -> None:
    scheduler.add("cancelled", (1, 2))
    scheduler.fill("cancelled", 10)
    before = scheduler.replicas("cancelled")
    assert scheduler.place("cancelled", (3, 1), throttle=SLOW).status == "started"
    wait_until("it is under way", lambda: bool(reassignment.under_way(scheduler.access.reassign_tool())))
    assert scheduler.moves.status().status == "running"
    with pytest.raises(MeridianError, match="another move is under way"):
        scheduler.place("cancelled", (2, 3))
    assert scheduler.moves.cancel().status == "cancelled"
    wait_until("it is undone", lambda: scheduler.replicas("cancelled") == before)
    wait_until("nothing is bounded", lambda: not reassignment.throttled(scheduler.lab.admin, "cancelled"))
    wait_until("nothing moves", lambda: reassignment.under_way(scheduler.access.reassign_tool()) == {})
    with pytest.raises(MeridianError, match="nothing is under way"):
        scheduler.moves.cancel()


def test_a_new_leader_ends_what_an_earlier_one_has_begun(scheduler: Scheduler) -> None:
    scheduler.add("inherited", (1, 2))
    planned = scheduler.place("inherited", (2, 3), dry_run=True)
    reassignment.start(scheduler.access.reassign_tool(), planned.after, FAST)
    wait_until("its traffic is bounded", lambda: reassignment.throttled(scheduler.lab.admin, "inherited"))
    other = scheduler.another()
    other.status()
    wait_until("it is completed", lambda: other.status().status == "completed")
    wait_until(
        "its replicas have moved",
        lambda: planned.after["inherited"].items() <= scheduler.replicas("inherited").items(),
    )
    wait_until("nothing is bounded", lambda: not reassignment.throttled(scheduler.lab.admin, "inherited"))


def test_a_new_leader_can_cancel_what_an_earlier_one_has_begun(scheduler: Scheduler) -> None:
    scheduler.add("disowned", (1, 2))
    scheduler.fill("disowned", 10)
    planned = scheduler.place("disowned", (3, 1), dry_run=True)
    reassignment.start(scheduler.access.reassign_tool(), planned.after, SLOW)
    other = scheduler.another()
    wait_until("it is known", lambda: other.status().status == "running")
    assert other.status().kind == "earlier"
    assert other.cancel().status == "cancelled"
    # Kafka puts replicas back in an order of its own; the plan, which knew the former one, is gone.
    wait_until(
        "its replicas are where they were",
        lambda: [set(ids) for ids in scheduler.replicas("disowned").values()] == [{1, 2}, {1, 2}],
    )
    wait_until("nothing is bounded", lambda: not reassignment.throttled(scheduler.lab.admin, "disowned"))


def test_quotas_are_set_listed_and_taken_away(scheduler: Scheduler) -> None:
    quotas = scheduler.quotas
    (made,) = quotas.assign("clients", "batch job", {"producer_byte_rate": 1000, "consumer_byte_rate": 2000})
    assert made.plain() == {
        "entityType": "clients",
        "entity": "batch job",
        "producerByteRate": 1000,
        "consumerByteRate": 2000,
    }
    quotas.assign("users", "<default>", {"consumer_byte_rate": 5000})
    both = {("clients", "batch job"), ("users", "<default>")}
    wait_until("both are listed", lambda: {(one.kind, one.entity) for one in quotas.listed()} == both)
    (left,) = quotas.assign("clients", "batch job", {"producer_byte_rate": None})
    assert left.rates == {"consumer_byte_rate": 2000}
    assert quotas.assign("clients", "batch job", {"consumer_byte_rate": None}) == []
    assert quotas.assign("users", "<default>", {"consumer_byte_rate": None}) == []
    wait_until("none is listed", lambda: quotas.listed() == [])


def test_a_broker_is_evacuated_stopped_and_removed_when_others_can_hold_it_all(scheduler: Scheduler) -> None:
    with pytest.raises(MeridianError, match="replicas need"):
        scheduler.moves.shrink([3], FAST, dry_run=True)
    for name in scheduler.topics.names():
        scheduler.topics.delete(name, name)
    wait_until("all are deleted", lambda: scheduler.topics.names() == [])
    scheduler.add("kept", (1, 2, 3), partitions=3)
    done = scheduler.moves.wait(scheduler.moves.shrink([3], FAST), _MOVED_SECONDS)
    assert done.status == "completed", done.message
    assert scheduler.service.stopped == [3]
    assert set(scheduler.service.views) == {1, 2}

    def holders() -> set[int]:
        return {one for part in cluster.describe(scheduler.lab.admin).partitions for one in part.replicas}

    wait_until("broker 3 holds nothing", lambda: holders() == {1, 2})


def test_new_brokers_get_their_share_once_they_run(scheduler: Scheduler) -> None:
    scheduler.add("shared", (1, 2), partitions=6)
    done = scheduler.moves.wait(scheduler.moves.grow([3], FAST), _MOVED_SECONDS)
    assert done.status == "completed", done.message

    def shares() -> set[int]:
        held = [one for ids in scheduler.replicas("shared").values() for one in ids]
        return {held.count(one) for one in (1, 2, 3)}

    wait_until("each has its share", lambda: shares() == {4})
