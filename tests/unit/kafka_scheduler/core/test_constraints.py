"""Constraints, by table."""

import pytest
from kafka_scheduler.core.constraints import why_not


@pytest.mark.parametrize(
    ("rule", "value", "others", "met"),
    [
        ("like:r[12]", "r1", [], True),
        ("like:r[12]", "r13", [], False),
        ("unlike:r1", "r1", [], False),
        ("unlike:r1", "r10", [], True),
        ("unique", "a", ["b", "c"], True),
        ("unique", "a", ["a"], False),
        ("cluster", "a", [], True),
        ("cluster", "a", ["a", "a"], True),
        ("cluster", "b", ["a"], False),
        ("cluster:b", "b", ["a"], True),
        ("cluster:b", "a", [], False),
        ("groupBy", "a", [], True),
        ("groupBy", "a", ["a"], False),
        ("groupBy", "b", ["a"], True),
        ("groupBy", "a", ["a", "b", "c"], True),
        ("groupBy", "a", ["a", "a", "b", "c"], False),
        ("groupBy:2", "b", ["a"], True),
        ("groupBy:2", "a", ["a"], False),
        ("groupBy:2", "c", ["a", "b"], False),
        ("groupBy:2", "a", ["a", "b"], True),
        ("groupBy:2", "a", ["a", "a", "b"], False),
    ],
)
def test_rules(rule: str, value: str, others: list[str], met: bool) -> None:
    assert (why_not("rack", rule, value, others, ["a", "b", "c"]) == "") is met


def test_an_agent_without_the_attribute_meets_none() -> None:
    assert why_not("rack", "unlike:r1", None, []) == "rack unlike:r1: the agent has no rack"


def test_the_reason_names_rule_and_value() -> None:
    assert why_not("hostname", "unique", "a", ["a"]) == "hostname unique: a"
