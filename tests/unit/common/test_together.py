"""Several asked at once: one that is late or fails keeps nobody else's answer back."""

import threading
import time

from meridian.common.together import LateError, together


def fails() -> None:
    raise ValueError("no such thing")


def test_each_answer_is_returned_under_its_name() -> None:
    assert together({"a": lambda: 1, "b": lambda: 2}, 5) == {"a": 1, "b": 2}


def test_who_does_not_answer_in_time_is_late_and_the_others_are_heard() -> None:
    never = threading.Event()
    began = time.monotonic()
    found = together({"dead": lambda: never.wait(30), "well": lambda: "here", "ill": fails}, 0.3)
    assert time.monotonic() - began < 5
    assert found["well"] == "here"
    assert isinstance(found["dead"], LateError)
    assert str(found["dead"]) == "no answer within 0.3 s"
    assert isinstance(found["ill"], ValueError)
    never.set()


def test_nobody_asked_is_nobody_waited_for() -> None:
    assert together({}, 5) == {}
