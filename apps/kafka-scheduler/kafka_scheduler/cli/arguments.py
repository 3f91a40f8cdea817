"""Reads a command's arguments. No argparse, as values may begin with a dash: ``--jvm-options -Xms1g``."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from meridian.common.errors import MeridianError

from kafka_scheduler.api.parameters import Parameter
from kafka_scheduler.cli.commands import COMMANDS, Command
from kafka_scheduler.cli.settings import properties
from kafka_scheduler.kafka import values

_FROM_FILE = ("options", "log4jOptions")
_WORDS = ("true", "false")


class UsageError(MeridianError):
    """What was typed is no command."""


@dataclass(frozen=True)
class Asked:
    """A command and what was said with it.

    :ivar given: parameter → text, of the route.
    :ivar own: options that only the command line knows.
    """

    command: Command
    given: dict[str, str]
    own: dict[str, str]


def flag(parameter: Parameter) -> str:
    """Return a parameter as the command line has it: ``--bind-address``."""
    return "--" + re.sub(r"([A-Z])", r"-\1", parameter.name).lower()


def find(words: Sequence[str]) -> tuple[Command, list[str]]:
    """Return the command that words begin with, and the words after it.

    :raises UsageError: there is none.
    """
    for command in COMMANDS:
        for called in (command.words, *command.shorts):
            if tuple(words[: len(called)]) == called:
                return command, list(words[len(called) :])
    said = " ".join(words[:2])
    raise UsageError(f"there is no command {said!r}; `help` lists them")


def read(words: Sequence[str]) -> Asked:
    """Return the command that was typed.

    :raises UsageError: it is none, an option is not one of its own, or an argument is missing.
    """
    command, rest = find(words)
    by_flag = {flag(one): one for one in command.options()}
    # As the earlier framework had it: --fixedStartIndex.
    by_flag |= {f"--{one.name}": one for one in command.options()}
    if command.words == ("rebalance",):
        by_flag["--topics"] = by_flag["--topic"]
    own = {one.name for one in command.own} | {"json"}
    by_flag["--json"] = Parameter("json", "the answer as JSON", "boolean")
    given: dict[str, str] = {}
    plain: list[str] = []
    while rest:
        word = rest.pop(0)
        if not word.startswith("--"):
            plain.append(word)
            continue
        name, equals, value = word.partition("=")
        option = by_flag.get(name)
        if option is None:
            raise UsageError(
                f"{' '.join(command.words)} has no option {name}; `help {' '.join(command.words)}`"
            )
        if option.kind == "boolean" and not equals:
            value = rest.pop(0) if rest and rest[0] in _WORDS else "true"
        elif not equals:
            if not rest:
                raise UsageError(f"{name} needs a value")
            value = rest.pop(0)
        given[option.name] = value
    given = _arguments(command, plain) | given
    for name in _FROM_FILE:
        if given.get(name, "").startswith("file:"):
            given[name] = values.format_pairs(properties(Path(given[name].removeprefix("file:"))))
    return Asked(
        command,
        {name: text for name, text in given.items() if name not in own},
        {name: text for name, text in given.items() if name in own and text != "false"},
    )


def _arguments(command: Command, plain: Sequence[str]) -> dict[str, str]:
    name = " ".join(command.words)
    if len(plain) > len(command.arguments):
        raise UsageError(f"{name}: {plain[len(command.arguments)]!r} is one argument too many")
    if len(plain) < command.needed:
        raise UsageError(f"{name}: <{command.arguments[len(plain)]}> is missing; `help {name}`")
    found = dict(zip(command.arguments, plain, strict=False))
    if command.words == ("rebalance",):
        # As the oldest had it: brokers are named, and topics are an option.
        if found["broker"] == "status":
            return {"topic": "status"}
        return {"topic": "*"} | found
    return found
