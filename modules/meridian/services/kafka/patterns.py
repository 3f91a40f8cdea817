"""Topics by regular expressions, each of which matches a whole name. Standard library only."""

import re

from meridian.common.errors import MeridianError


def whole_names(patterns: list[str], exclude: list[str] | None, section: str) -> re.Pattern[str]:
    """Compile patterns into one.

    :param patterns: topics to take.
    :param exclude: topics to leave out although a pattern takes them.
    :param section: section of the pillar that holds them (``topics``, ``exclude``), for the message.
    :raises MeridianError: when one is not a regular expression.
    """
    for pattern in [*patterns, *(exclude or [])]:
        try:
            re.compile(pattern)
        except re.error as error:
            raise MeridianError(
                f"pillar {section}:topics or {section}:exclude: {pattern!r} is not a regular expression: "
                f"{error}"
            ) from error
    taken = "|".join(f"(?:{pattern})" for pattern in patterns) or "(?!)"
    left_out = "|".join(f"(?:{pattern})" for pattern in exclude or []) or "(?!)"
    return re.compile(rf"(?!(?:{left_out})\Z)(?:{taken})\Z")
