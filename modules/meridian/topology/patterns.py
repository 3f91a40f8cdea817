"""Topics as flows name them: names, or regular expressions that match whole names. Pure."""

import re
from collections.abc import Iterable

# What a part of an expression that matches many names may stand for; the first that fits is taken.
_STAND_INS = (("\\.", "."), (".*", "x"), (".+", "x"), ("[0-9]+", "0"), ("\\d+", "0"), ("[a-z]+", "x"))


def matches(patterns: Iterable[str], topic: str) -> bool:
    """Return whether one of the patterns matches a topic's whole name; one that is no regex matches none."""
    for pattern in patterns:
        try:
            if re.fullmatch(pattern, topic):
                return True
        except re.error:
            continue
    return False


def examples(patterns: Iterable[str]) -> list[str]:
    """Return names that patterns match, at most one for each: itself where it is a name.

    An expression too intricate for an example has none.
    """
    found = []
    for pattern in patterns:
        name = pattern
        for part, stand_in in _STAND_INS:
            name = name.replace(part, stand_in)
        if re.fullmatch(r"[A-Za-z0-9._-]+", name) and matches([pattern], name):
            found.append(name)
    return found


def common(one: Iterable[str], other: Iterable[str], known: Iterable[str] = ()) -> str | None:
    """Return a topic that both lists of patterns take, ``None`` when none is found.

    :param known: topics that there are, looked at first.
    """
    one, other = list(one), list(other)
    names = (*known, *examples(one), *examples(other))
    return next((name for name in names if matches(one, name) and matches(other, name)), None)
