"""The conditions of a flow's filter, checked before anything is made of them.

The Java predicate (``apps/connect-predicates``) evaluates the same language.
"""

import re
from collections.abc import Iterator
from typing import Any

from meridian.topology.problems import Path, suggest

_COMBINERS = ("all", "any", "not")
_SUBJECTS = ("header", "field")
_OPERATORS = ("equals", "in", "less", "greater", "exists", "matches")


def check(condition: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """Yield what is wrong with a condition.

    :param path: keys under which it stands.
    :return: pairs of the path at fault and what was expected there; nothing when it is right.
    """
    if not isinstance(condition, dict) or not condition:
        yield path, "expected a condition: a mapping with all, any, not, header or field"
        return
    combiners = [key for key in condition if key in _COMBINERS]
    if combiners:
        yield from _combined(condition, combiners[0], path)
    elif any(key in _SUBJECTS for key in condition):
        yield from _comparison(condition, path)
    else:
        key = str(next(iter(condition)))
        yield (*path, key), f"unknown key; {suggest(key, (*_COMBINERS, *_SUBJECTS))}"


def _combined(condition: dict[str, Any], key: str, path: Path) -> Iterator[tuple[Path, str]]:
    for other in condition:
        if other != key:
            yield (*path, str(other)), f"expected nothing beside '{key}'"
    inner = condition[key]
    if key == "not":
        yield from check(inner, (*path, key))
        return
    if not isinstance(inner, list) or not inner:
        yield (*path, key), "expected a list of conditions"
        return
    for position, part in enumerate(inner):
        yield from check(part, (*path, key, str(position)))


def _comparison(condition: dict[str, Any], path: Path) -> Iterator[tuple[Path, str]]:
    subjects = [key for key in condition if key in _SUBJECTS]
    if len(subjects) > 1:
        yield path, "expected either header or field, found both"
    for subject in subjects:
        if not isinstance(condition[subject], str) or not condition[subject]:
            yield (*path, subject), f"expected the name of a {subject}, found {condition[subject]!r}"
    operators = [key for key in condition if key not in _SUBJECTS]
    if len(operators) != 1:
        yield path, f"expected exactly one of {', '.join(_OPERATORS)}, found {len(operators)}"
    for operator in operators:
        if operator not in _OPERATORS:
            yield (*path, str(operator)), f"unknown key; {suggest(str(operator), _OPERATORS)}"
            continue
        wanted = _operand(operator, condition[operator])
        if wanted:
            yield (*path, operator), f"expected {wanted}, found {condition[operator]!r}"


def _operand(operator: str, value: Any) -> str:
    """Return what an operator wants, empty when the value is that."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if operator in ("less", "greater"):
        return "" if number else "a number"
    if operator == "exists":
        return "" if isinstance(value, bool) else "true or false"
    if operator == "in":
        good = isinstance(value, list) and value and all(isinstance(one, str | int | float) for one in value)
        return "" if good else "a list of texts or numbers"
    if operator == "equals":
        return "" if isinstance(value, str | int | float) else "text, a number, or true or false"
    try:
        re.compile(value)
    except (re.error, TypeError):
        return "a regular expression"
    return ""
