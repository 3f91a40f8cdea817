import threading
from collections.abc import Callable
from typing import Any

import pytest
from archiver.partition import Partition
from archiver.workers import Workers
from meridian.services.archive.store import StoreError

from tests.doubles.memory_store import PATH


def _run(workers: Workers, job: Callable[[], Any], now: float) -> list[Any]:
    """Run one job to its end and return what was handed over."""
    results: list[Any] = []
    partition = Partition(PATH, "writer")
    ended = threading.Event()

    def watched() -> Any:
        try:
            return job()
        finally:
            ended.set()

    workers.submit(partition, watched, results.append)
    assert partition.busy
    ended.wait(10)
    while partition.busy:
        workers.collect(now)
    return results


def _fail() -> None:
    raise StoreError("the store is down")


def test_a_result_is_handed_over() -> None:
    assert _run(Workers(1), lambda: 42, 0.0) == [42]


def test_after_failures_it_waits_longer_each_time_but_no_longer_than_half_a_minute() -> None:
    workers = Workers(1)
    now, waits = 0.0, []
    for _ in range(9):
        assert _run(workers, _fail, now) == []
        assert workers.problem == "the store is down"
        wait = next(seconds / 4 for seconds in range(1, 200) if workers.available(now + seconds / 4))
        waits.append(wait)
        now += wait
    assert waits == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0]


def test_a_success_ends_the_waiting() -> None:
    workers = Workers(1)
    _run(workers, _fail, 0.0)
    assert not workers.available(0.1)
    _run(workers, lambda: None, 0.1)
    assert workers.available(0.1)
    assert workers.problem == ""


def test_a_defect_is_not_taken_for_a_failure_of_the_store() -> None:
    with pytest.raises(ZeroDivisionError):
        _run(Workers(1), lambda: 1 // 0, 0.0)
