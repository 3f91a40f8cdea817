import base64
import json
from typing import Any

import pytest
from elasticsearch_sink.document import Document, Malformed, Record, of_record
from hypothesis import given
from hypothesis import strategies as st


def document(value: bytes | None, malformed: str = "index", **changes: Any) -> Document:
    place: dict[str, Any] = {"topic": "Flights", "partition": 2, "offset": 7, "timestamp": 1357}
    record = Record(**{**place, "key": None, "value": value, "headers": [], **changes})
    return of_record(record, "kafka-", malformed)


def lines(made: Document) -> tuple[dict[str, Any], dict[str, Any]]:
    action, source = made.action.splitlines()
    return json.loads(action), json.loads(source)


def test_index_and_id_follow_from_the_place_and_one_that_is_there_is_not_replaced() -> None:
    action, _ = lines(document(b"{}"))
    assert action == {"create": {"_index": "kafka-flights", "_id": "Flights-2-7"}}


def test_an_object_is_sent_byte_for_byte_on_one_line() -> None:
    made = document(b' {"fare": 1.10,\r\n "big": 12345678901234567890123, "text": "a\\nb"}\n')
    assert b'"fare": 1.10,   "big": 12345678901234567890123, "text": "a\\nb"}' in made.action
    assert made.action.count(b"\n") == 2


def test_an_empty_object_has_its_place() -> None:
    assert set(lines(document(b"{}"))[1]) == {"@kafka", "@timestamp"}


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (b"{", "not JSON"),
        (b"", "not JSON"),
        (b'{"a": NaN}', "not JSON: NaN is no number of JSON"),
        (b'{"a": "x\ny"}', "not JSON"),
        (b"\xff{}", "not UTF-8: invalid start byte at byte 0"),
        (b"[1]", "JSON, but no object: list"),
        (b"null", "JSON, but no object: NoneType"),
        (b'{"@kafka": 1}', "has a field @kafka"),
        (b'{"a":' * 100_000, "nested too deeply"),
    ],
)
def test_what_is_no_object_is_refused_or_kept_as_bytes(value: bytes, why: str) -> None:
    with pytest.raises(Malformed, match=why):
        document(value, "dlq")
    assert base64.b64decode(lines(document(value))[1]["@value"]) == value


def test_key_and_headers_are_kept_null_and_binary_ones_too() -> None:
    headers = [("a", b"x"), ("a", None), ("b", b"\xff")]
    made = document(None, key=b"\xfe", headers=headers, timestamp=None)
    assert lines(made)[1] == {
        "@kafka": {
            "topic": "Flights",
            "partition": 2,
            "offset": 7,
            "tombstone": True,
            "key_base64": "/g==",
            "headers": [{"name": "a", "value": "x"}, {"name": "a"}, {"name": "b", "value_base64": "/w=="}],
        }
    }


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(st.dictionaries(st.text(), JSON, max_size=5), st.sampled_from([None, 1, "\t"]))
def test_any_object_comes_out_as_it_went_in(value: dict[str, Any], indent: Any) -> None:
    source = lines(document(json.dumps(value, indent=indent).encode(), "dlq"))[1]
    assert {key: source[key] for key in value} == value


@given(st.binary(max_size=200))
def test_any_bytes_come_out_as_they_went_in(value: bytes) -> None:
    made = document(value)
    source = lines(made)[1]
    assert made.action.count(b"\n") == 2
    if "@value" in source:
        assert base64.b64decode(source["@value"]) == value
