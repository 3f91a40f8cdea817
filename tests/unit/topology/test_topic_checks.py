"""Names of topics, and expressions that match some, as Kafka and MirrorMaker take them."""

from collections.abc import Callable

import pytest
from meridian.topology import Layers, TopologyError, expand
from meridian.topology.topic_checks import expression, name


@pytest.mark.parametrize("text", ["orders", "a.b-c_D.9", "x" * 249, "...", "__consumer", "0"])
def test_names_that_kafka_takes(text: str) -> None:
    assert name(text) == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("bad name!", "found ' ' in it"),
        ("a/b", "found '/' in it"),
        ("fl\u00fcge", "found '\u00fc' in it"),
        ("", "found '' in it"),
        ("a\n", "found '\\n' in it"),
        (".", "which . cannot be"),
        ("..", "which .. cannot be"),
        ("x" * 250, "at most 249 characters, found 250"),
    ],
)
def test_names_that_kafka_does_not_take(text: str, said: str) -> None:
    assert said in name(text)


@pytest.mark.parametrize("text", ["flights", ".*\\.flights", "fl[a-z]+", "(?i)orders", "a|b"])
def test_expressions_that_all_take(text: str) -> None:
    assert expression(text) == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("*.flights", "nothing to repeat at character 1; did you mean '.*\\.flights'?"),
        ("*", "nothing to repeat at character 1; did you mean '.*'?"),
        ("orders(", "missing ), unterminated subpattern at character 7"),
        ("fl.{1,8}", "without a comma"),
        ("[a-", "unterminated character set at character 1"),
    ],
)
def test_expressions_that_somebody_does_not_take(text: str, said: str) -> None:
    assert said in expression(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "topics: {odd.dots: {partitions: 1}, odd_dots: {partitions: 1}}",
            "topics.odd_dots: expected a name that differs in more than '.' and '_': odd_dots collides",
        ),
        (
            "archive: {topics: ['*']}",
            "archive.topics.0: expected a name or regular expression: nothing to repeat",
        ),
        (
            "elasticsearch: {sink: {exclude: ['x(']}}",
            "elasticsearch.sink.exclude.0: expected a name or regular",
        ),
        ("flows: {central: {topics: [canary, 'a,b']}}", "flows.central.topics.1: expected a name or regular"),
        ("topics: {'a b': {partitions: 1}}", "topics.a b: expected a topic's name of letters"),
        (
            "overrides: {central: {topics: {us-east_flights: {partitions: 1}}}}",
            "us-east.flights collides with us-east_flights in region central",
        ),
    ],
)
def test_they_are_refused_with_their_key(bent: Callable[..., Layers], text: str, message: str) -> None:
    with pytest.raises(TopologyError) as caught:
        expand(bent(text), "local")
    assert message in str(caught.value)
