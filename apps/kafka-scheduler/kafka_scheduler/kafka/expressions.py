"""Expressions that name brokers and topics. Pure.

Brokers: ``0``, ``0,1``, ``0..2``, ``*``; with a filter ``*[rack=r1]``, ``*[hostname=slave*]``,
``0..4[rack=r1,dc=dc1]``; a bare attribute, ``*[rack]`` or just ``[rack]``, sorts the brokers round-robin over
its groups. Topics: ``t0``, ``t0,t1``, ``*``, ``t*``.
"""

import re
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from itertools import zip_longest

from meridian.common.errors import MeridianError

_RANGE = re.compile(r"(\d{1,9})(?:\.\.(\d{1,9}))?")
_MOST = 10_000

#: Attributes of the host that a broker is or was on, ``hostname`` among them.
Attributes = Mapping[str, str]


class Unknown(MeridianError):
    """An expression names what there is not."""


def brokers(expression: str, known: Mapping[int, Attributes]) -> list[int]:
    """Return the ids that an expression names, in its order, each once.

    Ids that are spelled out need not be known, unless there is a filter: ``broker add 0..2`` names new ones.

    :param known: broker id → attributes, of all brokers that there are.
    :raises MeridianError: it is no such expression.
    """
    text = expression.strip()
    found = re.fullmatch(r"([^\[\]]*)(?:\[([^\[\]]*)\])?", text)
    if not found or not text:
        raise _wrong(expression)
    ids, conditions = found[1].strip(), found[2]
    named = _ids(ids if ids or conditions is None else "*", known, expression)
    if conditions is None:
        return named
    named = [one for one in named if one in known]
    groups = []
    for condition in (part.strip() for part in conditions.split(",")):
        attribute, equals, pattern = (part.strip() for part in condition.partition("="))
        if not attribute or (equals and not pattern):
            raise _wrong(expression)
        if equals:
            named = [one for one in named if fnmatchcase(known[one].get(attribute, ""), pattern)]
        else:
            groups.append(attribute)
    return _round_robin(named, groups, known) if groups else named


def existing(expression: str, known: Mapping[int, Attributes], noun: str = "broker") -> list[int]:
    """Return the brokers that an expression names, all of which there must be.

    :param noun: what they are called.
    :raises Unknown: it names a broker that there is not.
    :raises MeridianError: it is no such expression.
    """
    named = brokers(expression, known)
    if missing := [one for one in named if one not in known]:
        raise Unknown(f"{noun} {', '.join(map(str, missing))}: there is none of that id")
    return named


def topics(expression: str, known: Iterable[str]) -> list[str]:
    """Return the topics that an expression names: in its order, those of a pattern sorted, each once.

    A pattern leaves out Kafka's own topics (``__consumer_offsets``) unless it starts as they do.

    :raises Unknown: it names a topic that there is not.
    :raises MeridianError: it is no such expression.
    """
    there = sorted(known)
    named: dict[str, None] = {}
    for part in (one.strip() for one in expression.split(",")):
        if not part:
            raise MeridianError(f"{expression!r} is no topic expression; expected t0, t0,t1, t* or *")
        if "*" in part:
            own = part.startswith("__")
            named |= dict.fromkeys(
                one for one in there if fnmatchcase(one, part) and (own or not one.startswith("__"))
            )
        elif part in there:
            named[part] = None
        else:
            raise Unknown(f"topic {part}: there is none of that name")
    return list(named)


def _ids(text: str, known: Mapping[int, Attributes], expression: str) -> list[int]:
    named: dict[int, None] = {}
    for part in (one.strip() for one in text.split(",")):
        if part == "*":
            named |= dict.fromkeys(sorted(known))
            continue
        found = _RANGE.fullmatch(part)
        if not found:
            raise _wrong(expression)
        first, last = int(found[1]), int(found[2] or found[1])
        if last < first:
            raise MeridianError(f"{expression!r}: {part} ends before it starts")
        if last - first >= _MOST:
            raise MeridianError(f"{expression!r}: {part} are more than {_MOST} brokers")
        named |= dict.fromkeys(range(first, last + 1))
    return list(named)


def _round_robin(named: list[int], attributes: list[str], known: Mapping[int, Attributes]) -> list[int]:
    """Return one of each group, then the next of each; those without a value are a group."""
    groups: dict[tuple[str, ...], list[int]] = {}
    for one in named:
        groups.setdefault(tuple(known[one].get(name, "") for name in attributes), []).append(one)
    turns = zip_longest(*(groups[key] for key in sorted(groups)))
    return [one for turn in turns for one in turn if one is not None]


def _wrong(expression: str) -> MeridianError:
    return MeridianError(
        f"{expression!r} is no broker expression; expected 0, 0,1, 0..2, *, *[rack=r1] or *[rack]"
    )
