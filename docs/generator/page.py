"""A generated page, and the pieces of Markdown that pages are made of."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_ROLE = re.compile(r":[a-z]+:`~?([^`]+)`")
_CODE = re.compile(r"(`[^`]+`)")


@dataclass(frozen=True)
class Page:
    """One page of the site.

    :ivar path: where it is below ``docs/``, e.g. ``reference/runners/mirror.md``.
    :ivar title: what the navigation calls it.
    :ivar text: Markdown.
    """

    path: str
    title: str
    text: str


def inline(text: str) -> str:
    """Return a line of a docstring or comment as Markdown: what is no code is shown as it is written."""
    text = _ROLE.sub(r"`\1`", text).replace("``", "`")
    return "".join(part if part.startswith("`") else _plain(part) for part in _CODE.split(text))


def _plain(text: str) -> str:
    return re.sub(r"([*\[\]])", r"\\\1", text.replace("&", "&amp;").replace("<", "&lt;"))


def code(text: str) -> str:
    """Return text as code within a line; nothing for none."""
    return f"`{text}`" if text else ""


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; cells are Markdown already."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def fenced(text: str, language: str = "") -> str:
    """Return a block of code."""
    return f"```{language}\n{text.rstrip()}\n```"
