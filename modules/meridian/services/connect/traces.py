"""What a Java stack trace says, without its frames."""

import re

_HEAD = re.compile(r"(?:Caused by: )?((?:[\w$]+\.)+[\w$]+)(?:: (.*))?$")


def first_lines(trace: str) -> str:
    """Return what a Java stack trace says, without its frames: the exception and its last cause."""
    said = [line.strip() for line in trace.splitlines() if line.strip() and not line.startswith("\t")]
    causes = [line for line in said[1:] if line.startswith("Caused by:")]
    return " | ".join([*said[:1], *causes[-1:]])


def chain(trace: str) -> list[tuple[str, str]]:
    """Return the exceptions of a trace, the outermost first: class and message.

    What was suppressed is not among them, nor are further lines of a message.
    """
    lines = trace.splitlines()
    heads = [line for number, line in enumerate(lines) if number == 0 or line.startswith("Caused by: ")]
    return [(found[1], found[2] or "") for found in map(_HEAD.match, heads) if found]
