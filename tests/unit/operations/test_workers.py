"""Work on many machines: bounded at each provider, each failure told by name, and no hopeless tries."""

import fcntl
import os
import time
from pathlib import Path
from typing import Any

import pytest
from meridian.cloud.errors import Quota, Unavailable
from meridian.common.errors import MeridianError
from meridian.operations import workers
from meridian.operations.workers import Job


class Place:
    """A provider whose workers write down what they did: each is a process of its own.

    :param room: how many machines it takes; then its quota is reached.
    """

    def __init__(self, notes: Path, problem: Exception | None = None, room: int = 10**6) -> None:
        self.notes, self.problem, self.room = notes, problem, room
        notes.touch()

    def work(self, action: str, name: str, settings: Any) -> None:
        with self.notes.open("r+") as notes:
            fcntl.flock(notes, fcntl.LOCK_EX)
            if len(notes.read().split()) >= self.room:
                raise Quota("no more")
            if self.problem is not None:
                raise self.problem
            notes.write(f"{action}:{name} ")

    @property
    def done(self) -> list[str]:
        return sorted(self.notes.read_text().split())


def test_providers_work_side_by_side(tmp_path: Path) -> None:
    one, other = Place(tmp_path / "1"), Place(tmp_path / "2")
    told: dict[str, str] = {}
    jobs = [Job(one, "create", {"a": None, "b": None}, 2), Job(other, "create", {"c": None}, 4)]
    assert workers.run(jobs, told.__setitem__) == {}
    assert (one.done, other.done) == (["create:a", "create:b"], ["create:c"])
    assert told == {"a": "", "b": "", "c": ""}


def test_failures_are_told_by_name_and_the_rest_goes_on(tmp_path: Path) -> None:
    one = Place(tmp_path / "1", MeridianError("a: no space left on device\nsecond line"))
    other = Place(tmp_path / "2")
    told: dict[str, str] = {}
    failed = workers.run(
        [Job(one, "create", {"a": 1}, 2), Job(other, "create", {"b": 1}, 2)], told.__setitem__
    )
    assert {name: failure.reason for name, failure in failed.items()} == {"a": "no space left on device"}
    assert told == {"a": "no space left on device", "b": ""}
    assert other.done == ["create:b"]


def test_quota_ends_the_work_at_that_provider_only(tmp_path: Path) -> None:
    full, other = Place(tmp_path / "1", room=7), Place(tmp_path / "2")
    here, there = ([f"{letter}{number:02}" for number in range(20)] for letter in "ab")
    told: dict[str, str] = {}
    failed = workers.run(
        [Job(full, "create", dict.fromkeys(here), 3), Job(other, "create", dict.fromkeys(there), 3)],
        told.__setitem__,
    )
    assert len(full.done) == 7
    assert len(other.done) == 20
    assert set(failed) < set(here)
    assert len(failed) == 13
    # Those that were asked for at the same moment may have met the limit too, no others.
    assert 1 <= sum(failure.quota for failure in failed.values()) <= 3
    assert all(failure.begun == failure.quota for failure in failed.values())
    assert set(told) == {*there, *(name for name in here if name not in failed or failed[name].begun)}


def test_provider_that_is_down_is_not_asked_once_for_each_machine(tmp_path: Path) -> None:
    place = Place(
        tmp_path / "1",
        Unavailable(
            "no route",
        ),
    )
    failed = workers.run([Job(place, "remove", dict.fromkeys("abcdefgh"), 1)])
    assert sum(failure.begun for failure in failed.values()) == 1
    assert all(failure.hopeless for failure in failed.values() if failure.begun)


def test_nothing_to_do_starts_no_process(tmp_path: Path) -> None:
    assert workers.run([Job(Place(tmp_path / "1"), "create", {}, 4)]) == {}


def test_killed_worker_is_a_failure_with_a_name(tmp_path: Path) -> None:
    class Deadly(Place):
        def work(self, action: str, name: str, settings: Any) -> None:
            os.kill(os.getpid(), 9)

    failed = workers.run([Job(Deadly(tmp_path / "1"), "create", {"a": None}, 1)])
    assert failed["a"].reason == "its worker process was killed (out of memory?)"


def test_worker_ends_with_the_run_that_it_works_for() -> None:
    reading, writing = os.pipe()
    run = os.fork()
    if run == 0:
        worker = os.fork()
        if worker == 0:
            workers._die_with(os.getppid())
            os.write(writing, b"%d\n" % os.getpid())
            time.sleep(60)
        time.sleep(60)
        os._exit(0)
    worker = int(os.read(reading, 20))
    os.kill(run, 9)
    os.waitpid(run, 0)
    deadline = time.monotonic() + 10
    while _alive(worker) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _alive(worker)


def _alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit])
def test_interrupted_run_begins_nothing_more(tmp_path: Path, kind: type[BaseException]) -> None:
    told = tmp_path / "told"

    class Slow(Place):
        """Takes no second machine before the first was told."""

        def work(self, action: str, name: str, settings: Any) -> None:
            deadline = time.monotonic() + 60
            while self.done and not told.exists() and time.monotonic() < deadline:
                time.sleep(0.01)
            super().work(action, name, settings)

    place = Slow(tmp_path / "1")

    def interrupt(name: str, reason: str) -> None:
        told.touch()
        raise kind

    with pytest.raises(kind):
        workers.run([Job(place, "create", {f"n{number}": None for number in range(200)}, 1)], interrupt)
    assert len(place.done) < 200
