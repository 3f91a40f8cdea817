"""Where replicas go: evenly, over racks, and with as few moves as that takes."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kafka_scheduler.kafka.partitions_planning import Order, Replicas, assign, moved, realign, rebalance
from meridian.common.errors import MeridianError

RACKS = {one: "abc"[one % 3] for one in range(6)}
ALL = Order(tuple(range(6)))


def after(current: Replicas, changes: Replicas) -> dict[str, dict[int, tuple[int, ...]]]:
    return {topic: {**parts, **changes.get(topic, {})} for topic, parts in current.items()}


def load(placed: Replicas) -> Counter[int]:
    return Counter(one for parts in placed.values() for ids in parts.values() for one in ids)


def leaders(placed: Replicas) -> Counter[int]:
    return Counter(ids[0] for parts in placed.values() for ids in parts.values())


def spread(counts: Counter[int], brokers: Order) -> int:
    numbers = [counts[one] for one in brokers.brokers]
    return max(numbers) - min(numbers)


def test_new_partitions_take_turns_over_brokers_and_racks() -> None:
    placed = {"t": assign("t", range(12), 3, ALL, RACKS)}
    assert spread(load(placed), ALL) == 0
    assert spread(leaders(placed), ALL) == 0
    assert all({RACKS[one] for one in ids} == {"a", "b", "c"} for ids in placed["t"].values())


def test_the_first_broker_and_the_first_partition_may_be_named() -> None:
    assert [ids[0] for ids in assign("t", range(3), 2, Order((5, 6, 7), 1), {}).values()] == [6, 7, 5]
    assert [ids[0] for ids in assign("t", range(3), 2, Order((5, 6, 7), 1, 2), {}).values()] == [5, 6, 7]


def test_followers_differ_from_turn_to_turn() -> None:
    placed = assign("t", range(12), 2, Order((1, 2, 3, 4), 0), {})
    assert len({ids for ids in placed.values() if ids[0] == 1}) == 3


def test_the_same_is_planned_each_time() -> None:
    current = {"t": {0: (0, 1, 2), 1: (0, 1, 2)}, "u": {0: (0, 1, 2)}}
    assert rebalance(current, ALL, RACKS) == rebalance(current, ALL, RACKS)
    assert rebalance(after(current, rebalance(current, ALL, RACKS)), ALL, RACKS) == {}


def test_what_is_well_stays() -> None:
    current = {"t": assign("t", range(6), 3, ALL, RACKS)}
    assert realign(current, ALL, RACKS) == {}


def test_new_brokers_get_their_share_and_nothing_else_moves() -> None:
    old = Order((0, 1, 2))
    current = {name: assign(name, range(6), 3, old, RACKS) for name in ("t", "u")}
    planned = realign(current, ALL, RACKS)
    placed = after(current, planned)
    assert spread(load(placed), ALL) == 0
    assert spread(leaders(placed), ALL) <= 1
    assert moved(current, planned) == 18  # half of 36 replicas
    assert all({RACKS[one] for one in ids} == {"a", "b", "c"} for t in placed.values() for ids in t.values())


def test_a_broker_is_evacuated_and_what_is_on_others_stays() -> None:
    current = {"t": assign("t", range(6), 3, ALL, RACKS), "u": {0: (1, 2, 3)}}
    planned = realign(current, Order((0, 1, 2, 3, 4)), RACKS, even=False)
    placed = after(current, planned)
    assert load(placed)[5] == 0
    assert moved(current, planned) == load(current)[5]
    for topic, parts in planned.items():
        for number, ids in parts.items():
            assert [one for one in current[topic][number] if one != 5] == [
                one for one in ids if one in current[topic][number]
            ]


def test_too_few_brokers_are_told() -> None:
    current = {"t": {0: (1, 2, 3)}}
    with pytest.raises(MeridianError, match="topic t: 3 replicas need 3 brokers"):
        realign(current, Order((1, 2)), RACKS)
    with pytest.raises(MeridianError, match="topic t: 3 replicas need 3 brokers"):
        rebalance(current, Order((1, 2)), RACKS)


def test_the_number_of_replicas_changes() -> None:
    current = {"t": {0: (0, 1), 1: (1, 2)}}
    more = realign(current, ALL, RACKS, 3)
    assert all(len(ids) == 3 for ids in more["t"].values())
    less = after(current, realign(current, ALL, RACKS, 1))
    assert {len(ids) for ids in less["t"].values()} == {1}
    assert moved(current, less) <= 1


_replicas = st.lists(st.integers(0, 7), min_size=1, max_size=4, unique=True).map(tuple)
_topics = st.dictionaries(
    st.sampled_from("tuvw"), st.dictionaries(st.integers(0, 5), _replicas, min_size=1), min_size=1
)


@given(
    _topics,
    st.sets(st.integers(0, 9), min_size=4, max_size=8),
    st.dictionaries(st.integers(0, 9), st.sampled_from(["a", "b", "c", ""])),
)
def test_any_placement_is_made_right_and_then_stays(
    current: dict[str, dict[int, tuple[int, ...]]], brokers: set[int], racks: dict[int, str]
) -> None:
    order = Order(tuple(sorted(brokers)))
    placed = after(current, realign(current, order, racks))
    for topic, parts in placed.items():
        for number, ids in parts.items():
            assert len(set(ids)) == len(ids) == len(current[topic][number])
            assert set(ids) <= brokers
    if not any(racks.get(one) for one in brokers):
        assert spread(load(placed), order) <= 1 + len(current)
    assert realign(placed, order, racks) == {}


@given(_topics)
def test_an_evacuation_leaves_alone_what_is_elsewhere(
    current: dict[str, dict[int, tuple[int, ...]]],
) -> None:
    assert realign(current, Order(tuple(range(8))), {}, even=False) == {}
