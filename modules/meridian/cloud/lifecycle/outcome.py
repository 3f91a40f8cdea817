"""What came of work on many machines, in the one line that a user reads. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from meridian.cloud.lifecycle.ownership import names


@dataclass(frozen=True)
class Failure:
    """How the work on one machine failed.

    :ivar reason: one line; empty when it was not begun.
    :ivar begun: false when others' failures at that provider left no hope for this one.
    :ivar quota: whether the account's limit was the reason.
    :ivar hopeless: whether nothing more can be done at that provider for now.
    """

    reason: str = ""
    begun: bool = True
    quota: bool = False
    hopeless: bool = False


def not_made(
    wanted: Mapping[str, Iterable[str]], stopped: Iterable[str], failed: Mapping[str, Failure]
) -> str:
    """Return what came of making and starting machines, of which some failed.

    :param wanted: names of the machines to make, by provider.
    :param stopped: names of those to start.
    :param failed: how those failed that did, of both.
    """
    total = sum(len(list(group)) for group in wanted.values()) + len(list(stopped))
    parts = [_reasons({name: failure for name, failure in failed.items() if failure.begun})]
    for provider, group in wanted.items():
        mine = list(group)
        lost = {name: failed[name] for name in mine if name in failed}
        waiting = [name for name, failure in lost.items() if not failure.begun]
        if any(failure.quota for failure in lost.values()):
            parts.append(f"{provider}: quota reached, {len(mine) - len(lost)} of {len(mine)} made and kept")
        if waiting:
            parts.append(f"{provider}: not begun after that: {names(waiting)}")
    text = "; ".join(part for part in parts if part)
    return f"{len(failed)} of {total} nodes did not come up: {text}"


def not_removed(
    environment: str, removed: int, failed: Mapping[str, Failure], others: Iterable[str] = ()
) -> str:
    """Return what came of removing machines, of which some are left.

    :param removed: how many are gone.
    :param failed: how those failed that are left.
    :param others: further lines, of machines that were not tried, and why.
    """
    waiting = [name for name, failure in failed.items() if not failure.begun]
    parts = [_reasons({name: failure for name, failure in failed.items() if failure.begun})]
    parts += [f"not tried after that: {', '.join(sorted(waiting))}" if waiting else "", *others]
    text = "; ".join(part for part in parts if part)
    return (
        f"{environment}: {removed} machines removed; not removed: {text}; the next destroy goes on from here"
    )


def _reasons(failed: Mapping[str, Failure]) -> str:
    """Return names and reasons, those of one reason together."""
    grouped: dict[str, list[str]] = {}
    for name, failure in sorted(failed.items()):
        grouped.setdefault(failure.reason, []).append(name)
    return "; ".join(f"{', '.join(group)}: {reason}" for reason, group in grouped.items())
