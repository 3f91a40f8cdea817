"""May this server stop, join, leave?"""

from meridian.zookeeper.availability import why_not_join, why_not_leave, why_not_stop


def test_a_server_stops_only_while_the_others_are_a_majority() -> None:
    assert why_not_stop(1, {1, 2, 3}, {1, 2, 3}) == ""
    assert why_not_stop(1, {1, 2, 3}, {1, 2}) == "without it 1 of 3 servers are left, which is no majority"
    assert why_not_stop(3, {1, 2, 3}, {1, 2}) == ""
    assert why_not_stop(1, {1}, {1}) == ""
    assert why_not_stop(1, {1, 2, 3, 4, 5}, {1, 2, 3, 4}) == ""


def test_a_server_without_a_vote_does_not_count() -> None:
    assert why_not_stop(1, {1, 2, 3}, {1, 2, 4}) != ""
    assert why_not_stop(4, {1, 2, 3}, {1, 2, 4}) == ""


def test_a_server_joins_when_it_has_caught_up() -> None:
    assert why_not_join(4, {1, 2, 3}, {1, 2, 3, 4}) == ""
    assert why_not_join(4, {1, 2, 3}, {1, 2, 3}) == "it has not caught up with the leader"
    assert why_not_join(2, {1}, {1, 2}) == ""


def test_a_server_leaves_only_when_those_who_remain_are_a_majority() -> None:
    assert why_not_leave(5, {1, 2, 3, 4, 5}, {1, 2, 3}) == ""
    assert (
        why_not_leave(1, {1, 2, 3}, {1, 3}) == "1 of the 2 servers that remain are up, which is no majority"
    )
