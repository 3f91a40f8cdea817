"""The filter's language, as far as it can be judged without a message."""

from typing import Any

import pytest
from meridian.topology.filters import check

GOOD: list[dict[str, Any]] = [
    {"header": "canary", "exists": True},
    {"field": "a.b.c", "in": ["x", 1]},
    {"not": {"field": "price", "less": 1.5}},
    {"field": "p", "matches": r"\p{L}+"},
    {"field": "p", "matches": "(?P<y>[0-9]+)"},
    {"field": "name", "greater": "m"},
    {"field": "flag", "in": [True, False]},
    {"all": [{"header": "h", "matches": "^a+$"}, {"any": [{"field": "f", "equals": False}]}]},
]
BAD: list[tuple[Any, str, str]] = [
    ({}, "", "expected a condition: a mapping with all, any, not, header or field"),
    ("x", "", "expected a condition: a mapping with all, any, not, header or field"),
    ({"al": []}, "al", "unknown key; did you mean 'all'?"),
    ({"all": []}, "all", "expected a list of conditions"),
    ({"all": [{"field": "f", "equals": 1}], "any": []}, "any", "expected nothing beside 'all'"),
    ({"field": "f", "header": "h", "equals": 1}, "", "expected either header or field, found both"),
    ({"field": "f"}, "", "expected exactly one of equals, in, less, greater, exists, matches, found 0"),
    ({"field": "", "equals": 1}, "field", "expected the name of a field, found ''"),
    ({"field": "f", "greater": True}, "greater", "expected a number or a text, found True"),
    ({"field": "f", "greater": float("inf")}, "greater", "expected a number or a text, found inf"),
    (
        {"field": "f", "equals": float("nan")},
        "equals",
        "expected text, a number, or true or false, found nan",
    ),
    (
        {"field": "a..b", "equals": 1},
        "field",
        "expected names with one dot between them, as in a.b, found 'a..b'",
    ),
    (
        {"header": "h", "matches": "("},
        "matches",
        "expected a regular expression as RE2 has them (missing ): (), found '('",
    ),
    (
        {"header": "h", "matches": "a(?=b)"},
        "matches",
        "expected a regular expression as RE2 has them (invalid perl operator: (?=), found 'a(?=b)'",
    ),
    ({"header": "h", "matches": 5}, "matches", "expected a regular expression, found 5"),
    (
        {"field": "c", "in": ["SE", False, "DK"]},
        "in",
        "expected texts and numbers; YAML takes NO, on and their like for true or false: write them in "
        "quotes, found ['SE', False, 'DK']",
    ),
    ({"header": "h", "exists": 1}, "exists", "expected true or false, found 1"),
    (
        {"not": {"any": [{"field": "f", "in": 3}]}},
        "not.any.0.in",
        "expected a list of texts or numbers, found 3",
    ),
]


@pytest.mark.parametrize("condition", GOOD)
def test_a_right_condition_passes(condition: dict[str, Any]) -> None:
    assert list(check(condition, ())) == []


@pytest.mark.parametrize(("condition", "path", "message"), BAD)
def test_a_wrong_condition_is_told_where(condition: Any, path: str, message: str) -> None:
    assert [(".".join(at), said) for at, said in check(condition, ())] == [(path, message)]
