"""Asking several at once, with one deadline for all of them."""

import queue
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from meridian.common.errors import MeridianError


class LateError(MeridianError):
    """Somebody did not answer in time."""


def together(asks: Mapping[str, Callable[[], Any]], seconds: float) -> dict[str, Any]:
    """Ask all at once; return what each answered, or the exception that it raised.

    Threads that are late are left to themselves, and the process may end without them: unlike those of an
    executor, which the interpreter waits for.

    :param seconds: after which what has not answered is a :class:`LateError`.
    """
    heard: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()

    def run(name: str, ask: Callable[[], Any]) -> None:
        try:
            heard.put((name, ask()))
        except Exception as error:  # the caller is told
            heard.put((name, error))

    for name, ask in asks.items():
        threading.Thread(target=run, args=(name, ask), name=f"ask {name}", daemon=True).start()
    until = time.monotonic() + seconds
    answers: dict[str, Any] = {}
    while len(answers) < len(asks):
        try:
            name, answer = heard.get(timeout=max(0.0, until - time.monotonic()))
        except queue.Empty:
            break
        answers[name] = answer
    late = LateError(f"no answer within {seconds:g} s")
    return {name: answers.get(name, late) for name in asks}
