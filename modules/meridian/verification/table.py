"""The table of expected against seen, as plain lines that a log keeps readable."""

from collections.abc import Sequence

from meridian.verification.result import Row

_HEAD = ("check", "expected", "seen", "")


def lines(rows: Sequence[Row]) -> list[str]:
    """Lay rows out in columns; below a row that failed stands its note.

    :return: one line per row and note, under a heading.
    """
    cells = [_HEAD, *((row.name, row.expected, row.seen, "ok" if row.ok else "FAILED") for row in rows)]
    name, expected, seen = (max(len(cell[column]) for cell in cells) for column in range(3))
    notes = ["", *(row.note for row in rows)]
    out: list[str] = []
    for cell, note in zip(cells, notes, strict=True):
        text = f"{cell[0]:<{name}}  {cell[1]:>{expected}}  {cell[2]:>{seen}}  {cell[3]}"
        out.append(text.rstrip())
        out.extend(f"    {line}" for line in note.splitlines())
    return out
