"""A machine is made once, whatever its provider does meanwhile, and is gone when it cannot be."""

from collections.abc import Mapping
from typing import Any

import pytest
from meridian.cloud.errors import (
    AlreadyExists,
    NotOffered,
    Quota,
    RateLimited,
    Refused,
    Timeout,
    Unavailable,
)
from meridian.cloud.lifecycle.creation import create
from meridian.cloud.lifecycle.retry import Backoff, RetryPolicy
from meridian.common.errors import MeridianError


class Provider:
    """A machine at a provider that fails as it is told to.

    :param answers: what each request ends with: an error, or ``None``; those after the last end well.
    :param worked: the numbers of the requests that do their work although they fail, from 0.
    :param states: the states that looking sees, one after the other; the last for good.
    """

    name = "kafka-1.east.aws"

    def __init__(
        self,
        *answers: BaseException | None,
        worked: tuple[int, ...] = (),
        states: tuple[str, ...] = ("RUNNING",),
        self_sufficient: bool = True,
    ) -> None:
        self.answers, self.worked, self.states = list(answers), worked, list(states)
        self.self_sufficient = self_sufficient
        self.requests = 0
        self.there = self.made = self.taken = 0

    def make(self) -> None:
        number, self.requests = self.requests, self.requests + 1
        problem = self.answers[number] if number < len(self.answers) else None
        if self.there:
            self.taken += 1
        elif problem is None or number in self.worked:
            self.there = 1
            self.made += 1
        if problem is not None:
            raise problem

    def look(self) -> Mapping[str, Any] | None:
        if not self.there:
            return None
        return {"state": self.states.pop(0) if len(self.states) > 1 else self.states[0]}

    def remove(self) -> None:
        self.there = 0


def _create(machine: Provider, deadline: float = 300) -> list[float]:
    now = [0.0]
    pauses: list[float] = []

    def sleep(seconds: float) -> None:
        now[0] += seconds
        pauses.append(seconds)

    create(machine, Backoff(RetryPolicy(deadline=deadline), lambda: now[0], sleep))
    return pauses


@pytest.mark.parametrize("kind", [RateLimited, Unavailable, Timeout])
def test_machine_whose_answer_was_lost_is_found_again(kind: type[MeridianError]) -> None:
    machine = Provider(kind("lost"), worked=(0,))
    _create(machine)
    assert (machine.made, machine.taken, machine.there) == (1, 1, 1)


def test_request_that_did_nothing_is_repeated_after_a_pause() -> None:
    machine = Provider(RateLimited("slow down"), Unavailable("503"), RateLimited("slow down"))
    pauses = _create(machine)
    assert (machine.requests, machine.made, machine.there) == (4, 1, 1)
    assert len(pauses) == 3


def test_machine_that_is_still_starting_is_kept() -> None:
    machine = Provider(Unavailable("503"), worked=(0,), states=("PENDING",))
    _create(machine)
    assert (machine.made, machine.taken) == (1, 1)


def test_machine_that_does_not_start_is_made_anew_once() -> None:
    machine = Provider(Timeout("not up"), worked=(0,), states=("PENDING",))
    _create(machine)
    assert (machine.made, machine.taken) == (2, 0)
    stuck = Provider(Timeout("not up"), Timeout("not up"), worked=(0, 1), states=("PENDING",))
    with pytest.raises(Timeout, match=r"^not up$"):
        _create(stuck)
    assert (stuck.made, stuck.there) == (2, 0)


@pytest.mark.parametrize(("sufficient", "state"), [(False, "RUNNING"), (True, "ERROR")])
def test_machine_that_can_not_become_ours_is_made_anew(sufficient: bool, state: str) -> None:
    machine = Provider(Unavailable("503"), worked=(0,), states=(state,), self_sufficient=sufficient)
    _create(machine)
    assert (machine.made, machine.taken, machine.there) == (2, 0, 1)


def test_one_failure_of_its_own_is_forgiven_and_leaves_nothing() -> None:
    machine = Provider(RuntimeError("disk\nmore"), worked=(0,))
    _create(machine)
    assert (machine.requests, machine.made, machine.there) == (2, 2, 1)
    bad = Provider(RuntimeError("disk\nmore"), RuntimeError("disk\nmore"), worked=(0, 1))
    with pytest.raises(MeridianError, match=r"^disk$"):
        _create(bad)
    assert (bad.requests, bad.there) == (2, 0)


@pytest.mark.parametrize("kind", [Quota, Refused, NotOffered])
def test_what_cannot_succeed_is_tried_once(kind: type[MeridianError]) -> None:
    machine = Provider(kind("no"), worked=(0,))
    with pytest.raises(kind, match=r"^no$"):
        _create(machine)
    assert (machine.requests, machine.there) == (1, 0)


def test_name_that_stays_taken_is_an_error() -> None:
    machine = Provider(*[AlreadyExists("taken")] * 9)
    with pytest.raises(AlreadyExists):
        _create(machine)
    assert machine.requests == 2


def test_patience_ends_and_the_kind_of_the_problem_is_kept() -> None:
    machine = Provider(*[Unavailable("no route")] * 99, worked=(0,), states=("PENDING",))
    with pytest.raises(Unavailable, match=r"^no route$"):
        _create(machine, deadline=20)
    assert machine.there == 0


def test_what_may_be_left_is_said() -> None:
    class Stuck(Provider):
        def remove(self) -> None:
            raise Unavailable("still no route")

    with pytest.raises(Unavailable, match=r"^no route \(and what there may be of it .*: still no route\)$"):
        _create(Stuck(*[Unavailable("no route")] * 99), deadline=5)


def test_machine_of_somebody_else_is_never_removed() -> None:
    class Taken(Provider):
        def look(self) -> Mapping[str, Any] | None:
            raise MeridianError("a machine of that name without our tags")

        def remove(self) -> None:
            raise AssertionError

    with pytest.raises(MeridianError, match="without our tags"):
        _create(Taken(Unavailable("503")))
