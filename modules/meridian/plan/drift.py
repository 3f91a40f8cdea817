"""What is no longer as the pillar says: the same comparison as the plan's, read the other way."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from meridian.plan.change import Change, ChangeKind

NONE, SOME = 0, 2

_WHOLE = {
    ChangeKind.MISSING: ("there", "gone"),
    ChangeKind.UNMANAGED: ("not there", "there"),
    ChangeKind.REPLACE: ("as the pillar says", "other"),
    ChangeKind.UNKNOWN: ("as the pillar says", "not known"),
    ChangeKind.BLOCKED: ("as the pillar says", "other"),
}


@dataclass(frozen=True)
class Item:
    """One property of one thing.

    :ivar what: the property; ``existence``, ``machine`` or ``state`` for the whole of it.
    :ivar wanted: what the pillar says.
    :ivar found: what is there.
    :ivar reason: what there is to add, in one line.
    """

    kind: str
    id: str
    region: str
    what: str
    wanted: Any
    found: Any
    reason: str = ""


@dataclass(frozen=True)
class Drift:
    """All that differs; made by :func:`drift`."""

    environment: str
    items: tuple[Item, ...]

    @property
    def exit_code(self) -> int:
        """0: none, 2: some."""
        return SOME if self.items else NONE

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON has it: ``{"environment", "drift": [{"kind", "id", "region", "what", "wanted",
        "found", "reason"}]}``."""
        return {"environment": self.environment, "drift": [asdict(item) for item in self.items]}


def drift(environment: str, findings: Iterable[Change]) -> Drift:
    """Return what differs, a line for each property.

    :param findings: what :func:`meridian.plan.compare` found.
    """
    return Drift(environment, tuple(item for found in findings for item in _items(found)))


def _items(found: Change) -> Iterator[Item]:
    if found.verdict is ChangeKind.SAME:
        return
    for one in found.differences:
        yield Item(found.kind, found.id, found.region, one.what, one.wanted, one.found, found.reason)
    if not found.differences:
        wanted, seen = _WHOLE[found.verdict]
        what = "existence" if found.verdict in (ChangeKind.MISSING, ChangeKind.UNMANAGED) else "state"
        yield Item(found.kind, found.id, found.region, what, wanted, seen, found.reason)
