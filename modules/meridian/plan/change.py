"""One thing of a platform, as the pillar wants it against as it is."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class ChangeKind(StrEnum):
    """How a thing stands to the pillar."""

    SAME = "same"
    #: It is not there.
    MISSING = "missing"
    #: It is there, otherwise than wanted.
    DIFFERS = "differs"
    #: It is there and cannot become what is wanted: a new one must take its place.
    REPLACE = "replace"
    #: It is there and the pillar does not name it.
    UNMANAGED = "unmanaged"
    #: Nobody could be asked.
    UNKNOWN = "unknown"
    #: A deployment would refuse it.
    BLOCKED = "blocked"


@dataclass(frozen=True)
class Difference:
    """One property.

    :ivar what: its name, e.g. ``partitions``.
    :ivar wanted: what the pillar says, as JSON has it; ``None`` for nothing of its own.
    :ivar found: what is there, likewise.
    """

    what: str
    wanted: Any
    found: Any

    def __str__(self) -> str:
        return f"{self.what} {_text(self.found)} → {_text(self.wanted)}"


@dataclass(frozen=True)
class Change:
    """One thing.

    :ivar kind: ``artifact``, ``node``, ``firewall``, ``state``, ``topic``, ``flow`` or ``archive``.
    :ivar id: its name, unique with the kind.
    :ivar region: the region that it stands in.
    :ivar differences: what makes it differ.
    :ivar reason: why the verdict, where no difference says it.
    """

    kind: str
    id: str
    region: str
    verdict: ChangeKind
    differences: tuple[Difference, ...] = ()
    reason: str = ""

    @property
    def why(self) -> str:
        """The reason and the differences in one line."""
        return "; ".join(part for part in (self.reason, *map(str, self.differences)) if part)


def told(changes: Mapping[str, Any]) -> tuple[Difference, ...]:
    """Return changes as our own plans tell them, ``{what: {"old": …, "new": …}}``, as differences."""
    return tuple(Difference(what, one.get("new"), one.get("old")) for what, one in sorted(changes.items()))


def _text(value: Any) -> str:
    if value is None:
        return "none"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
