"""The conditions of a flow's filter, checked before anything is made of them.

The Java predicate (``apps/connect-predicates``) evaluates the same language.
"""

import math
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
        name = condition[subject]
        if not isinstance(name, str) or not name:
            yield (*path, subject), f"expected the name of a {subject}, found {name!r}"
        elif subject == "field" and "" in name.split("."):
            yield (*path, subject), f"expected names with one dot between them, as in a.b, found {name!r}"
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
    if operator in ("less", "greater"):
        return "" if isinstance(value, str) or _is_number(value) else "a number or a text"
    if operator == "exists":
        return "" if isinstance(value, bool) else "true or false"
    if operator == "in":
        return _listed(value)
    if operator == "equals":
        return "" if _is_scalar(value) else "text, a number, or true or false"
    return _expression(value)


def _is_number(value: Any) -> bool:
    # JSON, in which Connect is told it, has neither infinities nor what is no number.
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_scalar(value: Any) -> bool:
    return isinstance(value, str | bool) or _is_number(value)


def _listed(value: Any) -> str:
    if not isinstance(value, list) or not value or not all(_is_scalar(one) for one in value):
        return "a list of texts or numbers"
    if any(isinstance(one, bool) for one in value) and not all(isinstance(one, bool) for one in value):
        return "texts and numbers; YAML takes NO, on and their like for true or false: write them in quotes"
    return ""


def _expression(value: Any) -> str:
    """Return what is wrong with a regular expression: the syntax is RE2's, which the predicate matches by."""
    if not isinstance(value, str):
        return "a regular expression"
    # Not everywhere that this package is: nodes have no need of it.
    import re2

    options = re2.Options()
    options.log_errors = False
    try:
        re2.compile(value, options)
    except re2.error as error:
        return f"a regular expression as RE2 has them ({_said(error)})"
    return ""


def _said(error: Exception) -> str:
    text = error.args[0] if error.args else ""
    return text.decode(errors="replace") if isinstance(text, bytes) else str(text)
