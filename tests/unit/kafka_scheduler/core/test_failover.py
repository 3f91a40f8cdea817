"""When what failed is tried again."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kafka_scheduler.core.failover import delay, failed
from kafka_scheduler.core.model import Instance, Requirement, Task, TaskState

from tests.unit.kafka_scheduler.core.build import NOW, instance

QUICK = Requirement(failover_delay=60, failover_max_delay=600, failover_max_tries=4)


@pytest.mark.parametrize(
    ("failures", "seconds"), [(0, 0), (1, 60), (2, 120), (3, 240), (4, 480), (5, 600), (1000, 600)]
)
def test_the_delay_doubles_up_to_the_longest(failures: int, seconds: float) -> None:
    assert delay(60, 600, failures) == seconds


def after(one: Instance, ran: float) -> Instance:
    """Return an instance whose task failed after it ran for some seconds; 0: it never ran."""
    running = NOW - ran if ran else 0.0
    task = Task("t", "a", "a", TaskState.RUNNING, {}, running_since=running)
    return replace(failed(replace(one, task=task), NOW, "failed"), task=None)


def test_failures_in_a_row_are_counted_and_the_last_deactivates() -> None:
    one = instance(requirement=QUICK)
    seen = []
    for _ in range(4):
        one = after(one, 1)
        seen.append((one.failures, one.retry_at - NOW, one.active))
    assert seen == [(1, 60, True), (2, 120, True), (3, 240, True), (4, 480, False)]


def test_one_that_ran_for_long_failed_for_the_first_time() -> None:
    assert after(instance(requirement=QUICK, failures=3), 601).failures == 1


@given(
    ran=st.lists(st.floats(min_value=0, max_value=5000), max_size=30),
    first=st.floats(min_value=1, max_value=100),
    longest=st.floats(min_value=100, max_value=1000),
    tries=st.one_of(st.none(), st.integers(min_value=1, max_value=10)),
)
def test_whatever_happens(ran: list[float], first: float, longest: float, tries: int | None) -> None:
    """The delay is between the first and the longest, and as many failures as there are tries end it."""
    one = instance(
        requirement=Requirement(failover_delay=first, failover_max_delay=longest, failover_max_tries=tries)
    )
    for seconds in ran:
        before = one
        one = after(one, seconds)
        assert first - 0.001 <= one.retry_at - NOW <= longest + 0.001
        assert one.failures in (1, before.failures + 1)
        assert one.active is (tries is None or one.failures < tries)
        if not one.active:
            return
