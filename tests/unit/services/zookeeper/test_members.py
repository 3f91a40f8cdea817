"""Who belongs to an ensemble, and how one list becomes another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from meridian.common.errors import MeridianError
from meridian.services.zookeeper.availability import majority
from meridian.services.zookeeper.members import Member, Membership, parse, render, starting_with, steps


def members(*numbers: int) -> dict[int, Member]:
    return {number: Member(number, f"masters-{number}.us-east.local") for number in numbers}


def test_what_the_ensemble_keeps_is_read() -> None:
    found = parse(
        "server.1=masters-1.us-east.local:2888:3888:participant\n"
        "server.2=masters-2.us-east.local:2888:3888:participant;0.0.0.0:2181\n"
        "server.3=[::1]:2888:3888\n"
        "version=10000000a\n"
    )
    assert found.version == 0x10000000A
    assert found.members[1] == members(1)[1]
    assert [one.host for one in found.members.values()][1:] == ["masters-2.us-east.local", "[::1]"]
    assert parse(render(found.members)) == Membership(0, found.members)


def test_what_is_no_list_of_members_is_refused() -> None:
    with pytest.raises(MeridianError, match=r"no server and no version: 'clientPort=2181'"):
        parse("clientPort=2181\n")


def test_a_new_ensemble_starts_with_all_and_one_that_comes_later_with_itself_only() -> None:
    wanted = members(1, 2, 3, 4, 5)
    assert parse(starting_with(wanted[4], wanted, None)).members == wanted
    established = Membership(7, members(1, 2, 3))
    assert parse(starting_with(wanted[4], wanted, established)).members == members(1, 2, 3, 4)
    assert parse(starting_with(wanted[2], wanted, established)).members == members(1, 2, 3)


def test_who_comes_comes_first_and_the_leader_goes_last() -> None:
    told = [str(step) for step in steps(members(1, 2, 3), members(3, 4, 5), leader=1)]
    assert told == [
        "server 4 (masters-4.us-east.local) joins",
        "server 5 (masters-5.us-east.local) joins",
        "server 2 leaves",
        "server 1 leaves",
    ]
    assert steps(members(1, 2, 3), members(1, 2, 3), leader=2) == []


def test_a_server_at_another_address_joins_again() -> None:
    moved = {**members(1, 2), 3: Member(3, "elsewhere")}
    assert [str(step) for step in steps(members(1, 2, 3), moved, leader=3)] == ["server 3 (elsewhere) joins"]


NUMBERS = st.sets(st.integers(1, 9), min_size=1)


@given(NUMBERS, NUMBERS, st.integers(1, 9))
def test_majorities_before_and_after_each_step_have_a_server_in_common(
    now: set[int], wanted: set[int], leader: int
) -> None:
    here = members(*now)
    for step in steps(here, members(*wanted), leader):
        before = dict(here)
        if step.joining is not None:
            here[step.joining.id] = step.joining
        else:
            del here[step.leaving or 0]
        assert majority(before) + majority(here) > len(before.keys() | here.keys())
    assert here == members(*wanted)
