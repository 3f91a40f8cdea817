"""How pillar files are written: what YAML makes of a text that was not meant so, and where. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from meridian.topology.problems import Path

# YAML 1.1 reads more as true and false than these (https://yaml.org/type/bool.html).
_PLAIN_BOOLEANS = {"true", "false"}
_PLAIN_NUMBER = re.compile(r"[-+]?(0|[1-9][0-9]*)(\.[0-9]*)?([eE][-+]?[0-9]+)?")
_QUOTES = "write it in quotes if it is a text"


@dataclass(frozen=True)
class Trap:
    """A scalar that YAML takes for something else than it looks like.

    :ivar path: keys under which it stands.
    :ivar line: of the text, from 1.
    :ivar kind: ``bool``, or what else it is taken for.
    :ivar said: what to do about it.
    """

    path: Path
    line: int
    kind: str
    said: str


def traps(document: yaml.Node | None, at: Path = ()) -> Iterator[Trap]:
    """Yield the scalars of a document that YAML 1.1 takes for something else than they look like.

    ``NO``, ``on`` (booleans), ``0123``, ``1_000``, ``12:30``, ``0x1F`` (numbers), ``2024-01-01`` (dates).
    """
    if isinstance(document, yaml.MappingNode):
        for key, value in document.value:
            name = str(getattr(key, "value", ""))
            yield from _trap(key, (*at, name), "key ")
            yield from traps(value, (*at, name))
    elif isinstance(document, yaml.SequenceNode):
        for position, value in enumerate(document.value):
            yield from traps(value, (*at, str(position)))
    elif document is not None:
        yield from _trap(document, at, "")


def doubled(document: yaml.Node | None, at: Path = ()) -> Iterator[tuple[Path, int]]:
    """Yield path and line of every key that stands twice in one mapping."""
    if isinstance(document, yaml.SequenceNode):
        for position, value in enumerate(document.value):
            yield from doubled(value, (*at, str(position)))
    if not isinstance(document, yaml.MappingNode):
        return
    seen: set[str] = set()
    for key, value in document.value:
        path = (*at, str(key.value))
        if key.value in seen:
            yield path, key.start_mark.line + 1
        seen.add(str(key.value))
        yield from doubled(value, path)


def _trap(node: yaml.Node, at: Path, what: str) -> Iterator[Trap]:
    # The style of a plain scalar is None of PyYAML's own loader, and empty of the C library's.
    if not isinstance(node, yaml.ScalarNode) or node.style:
        return
    kind, text = node.tag.rpartition(":")[2], node.value
    line = node.start_mark.line + 1
    if kind == "bool" and text.lower() not in _PLAIN_BOOLEANS:
        value = "true" if text.lower() in ("y", "yes", "on") else "false"
        yield Trap(at, line, kind, f"{what}{text} is {value} to YAML; {_QUOTES}, else write {value}")
    elif kind in ("int", "float") and not _PLAIN_NUMBER.fullmatch(text) and not text.startswith("."):
        value = yaml.safe_load(text)
        said = f"{what}{text} is the number {value} to YAML; {_QUOTES}, else write {value}"
        yield Trap(at, line, kind, said)
    elif text != text.strip("\u00a0"):
        yield Trap(
            at, line, "space", f"{what}begins or ends with a no-break space; YAML wants ordinary spaces"
        )
    elif kind == "timestamp":
        yield Trap(at, line, kind, f"{what}{text} is a date to YAML; write it in quotes")


def mistake(source: str, error: yaml.YAMLError) -> str:
    """Return what is wrong with a file that is no YAML, with its line.

    :param source: its text as the user has it, before templates were rendered.
    """
    for number, text in enumerate(source.splitlines(), 1):
        indentation = text[: len(text) - len(text.lstrip())]
        if "\t" in indentation and text.strip() and not text.lstrip().startswith("#"):
            return f"line {number}: a tab in the indentation; YAML wants spaces"
        if "\u00a0" in indentation and text.strip():
            return f"line {number}: a no-break space in the indentation; YAML wants ordinary spaces"
    if isinstance(error, yaml.reader.ReaderError):
        line = source.count("\n", 0, error.position) + 1
        return f"line {line}: no YAML: {error.reason}"
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    reason = " ".join(str(getattr(error, "problem", None) or error).split())
    return f"line {mark.line + 1}: no YAML: {reason}" if mark else f"no YAML: {reason}"


def decoded(data: bytes) -> str:
    """Return a file's text.

    :raises ValueError: it is not UTF-8; says where.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ValueError(
            f"line {line}: byte 0x{data[error.start]:02x} is not UTF-8; save the file as UTF-8"
        ) from error
