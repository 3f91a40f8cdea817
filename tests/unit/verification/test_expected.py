"""The independent count: whatever goes wrong with records on their way has to show in it."""

import json
from dataclasses import replace

import pandas
import pytest
from meridian.verification import expected, flights
from meridian.verification.expected import Arrived

RUN = "run-1"


@pytest.fixture(scope="module")
def frame() -> pandas.DataFrame:
    """Four flights: late, on time, cancelled, exactly at the limit."""
    rows = [
        ("2013-01-01T10:00:00Z", "UA", 1545, "EWR", 20.0, "N14228"),
        ("2013-01-01T10:00:00Z", "AA", 1141, "JFK", -3.0, "N619AA"),
        ("2013-01-01T11:00:00Z", "UA", 1545, "EWR", None, None),
        ("2013-01-01T10:00:00Z", "B6", 725, "JFK", 15.0, "N804JB"),
    ]
    frame = pandas.DataFrame(
        rows, columns=["time_hour", "carrier", "flight", "origin", "dep_delay", "tailnum"]
    )
    frame["minute"] = 15
    return frame


@pytest.fixture(scope="module")
def sent(frame: pandas.DataFrame) -> list[Arrived]:
    """All four as the publisher writes them."""
    made = flights.messages(frame)
    return [
        Arrived(key, value, [("origin", origin.encode()), ("run", RUN.encode())])
        for key, value, origin in zip(made.keys, made.values, made.origins, strict=True)
    ]


def counts(difference: expected.Difference) -> tuple[int, int, int, int, int]:
    return (
        difference.arrived,
        difference.missing,
        difference.doubled,
        difference.unmanaged,
        difference.altered,
    )


def test_all_that_was_sent_and_nothing_else(frame: pandas.DataFrame, sent: list[Arrived]) -> None:
    found = expected.compare(frame, sent, RUN)
    assert counts(found) == (4, 0, 0, 0, 0)
    assert found.example == ""


def test_missing_and_doubled_are_told_apart(frame: pandas.DataFrame, sent: list[Arrived]) -> None:
    found = expected.compare(frame, [sent[0], sent[0], sent[0], sent[1], sent[2]], RUN)
    assert counts(found) == (3, 1, 2, 0, 0)
    assert found.example == "2013-01-01T10:00:00Z B6 725"


def test_what_the_filter_should_have_held_back_is_a_stranger(
    frame: pandas.DataFrame, sent: list[Arrived]
) -> None:
    assert counts(expected.compare(expected.delayed(frame, 15), sent, RUN)) == (1, 0, 0, 3, 0)


@pytest.mark.parametrize(
    "harm",
    [
        {"key": b"UA1546"},
        {"key": None},
        {"headers": [("origin", b"RVdS"), ("run", RUN.encode())]},
        {"headers": [("run", RUN.encode()), ("origin", b"EWR")]},
        {"headers": [("origin", b"EWR")]},
        {"headers": [("origin", b"EWR"), ("run", b"run-0")]},
    ],
    ids=["key", "no key", "header corrupted", "headers out of order", "header lost", "other run"],
)
def test_altered_key_or_headers(
    frame: pandas.DataFrame, sent: list[Arrived], harm: dict[str, object]
) -> None:
    found = expected.compare(frame, [replace(sent[0], **harm), *sent[1:]], RUN)  # type: ignore[arg-type]
    assert counts(found) == (4, 0, 0, 0, 1)
    assert found.example.endswith("UA 1545")


@pytest.mark.parametrize(("field", "value"), [("tailnum", "N1"), ("dep_delay", 21.0), ("tailnum", None)])
def test_altered_value(frame: pandas.DataFrame, sent: list[Arrived], field: str, value: object) -> None:
    changed = json.dumps(json.loads(sent[0].value or b"") | {field: value}).encode()
    found = expected.compare(frame, [replace(sent[0], value=changed), *sent[1:]], RUN)
    assert counts(found) == (4, 0, 0, 0, 1)


@pytest.mark.parametrize("value", [b"", None, b"{", b"[]", b'{"flight": 1}'])
def test_what_is_no_flight_is_a_stranger(
    frame: pandas.DataFrame, sent: list[Arrived], value: bytes | None
) -> None:
    found = expected.compare(frame, [*sent, replace(sent[0], value=value)], RUN)
    assert counts(found) == (4, 0, 0, 1, 0)


def test_nothing_arrived(frame: pandas.DataFrame) -> None:
    assert counts(expected.compare(frame, [], RUN)) == (0, 4, 0, 0, 0)


def test_delayed_is_more_than_the_limit_and_not_cancelled(frame: pandas.DataFrame) -> None:
    assert expected.delayed(frame, 15)["carrier"].tolist() == ["UA"]


def test_busiest_hour_and_region(frame: pandas.DataFrame) -> None:
    assert expected.busiest_hour(frame).isoformat() == "2013-01-01T10:00:00+00:00"
    assert len(expected.of_region(frame, {"EWR": "us-east", "JFK": "eu-west"}, "eu-west")) == 2
