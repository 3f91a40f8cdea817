"""Options of instances: names, readers and writers, in one table for REST, command line and docs. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from meridian.common.errors import MeridianError


@dataclass(frozen=True)
class Option:
    """An option of an instance, as in ``broker add`` and ``broker update``.

    :ivar name: as REST has it, such as ``bindAddress``.
    :ivar field: of the dataclass that says what is wanted.
    :ivar read: text → value; raises ``MeridianError`` or ``ValueError``.
    :ivar kind: JSON schema type of its value.
    :ivar help: what it does, with its default.
    :ivar write: value → text.
    :ivar at_once: a change takes effect without a restart.
    """

    name: str
    field: str
    read: Callable[[str], Any]
    kind: str
    help: str
    write: Callable[[Any], str] = str
    at_once: bool = False

    @cached_property
    def flag(self) -> str:
        """As the command line has it, such as ``--bind-address``."""
        return "--" + re.sub(r"([A-Z])", r"-\1", self.name).lower()

    def plain(self, value: Any) -> Any:
        """Return a value as JSON has it."""
        return value if self.kind in ("number", "integer", "boolean") else self.write(value)


def positive(kind: Callable[[str], Any], least: float) -> Callable[[str], Any]:
    """Return a reader of numbers from ``least`` up."""

    def read(text: str) -> Any:
        value = kind(text)
        if not least <= value < 10**9:
            raise MeridianError(f"{text} is not from {least:g} up")
        return value

    return read


def line(text: str) -> str:
    """Read a text of one line."""
    if any(ord(letter) < 32 for letter in text):
        raise MeridianError("has to be one line")
    return text


def read(options: Sequence[Option], given: Mapping[str, str], default: Any) -> dict[str, Any]:
    """Return the fields that some options change.

    :param given: option as REST names it → text; ``""`` sets it back to what ``default`` has.
    :raises MeridianError: there is no such option, or its value is none it can have.
    """
    by_name = {one.name: one for one in options}
    changed: dict[str, Any] = {}
    for name, text in given.items():
        option = by_name.get(name)
        if option is None:
            raise MeridianError(f"there is no option {name}; known are {', '.join(by_name)}")
        if text == "":
            changed[option.field] = getattr(default, option.field)
            continue
        try:
            changed[option.field] = option.read(text)
        except MeridianError as error:
            raise MeridianError(f"option {name}: {error}") from error
        except ValueError as error:
            raise MeridianError(f"option {name}: {text!r} is no {option.kind}") from error
    return changed


def modified(options: Sequence[Option], launched: Any, wanted: Any) -> tuple[str, ...]:
    """Return the options for which a running instance needs a restart, as REST names them.

    :param launched: what it was launched as.
    """
    return tuple(
        one.name
        for one in options
        if not one.at_once and getattr(launched, one.field) != getattr(wanted, one.field)
    )


def as_text(value: Any) -> str:
    """Return a value of JSON as a reader takes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
