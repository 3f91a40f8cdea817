"""Looking again until something is so."""

import time
from collections.abc import Callable


def until(true: Callable[[], bool], seconds: float, pause: float) -> bool:
    """Look again until something is so; return whether it came to be in time.

    :param seconds: how long to look at most.
    :param pause: seconds between two looks.
    """
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
    return True
