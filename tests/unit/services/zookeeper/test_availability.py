"""May this server stop?"""

from meridian.services.zookeeper.availability import why_not_stop


def test_a_server_stops_only_while_the_others_are_a_majority() -> None:
    assert why_not_stop(1, {1, 2, 3}, {1, 2, 3}) == ""
    assert why_not_stop(1, {1, 2, 3}, {1, 2}) == "without it 1 of 3 servers are left, which is no majority"
    assert why_not_stop(3, {1, 2, 3}, {1, 2}) == ""
    assert why_not_stop(1, {1}, {1}) == ""
    assert why_not_stop(1, {1, 2, 3, 4, 5}, {1, 2, 3, 4}) == ""


def test_a_server_without_a_vote_does_not_count() -> None:
    assert why_not_stop(1, {1, 2, 3}, {1, 2, 4}) != ""
    assert why_not_stop(4, {1, 2, 3}, {1, 2, 4}) == ""
