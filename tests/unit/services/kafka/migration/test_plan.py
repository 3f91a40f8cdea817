"""What is left of a migration, whatever state a cluster is in."""

from collections import Counter
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from meridian.common.errors import MeridianError
from meridian.services.kafka.cluster import Cluster, Partition
from meridian.services.kafka.migration.model import Key, Plan, State
from meridian.services.kafka.migration.plan import left_behind, plan

RACKS = {1: "a", 2: "b", 3: "c", 4: "a", 5: "b", 6: "c"}
OLD, NEW = (1, 2, 3), (4, 5, 6)


def state(
    partitions: Mapping[Key, Sequence[int]],
    up: Sequence[int] = (1, 2, 3, 4, 5, 6),
    registered: Sequence[int] = (1, 2, 3, 4, 5, 6),
    leaving: Mapping[Key, Sequence[int]] | None = None,
    throttled: Sequence[str] = (),
) -> State:
    parts = tuple(
        Partition(topic, number, replicas[0] if replicas else None, tuple(replicas), tuple(sorted(replicas)))
        for (topic, number), replicas in sorted(partitions.items())
    )
    brokers = {one: f"host-{one}:9092" for one in up}
    gone = {key: frozenset(brokers) for key, brokers in (leaving or {}).items()}
    racks = {one: RACKS[one] for one in up}
    return State(Cluster("id", brokers, parts), racks, frozenset(registered), gone, frozenset(throttled))


def spread(count: int, brokers: Sequence[int] = OLD, topic: str = "t") -> dict[Key, list[int]]:
    return {(topic, n): [brokers[(n + i) % len(brokers)] for i in range(3)] for n in range(count)}


def done(partitions: Mapping[Key, Sequence[int]], todo: Plan) -> dict[Key, Sequence[int]]:
    return {**partitions, **{(move.topic, move.partition): move.to for move in todo.moves}}


def test_all_replicas_go_to_new_brokers_rack_for_rack_and_leaders_stay_spread() -> None:
    partitions = spread(12)
    todo = plan(state(partitions), OLD, NEW)
    assert len(todo.moves) == 12
    for move in todo.moves:
        assert set(move.to) == set(NEW)
    assert Counter(move.to[0] for move in todo.moves) == {4: 4, 5: 4, 6: 4}
    assert not plan(state(done(partitions, todo)), OLD, NEW).moves


def test_what_is_on_other_brokers_stays() -> None:
    todo = plan(state({("t", 0): [2, 1, 4], ("t", 1): [4, 5, 6]}), [1], [5, 6])
    (move,) = todo.moves
    assert (move.partition, move.to) == (0, (2, 6, 4)), "in the place and rack that the old one leaves free"


@pytest.mark.parametrize(("count", "batch", "sizes"), [(5, 2, [2, 2, 1]), (4, 4, [4]), (0, 3, [])])
def test_batches_are_bounded(count: int, batch: int, sizes: list[int]) -> None:
    assert [len(one) for one in plan(state(spread(count)), OLD, NEW, batch).batches] == sizes


def test_nothing_moves_before_each_new_broker_is_up() -> None:
    todo = plan(state(spread(3), up=(1, 2, 3, 4)), OLD, NEW)
    assert (todo.missing, todo.moves) == ((5, 6), ())


def test_an_interrupted_move_is_gone_on_with_first_and_to_where_it_was_going() -> None:
    partitions = {("t", 0): [1, 2, 3], ("t", 1): [6, 4, 5, 1, 2, 3]}
    todo = plan(state(partitions, leaving={("t", 1): [1, 2, 3]}, throttled=["t"]), OLD, NEW, batch=1)
    assert [move.partition for move in todo.moves] == [1, 0]
    assert todo.moves[0].to == (6, 4, 5)
    assert todo.settle == (), "the bound is taken away with the moves"


def test_a_bound_that_an_interrupted_run_left_is_taken_away() -> None:
    todo = plan(state({("t", 0): [4, 5, 6]}, throttled=["t"]), OLD, NEW)
    assert (todo.moves, todo.settle) == ((), ("t",))


def test_undoing_cancels_what_is_under_way_and_leaves_what_has_not_begun() -> None:
    partitions = {("t", 0): [1, 2, 3], ("t", 1): [6, 4, 5, 1, 2, 3], ("t", 2): [5, 6, 4]}
    seen = state(partitions, leaving={("t", 1): [1, 2, 3]}, throttled=["t"])
    undo = plan(seen, NEW, OLD)
    assert [move.partition for move in undo.cancel] == [1]
    assert [move.partition for move in undo.moves] == [2]
    assert set(undo.moves[0].to) == set(OLD)
    assert undo.settle == ()


@pytest.mark.parametrize(
    ("up", "registered", "stop", "unregister"),
    [
        ((1, 2, 3, 4, 5, 6), (1, 2, 3, 4, 5, 6), (1, 2, 3), ()),
        ((2, 3, 4, 5, 6), (1, 2, 3, 4, 5, 6), (2, 3), (1,)),
        ((4, 5, 6), (2, 4, 5, 6), (), (2,)),
        ((4, 5, 6), (4, 5, 6), (), ()),
    ],
)
def test_old_brokers_leave_one_by_one_until_nothing_is_left(
    up: tuple[int, ...], registered: tuple[int, ...], stop: tuple[int, ...], unregister: tuple[int, ...]
) -> None:
    todo = plan(state(spread(3, NEW), up, registered), OLD, NEW)
    assert (todo.stop, todo.unregister) == (stop, unregister)
    assert bool(todo) == bool(stop or unregister)


@pytest.mark.parametrize(
    ("seen", "old", "new", "message"),
    [
        (state(spread(1)), (1, 2), (2, 4), "broker 2 is to leave and to join at once"),
        (state(spread(1)), (1,), (), "name the ids of the new ones"),
        (state({("t", 0): []}), OLD, NEW, r"partition t/0 has no leader \(1 have none\)"),
        (
            state(spread(1)),
            OLD,
            (4, 5),
            r"partition t/0 has 3 replicas, which the new brokers are too few for",
        ),
    ],
)
def test_what_cannot_be_done_is_told(
    seen: State, old: tuple[int, ...], new: tuple[int, ...], message: str
) -> None:
    with pytest.raises(MeridianError, match=message):
        plan(seen, old, new)


def test_steps_are_told_in_their_order() -> None:
    assert plan(state(spread(3)), OLD, NEW, batch=2).steps() == [
        "move 2 partitions: t",
        "move 1 partitions: t",
        *(f"stop broker {broker}" for broker in OLD),
        *(f"unregister broker {broker}" for broker in OLD),
    ]


def test_a_partition_on_an_old_broker_is_named() -> None:
    assert left_behind(state({("t", 0): [4, 5, 6], ("u", 1): [4, 5, 1]}), OLD) == ["u/1"]


REPLICAS = st.lists(st.sampled_from(sorted(RACKS)), min_size=1, max_size=3, unique=True)


@given(st.dictionaries(st.tuples(st.sampled_from("tu"), st.integers(0, 30)), REPLICAS, max_size=40))
def test_no_replica_is_lost_doubled_or_left_behind(partitions: dict[Key, list[int]]) -> None:
    seen = state(partitions)
    todo = plan(seen, OLD, NEW, batch=7)
    after = done(partitions, todo)
    for key, replicas in after.items():
        assert len(replicas) == len(set(replicas)) == len(partitions[key])
        assert not set(replicas) & set(OLD)
        for before, now in zip(partitions[key], replicas, strict=True):
            assert before in OLD or before == now
    assert not plan(state(after), OLD, NEW).moves
