"""Which units do not stay up, and what is said of them."""

import pytest
from meridian.common.errors import MeridianError
from meridian.node.facts import loops

NOW = 1000.0


def unit(active: str, sub: str, restarts: int, up: float = 0.0) -> dict[str, str]:
    since = int((NOW - up) * 1e6)
    return {
        "ActiveState": active,
        "SubState": sub,
        "NRestarts": str(restarts),
        "ActiveEnterTimestampMonotonic": str(since),
    }


@pytest.mark.parametrize(
    ("of", "stays"),
    [
        (unit("active", "running", 0, 1), True),
        (unit("active", "running", 0, 5000), True),
        # Its peers were not there yet.
        (unit("active", "running", 2, 1), True),
        (unit("active", "running", 15, 3), False),
        (unit("active", "running", 15, 60), True),
        (unit("activating", "auto-restart", 1), False),
        (unit("activating", "auto-restart", 0), False),
        (unit("activating", "start", 0), True),
        (unit("activating", "start", 7), False),
        (unit("failed", "failed", 0), False),
        (unit("inactive", "dead", 9), True),
    ],
)
def test_a_unit_that_is_started_again_and_again_does_not_stay(of: dict[str, str], stays: bool) -> None:
    assert loops.stays(of, NOW) is stays


def test_what_does_not_stay_is_named_with_node_count_and_last_line() -> None:
    found = {"unit": "meridian-marathon", "restarts": 15, "line": "no libmesos.so"}
    assert loops.told("masters-1.us-east.local", found) == (
        "masters-1.us-east.local: meridian-marathon was started again 15 times; it said last: no libmesos.so"
    )


def test_the_line_that_tells_is_the_last_error_or_the_last() -> None:
    assert loops.telling(["ERROR cannot bind", "  ", "stopping", ""]) == "ERROR cannot bind"
    assert loops.telling(["one", "two"]) == "two"
    assert loops.telling([]) == ""


def test_a_unit_that_comes_to_rest_in_time_is_waited_for() -> None:
    looks = [[{"unit": "a", "restarts": 4, "line": "x"}], []]
    loops.must_stay("n", "a", 30, lambda _: looks.pop(0))
    assert not looks


def test_a_unit_that_does_not_is_refused() -> None:
    with pytest.raises(MeridianError, match=r"^n: a was started again 4 times; it said last: x$"):
        loops.must_stay("n", "a", 0, lambda _: [{"unit": "a", "restarts": 4, "line": "x"}])
