"""Where replicas go when their number changes."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from meridian.common.errors import MeridianError
from meridian.services.kafka.placement import place

RACKS = {1: "a", 2: "b", 3: "c", 4: "a", 5: "b", 6: "c"}


def test_new_replicas_go_to_racks_that_have_none() -> None:
    placed = place("t", {0: (1,), 1: (2,)}, RACKS, 3)
    for brokers in placed.values():
        assert {RACKS[one] for one in brokers} == {"a", "b", "c"}


def test_replicas_that_are_there_stay_and_so_does_the_preferred_leader() -> None:
    assert place("t", {0: (5, 4)}, RACKS, 3)[0][:2] == (5, 4)
    assert place("t", {0: (3, 1, 2)}, {1: "a", 2: "b", 3: "c"}, 2)[0][0] == 3


def test_partitions_that_are_right_are_left_alone() -> None:
    assert place("t", {0: (1, 2, 3), 1: (1, 4, 2)}, RACKS, 3) == {}


def test_one_too_many_goes_from_the_fullest_rack() -> None:
    assert place("t", {0: (1, 2, 5, 3)}, RACKS, 3)[0] in ((1, 2, 3), (1, 5, 3))


def test_brokers_without_racks_are_filled_evenly() -> None:
    placed = place("t", dict.fromkeys(range(6), (1,)), dict.fromkeys(range(1, 5), ""), 2)
    second = Counter(brokers[1] for brokers in placed.values())
    assert second == {2: 2, 3: 2, 4: 2}


def test_between_brokers_that_are_alike_the_one_with_less_of_other_topics_is_taken() -> None:
    racks = dict.fromkeys(range(1, 5), "")
    assert place("t", {0: (1,)}, racks, 2, others={2: 5, 3: 1, 4: 5}) == {0: (1, 3)}


def test_too_few_brokers_are_told() -> None:
    with pytest.raises(MeridianError, match="3 replicas need 3 brokers, 2 are up"):
        place("t", {0: (1,)}, {1: "a", 2: "b"}, 3)


@given(
    st.dictionaries(
        st.integers(0, 9), st.lists(st.sampled_from(sorted(RACKS)), min_size=1, max_size=6, unique=True)
    ),
    st.integers(1, 6),
)
def test_each_partition_gets_as_many_different_brokers_as_wanted(
    replicas: dict[int, list[int]], factor: int
) -> None:
    placed = place("t", replicas, RACKS, factor)
    assert set(placed) == {number for number, brokers in replicas.items() if len(brokers) != factor}
    for number, brokers in placed.items():
        assert len(set(brokers)) == factor
        assert brokers[0] == replicas[number][0]
        if factor > len(replicas[number]):
            assert set(replicas[number]) <= set(brokers)
