"""The command line, from its own parser."""

import argparse
import contextlib
import io
import os
from collections.abc import Callable
from unittest import mock

from meridian.cli import test
from meridian.cli.main import parser

from generator.page import Page, code, fenced, inline, table


def page() -> Page:
    """Return the page of all commands."""
    top = parser()
    commands = _subcommands(top)
    parts = [
        "# Commands",
        inline(top.description or ""),
        table(
            ("Command", "What it does"),
            [(f"[`./meridian {name}`](#{name})", inline(text)) for name, (text, _) in commands.items()],
        ),
        "Exit codes: 0 all is well, 1 an error, 130 interrupted; of `plan` and `drift` 2 when there are "
        "changes ([more](../plan.md)).",
    ]
    for name, (text, command) in commands.items():
        parts += [f"## {name}", inline(_sentence(text))]
        parts += [_help_of_test()] if name == "test" else [_usage(command), _options(command)]
    return Page("reference/commands.md", "Commands", "\n\n".join(part for part in parts if part) + "\n")


def _subcommands(top: argparse.ArgumentParser) -> dict[str, tuple[str, argparse.ArgumentParser]]:
    action = next(one for one in top._actions if isinstance(one, argparse._SubParsersAction))
    texts = {one.dest: one.help or "" for one in action._choices_actions}
    return {name: (texts.get(name, ""), command) for name, command in action.choices.items()}


def _usage(command: argparse.ArgumentParser) -> str:
    return fenced(
        _of_width(command.format_usage).removeprefix("usage: ").replace("meridian ", "./meridian ", 1), "sh"
    )


def _options(command: argparse.ArgumentParser) -> str:
    rows = []
    for action in command._actions:
        if isinstance(action, argparse._HelpAction):
            continue
        names = ", ".join(action.option_strings) or action.dest
        rows.append((code(f"{names} {action.metavar or ''}".strip()), inline(action.help or "")))
    return table(("Argument", "What it does"), rows) if rows else ""


def _help_of_test() -> str:
    """Return what ``./meridian test --help`` prints: its parser is its own."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.suppress(SystemExit):
        _of_width(lambda: str(test.main(["--help"])))
    return fenced(printed.getvalue().replace("usage: meridian", "usage: ./meridian"), "text")


def _of_width(make: Callable[[], str]) -> str:
    with mock.patch.dict(os.environ, {"COLUMNS": "100"}):
        return make()


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")
