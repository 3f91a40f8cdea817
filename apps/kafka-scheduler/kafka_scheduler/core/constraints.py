"""Where instances may be, as Marathon's users write it. Pure."""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from functools import lru_cache

_pattern = lru_cache(maxsize=256)(re.compile)


def why_not(
    attribute: str, rule: str, value: str | None, others: Sequence[str], known: Collection[str] = ()
) -> str:
    """Return why an agent does not meet a constraint; empty when it does.

    :param rule: ``like:re, unlike:re, unique, cluster, cluster:value, groupBy, groupBy:n``.
    :param value: the agent's own; ``None`` when it has no such attribute.
    :param others: values of the agents where the other instances are.
    :param known: values of all agents ever seen: what ``groupBy`` spreads over.
    """
    if value is None:
        return f"{attribute} {rule}: the agent has no {attribute}"
    kind, _, argument = rule.partition(":")
    if kind == "like":
        met = bool(_pattern(argument).fullmatch(value))
    elif kind == "unlike":
        met = not _pattern(argument).fullmatch(value)
    elif kind == "unique":
        met = value not in others
    elif kind == "cluster":
        met = value == argument if argument else not others or value == others[0]
    else:
        met = _evenly(value, others, known, int(argument or 0))
    return "" if met else f"{attribute} {rule}: {value}"


def _evenly(value: str, others: Sequence[str], known: Collection[str], groups: int) -> bool:
    """Return whether a group has no more instances than each other.

    With a number of groups, new ones are opened until there are so many, and no more.
    """
    counts = Counter(others)
    if groups:
        if len(counts) < groups:
            return value not in counts
        return value in counts and counts[value] == min(counts.values())
    return counts[value] == min(counts[one] for one in {value, *counts, *known})
