"""All generated pages, and their places in the navigation."""

from typing import Any

from meridian.common import paths

from generator import commands, functions, orchestrations, settings
from generator.page import Page


def groups() -> list[list[Page]]:
    """Return the pages of the reference; of a group's pages the first one lists the others."""
    return [
        [commands.page()],
        [orchestrations.page()],
        *(functions.pages(kind) for kind in functions.KINDS),
        settings.pillar_pages(),
        settings.formula_pages(),
    ]


def start() -> Page:
    """Return the first page, which is the README."""
    text = (paths.repository() / "README.md").read_text(encoding="utf-8")
    return Page("index.md", "Meridian", text.replace("](docs/", "]("))


def navigation(pages: list[list[Page]]) -> list[Any]:
    """Return the reference's part of the navigation, as ``nav`` in ``mkdocs.yml`` has it."""
    return [
        {group[0].title: group[0].path} if len(group) == 1 else {group[0].title: _entries(group)}
        for group in pages
    ]


def _entries(group: list[Page]) -> list[Any]:
    first, *others = group
    return [first.path, *({page.title: page.path} for page in others)]
