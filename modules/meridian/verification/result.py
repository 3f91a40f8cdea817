"""What a verification found: rows of expected against seen."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One thing that was checked.

    :ivar name: what was counted, e.g. ``us-east-to-central: delayed flights``.
    :ivar expected: what had to be there, worked out without asking the platform.
    :ivar seen: what was there.
    :ivar note: what a person should look at when the two differ, one line; empty when they agree.
    """

    name: str
    expected: str
    seen: str
    ok: bool
    note: str = ""


def row(name: str, expected: object, seen: object, note: str = "") -> Row:
    """Compare two values.

    :param note: kept only when they differ.
    """
    ok = expected == seen
    return Row(name, str(expected), str(seen), ok, "" if ok else note)


@dataclass(frozen=True)
class Result:
    """Outcome of one verification.

    :ivar seconds: wall time that it took.
    """

    rows: tuple[Row, ...]
    seconds: float

    @property
    def ok(self) -> bool:
        """Whether something was checked and all of it agreed: a check of nothing proves nothing."""
        return bool(self.rows) and all(row.ok for row in self.rows)

    @property
    def failures(self) -> Sequence[Row]:
        """The rows that do not agree."""
        return tuple(row for row in self.rows if not row.ok)
