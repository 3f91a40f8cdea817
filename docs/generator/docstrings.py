"""From a docstring as Salt's own functions have them to Markdown."""

import re
import textwrap
from collections.abc import Collection, Iterator

from generator.page import fenced, inline

_BLOCK = re.compile(r"\.\. code-block:: *(\S*)")


def to_markdown(docstring: str, parameters: Collection[str] = ()) -> str:
    """Return a docstring as Markdown: parameters as definitions, examples as blocks of code.

    :param docstring: without its indentation, as :func:`inspect.getdoc` returns it.
    :param parameters: the function's; a line that is one of their names begins its description.
    """
    lines = docstring.splitlines()
    return "\n".join(_converted(lines, set(parameters))).strip() + "\n"


def summary(docstring: str) -> str:
    """Return the first paragraph as one line of Markdown."""
    return inline(" ".join(docstring.strip().split("\n\n")[0].split()))


def _converted(lines: list[str], parameters: set[str]) -> Iterator[str]:
    at = 0
    while at < len(lines):
        line = lines[at]
        block = _BLOCK.match(line)
        if block or line in parameters:
            end = _end_of_indented(lines, at + 1)
            inner = textwrap.dedent("\n".join(lines[at + 1 : end])).strip("\n")
            yield ""
            if block:
                yield fenced(inner, block[1])
            else:
                text = "\n".join(inline(one) for one in inner.splitlines())
                yield f"`{line}`\n:   {textwrap.indent(text, '    ').lstrip()}"
            yield ""
            at = end
            continue
        yield "**Example**" if line == "CLI Example:" else inline(line)
        at += 1


def _end_of_indented(lines: list[str], start: int) -> int:
    """Return the number of the line behind an indented block, which may have empty lines within."""
    end = start
    for number in range(start, len(lines)):
        if lines[number].startswith((" ", "\t")):
            end = number + 1
        elif lines[number].strip():
            break
    return max(end, start)
