"""Settings files as their own manual: each key with its value and the comment that explains it."""

from collections.abc import Iterator
from dataclasses import dataclass

import yaml

Path = tuple[str, ...]


@dataclass(frozen=True)
class Setting:
    """A key of a settings file.

    :ivar path: keys from the top.
    :ivar value: as it is written; empty for a mapping, whose keys are settings themselves.
    :ivar comment: what stands above the key, then what stands behind it, in one line.
    """

    path: Path
    value: str
    comment: str


@dataclass(frozen=True)
class Commented:
    """A settings file.

    :ivar intro: by top-level key, the comment above it, line by line; by ``""`` the one at the file's top.
    """

    settings: tuple[Setting, ...]
    intro: dict[str, str]


def read(text: str) -> Commented:
    """Return the keys of a YAML file with their comments.

    :param text: YAML without Jinja.
    """
    comments = _comments(text)
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    if not isinstance(root, yaml.MappingNode):
        return Commented((), {})
    intro = {str(key.value): "\n".join(_above(comments, key.start_mark.line)) for key, _ in root.value}
    intro[""] = "\n".join(comments[number][0] for number in range(_height(comments)))
    return Commented(tuple(_settings(text, comments, root, ())), intro)


def _height(comments: dict[int, tuple[str, bool]]) -> int:
    """Return the number of lines of the comment at the file's top."""
    return next(number for number in range(len(comments) + 1) if not comments.get(number, ("", False))[1])


def _settings(
    text: str, comments: dict[int, tuple[str, bool]], node: yaml.MappingNode, path: Path
) -> Iterator[Setting]:
    for key, value in node.value:
        here = (*path, str(key.value))
        line = key.start_mark.line
        above = _above(comments, line)
        # The comment at the top of a file is the file's.
        words = [] if len(above) == line else above
        words = words + [
            comments[one][0] for one in sorted({line, _last_line(value, line)}) if one in comments
        ]
        block = isinstance(value, yaml.MappingNode) and not value.flow_style
        yield Setting(here, "" if block else _written(text, value), " ".join(words).strip())
        if block:
            yield from _settings(text, comments, value, here)


def _last_line(node: yaml.Node, line: int) -> int:
    """Return the line that a scalar or a flow value ends in; a block's own comment is behind its key."""
    block = isinstance(node, yaml.CollectionNode) and not node.flow_style
    return line if block else int(node.end_mark.line)


def _written(text: str, node: yaml.Node) -> str:
    if isinstance(node, yaml.CollectionNode) and not node.flow_style:
        data = yaml.load(yaml.serialize(node), Loader=yaml.SafeLoader)
        return yaml.safe_dump(data, default_flow_style=True, width=10_000).strip()
    return " ".join(text[node.start_mark.index : node.end_mark.index].split())


def _above(comments: dict[int, tuple[str, bool]], line: int) -> list[str]:
    found: list[str] = []
    while line > 0 and comments.get(line - 1, ("", False))[1]:
        line -= 1
        found.insert(0, comments[line][0])
    return found


def _comments(text: str) -> dict[int, tuple[str, bool]]:
    """Return by line its comment, and whether it has the line to itself."""
    ends: dict[int, int] = {}
    within: set[int] = set()
    for token in yaml.scan(text, Loader=yaml.SafeLoader):
        start, end = token.start_mark, token.end_mark
        if start.index == end.index:
            continue
        within |= set(range(start.line, end.line))
        ends[end.line] = max(ends.get(end.line, 0), end.column)
    found = {}
    for number, line in enumerate(text.splitlines()):
        rest = line[ends.get(number, 0) :].strip()
        if rest.startswith("#") and number not in within:
            found[number] = (rest.removeprefix("#").removeprefix(" "), number not in ends)
    return found
