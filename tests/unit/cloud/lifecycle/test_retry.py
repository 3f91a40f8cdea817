"""A provider that says "not now" is asked again, ever more slowly, and not for ever."""

from collections.abc import Iterator

import pytest
from meridian.cloud.errors import Quota, RateLimited, Unavailable
from meridian.cloud.lifecycle.retry import Backoff, RetryPolicy, retry, retry_policy
from meridian.common.errors import MeridianError


class Clock:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.now = 0.0
        self.pauses: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.pauses.append(seconds)

    def backoff(self, pace: RetryPolicy, jitter: float = 1.0) -> Backoff:
        def spread(low: float, high: float) -> float:
            return low + (high - low) * jitter

        return Backoff(pace, lambda: self.now, self.sleep, spread)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def _answers(*problems: Exception) -> Iterator[Exception]:
    return iter(problems)


def test_pauses_grow_up_to_the_longest(clock: Clock) -> None:
    backoff = clock.backoff(RetryPolicy(first=1, longest=5, deadline=100))
    for _ in range(5):
        backoff.after(Unavailable("down"))
    assert clock.pauses == [1, 2, 4, 5, 5]


def test_half_of_a_pause_is_jitter(clock: Clock) -> None:
    for jitter in (0.0, 0.5):
        clock.backoff(RetryPolicy(first=8), jitter).after(Unavailable("down"))
    assert clock.pauses == [4, 6]


def test_providers_own_wish_is_the_shortest_pause(clock: Clock) -> None:
    clock.backoff(RetryPolicy(first=1)).after(RateLimited("slow down", 20.0))
    assert 20 <= clock.pauses[0] <= 21


def test_deadline_ends_it_with_the_last_answer(clock: Clock) -> None:
    def call() -> None:
        raise Unavailable("no route")

    with pytest.raises(Unavailable, match="no route"):
        retry(call, clock.backoff(RetryPolicy(first=1, longest=4, deadline=10)))
    assert clock.now <= 10


def test_wish_beyond_the_deadline_is_not_waited_for(clock: Clock) -> None:
    with pytest.raises(RateLimited):
        clock.backoff(RetryPolicy(deadline=10)).after(RateLimited("tomorrow", 86400))
    assert clock.pauses == []


def test_call_is_repeated_until_it_is_answered(clock: Clock) -> None:
    problems = _answers(RateLimited("slow down"), Unavailable("503"))

    def call() -> str:
        for problem in problems:
            raise problem
        return "done"

    assert retry(call, clock.backoff(RetryPolicy())) == "done"
    assert len(clock.pauses) == 2


def test_other_errors_are_not_repeated(clock: Clock) -> None:
    def call() -> None:
        raise Quota("full")

    with pytest.raises(Quota):
        retry(call, clock.backoff(RetryPolicy()))
    assert clock.pauses == []


def test_provider_may_set_its_pace() -> None:
    assert retry_policy("aws", {"first": 2, "deadline": 60}) == RetryPolicy(first=2.0, deadline=60.0)
    assert retry_policy("aws", None) == RetryPolicy()


@pytest.mark.parametrize("wrong", [{"frist": 1}, {"first": "soon"}, {"longest": 0}, {"first": True}])
def test_wrong_pace_is_named(wrong: dict[str, object]) -> None:
    [key] = wrong
    with pytest.raises(MeridianError, match=rf"^cloud\.providers\.d/: aws: retry: {key}: "):
        retry_policy("aws", wrong)
