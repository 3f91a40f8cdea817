"""How long a provider that answers "not now" is asked again, and at what pace."""

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from meridian.cloud.errors import RateLimited, Unavailable
from meridian.common.errors import MeridianError

# Answers that say nothing about the request itself.
PASSING = (RateLimited, Unavailable)
_Result = TypeVar("_Result")


@dataclass(frozen=True)
class RetryPolicy:
    """The pace of asking again: exponential, with jitter, up to a deadline.

    :ivar first: seconds until the first repetition, on average three quarters of it.
    :ivar longest: seconds that a pause has at most.
    :ivar deadline: seconds after which no further repetition begins.
    """

    first: float = 1.0
    longest: float = 30.0
    deadline: float = 300.0


def retry_policy(provider: str, settings: Mapping[str, Any] | None) -> RetryPolicy:
    """Return the pace that a provider's ``retry`` names, each part with its default.

    :param provider: its alias, for the message.
    :param settings: ``{first, longest, deadline}`` in seconds.
    :raises MeridianError: an unknown key, or no number of seconds.
    """
    known = [field.name for field in fields(RetryPolicy)]
    found: dict[str, float] = {}
    for key, value in (settings or {}).items():
        if key not in known or isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
            raise MeridianError(
                f"cloud.providers.d/: {provider}: retry: {key}: {value!r}: "
                f"expected {', '.join(known)}, each a number of seconds"
            )
        found[key] = float(value)
    return RetryPolicy(**found)


class Backoff:
    """The pauses of one piece of work.

    :param pace: see :class:`RetryPolicy`.
    :param clock: monotonic seconds.
    :param sleep: waits that many seconds.
    :param spread: returns a number between two others.
    """

    def __init__(
        self,
        pace: RetryPolicy,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        spread: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._pace, self._clock, self._sleep, self._spread = pace, clock, sleep, spread
        self._until = clock() + pace.deadline
        self._pauses = 0

    def after(self, problem: Exception) -> None:
        """Pause until it is worth to ask again.

        A provider's own ``retry_after`` is the shortest pause. Half of each pause is jitter: many workers
        that were turned away together must not come back together.

        :param problem: why asking again is needed.
        :raises Exception: the problem itself, when the pause would go beyond the deadline.
        """
        whole = min(self._pace.longest, self._pace.first * 2.0**self._pauses)
        pause = self._spread(whole / 2, whole)
        if isinstance(problem, RateLimited) and problem.retry_after:
            pause = max(pause, problem.retry_after + self._spread(0, whole / 2))
        if self._clock() + pause > self._until:
            raise problem
        self._pauses += 1
        self._sleep(pause)


def retry(call: Callable[[], _Result], backoff: Backoff) -> _Result:
    """Return what a call returns, which may be repeated without harm, once the provider has time for it.

    :param call: reads, removes or starts something.
    :param backoff: the pauses in between.
    :raises MeridianError: the last answer, when the deadline is over; any other error at once.
    """
    while True:
        try:
            return call()
        except PASSING as problem:
            backoff.after(problem)
