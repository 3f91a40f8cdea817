"""Making one machine, once, at a provider that may turn calls away, lose answers or break down."""

from collections.abc import Mapping
from typing import Any, Protocol

from meridian.cloud.errors import (
    AlreadyExists,
    NotOffered,
    Quota,
    RateLimited,
    Refused,
    Timeout,
    Unavailable,
)
from meridian.cloud.lifecycle.retry import Backoff
from meridian.common.errors import MeridianError

# How often a machine is asked for that fails for a reason of its own.
ATTEMPTS = 2
UP = ("RUNNING", "REBOOTING")

# Asking again cannot help.
_FINAL = (Quota, Refused, NotOffered)
# The request may have done its work although it failed.
_OPEN = (RateLimited, Unavailable, Timeout, AlreadyExists)


class Machine(Protocol):
    """One machine at its provider, as :func:`create` wants it."""

    name: str
    # Whether it comes to be this platform's minion all by itself once it runs.
    self_sufficient: bool

    def make(self) -> None:
        """Ask for it, once, and wait until it runs; one of ours that is there already is taken."""

    def look(self) -> Mapping[str, Any] | None:
        """Return its entry in the provider's list, if there is one.

        :raises MeridianError: the name is another's or belongs to several.
        """

    def remove(self) -> None:
        """Have neither it nor its key; never touches one that is not ours."""


def create(machine: Machine, backoff: Backoff) -> None:
    """Have a machine run.

    1. Ask for it. 2. The provider turned the call away, broke down or lost the answer: pause, then look
    whether it is there all the same, and ask again, which takes it then. Only one that cannot become
    ours any more is removed before. 3. It failed for a reason of its own: remove what there is of it and
    ask once more. 4. It cannot be: remove what there is of it.

    :param backoff: the pauses, and the deadline.
    :raises MeridianError: why it could not be made. Nothing of it is left, or the message says what may be.
    """
    failures = 0
    while True:
        try:
            machine.make()
            return
        except _FINAL as problem:
            _give_up(machine, problem)
        except _OPEN as problem:
            # These have had their time, or a name that is taken: more than once more is of no use.
            failures += isinstance(problem, Timeout | AlreadyExists)
            if failures == ATTEMPTS:
                _give_up(machine, problem)
            try:
                # The pause comes first: a provider's list may be behind what it has just done.
                backoff.after(problem)
            except MeridianError:
                _give_up(machine, problem)
            found = machine.look()
            if found is not None and _is_lost(machine, found, problem):
                machine.remove()
        except (Exception, SystemExit) as problem:
            failures += 1
            if failures == ATTEMPTS:
                _give_up(machine, problem)
            machine.remove()


def _is_lost(machine: Machine, found: Mapping[str, Any], problem: MeridianError) -> bool:
    """Return whether a machine whose making was answered with an error cannot become what it should be."""
    state = found["state"]
    stuck = isinstance(problem, Timeout) and state not in UP
    return stuck or state == "ERROR" or not machine.self_sufficient


def _give_up(machine: Machine, problem: BaseException) -> None:
    """Remove what there is of a machine, and raise why it was not made.

    :raises MeridianError: always; of the problem's own kind, which tells the caller whether others will
        fare better.
    """
    reason = first_line(problem)
    try:
        machine.remove()
    except MeridianError as left:
        reason += f" (and what there may be of it could not be removed: {first_line(left)})"
    if isinstance(problem, RateLimited):
        raise RateLimited(reason, problem.retry_after) from problem
    kind = type(problem) if isinstance(problem, MeridianError) else MeridianError
    raise kind(reason) from problem


def first_line(problem: BaseException) -> str:
    """Return the first line of what an exception says, or its kind when it says nothing."""
    lines = str(problem).strip().splitlines()
    return lines[0] if lines else type(problem).__name__
