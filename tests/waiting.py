"""Waiting for what comes about by itself, instead of sleeping for luck."""

import time
from collections.abc import Callable
from typing import TypeVar

_Found = TypeVar("_Found")
#: Longer than anything takes on a busy machine, when it comes at all.
PATIENCE = 120.0
_PAUSE = 0.1


def wait_until(
    what: str,
    true: Callable[[], _Found],
    seconds: float = PATIENCE,
    explain: Callable[[], str] = str,
    pause: float = _PAUSE,
) -> _Found:
    """Look again and again until something is so, and return what was seen.

    :param what: it in words, for who reads that it never came.
    :param true: looks; anything false means not yet.
    :param seconds: how long to look at most.
    :param explain: tells why it may not have come, such as the end of a log.
    :param pause: seconds between two looks.
    :raises AssertionError: it did not come in time.
    """
    deadline = time.monotonic() + seconds
    while not (found := true()):
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {seconds:g} s\n{explain()}".rstrip())
        time.sleep(pause)
    return found
