"""Expressions: which brokers and topics they name, in which order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kafka_scheduler.kafka import expressions
from meridian.common.errors import MeridianError

KNOWN = {
    0: {"rack": "r1", "dc": "dc1", "hostname": "slave0"},
    1: {"rack": "r1", "dc": "dc2", "hostname": "slave1"},
    2: {"rack": "r2", "dc": "dc1", "hostname": "slave2"},
    3: {"rack": "r2", "dc": "dc2", "hostname": "master"},
    4: {"hostname": ""},
}
TOPICS = ["t0", "t1", "other", "__consumer_offsets"]


@pytest.mark.parametrize(
    ("expression", "brokers"),
    [
        ("0", [0]),
        ("1,0", [1, 0]),
        ("0..2", [0, 1, 2]),
        ("0,1..2", [0, 1, 2]),
        ("0,0..1,0", [0, 1]),
        ("*", [0, 1, 2, 3, 4]),
        ("3,*", [3, 0, 1, 2, 4]),
        ("1000..1002", [1000, 1001, 1002]),
        ("*[rack=r1]", [0, 1]),
        ("*[hostname=slave*]", [0, 1, 2]),
        ("0..4[rack=r1,dc=dc1]", [0]),
        ("0..9[rack=r2]", [2, 3]),
        ("[rack]", [4, 0, 2, 1, 3]),
        ("0..3[rack]", [0, 2, 1, 3]),
        ("*[rack,hostname=slave*]", [0, 2, 1]),
        ("*[rack,dc]", [4, 0, 1, 2, 3]),
        ("3..0[rack=r9]", None),
        ("*[rack=r9]", []),
        ("", None),
        ("a", None),
        ("0..", None),
        ("-1", None),
        ("0[", None),
        ("*[=r1]", None),
        ("*[rack=]", None),
        ("2..1", None),
        ("0..99999999", None),
    ],
)
def test_brokers(expression: str, brokers: list[int] | None) -> None:
    if brokers is None:
        with pytest.raises(MeridianError):
            expressions.brokers(expression, KNOWN)
    else:
        assert expressions.brokers(expression, KNOWN) == brokers


def test_brokers_that_have_to_be_there() -> None:
    assert expressions.existing("0..2", KNOWN) == [0, 1, 2]
    with pytest.raises(expressions.Unknown, match="broker 5, 6: there is none"):
        expressions.existing("3..6", KNOWN)


@pytest.mark.parametrize(
    ("expression", "topics"),
    [
        ("t0", ["t0"]),
        ("t1,t0", ["t1", "t0"]),
        ("t*", ["t0", "t1"]),
        ("*", ["other", "t0", "t1"]),
        ("__*", ["__consumer_offsets"]),
        ("t1,*", ["t1", "other", "t0"]),
        ("x*", []),
    ],
)
def test_topics(expression: str, topics: list[str]) -> None:
    assert expressions.topics(expression, TOPICS) == topics


@pytest.mark.parametrize("expression", ["", "t0,", "t9"])
def test_what_names_no_topics(expression: str) -> None:
    with pytest.raises(MeridianError):
        expressions.topics(expression, TOPICS)


@given(
    st.dictionaries(st.integers(0, 50), st.fixed_dictionaries({"rack": st.sampled_from("abc")})),
)
def test_round_robin_names_each_broker_once_and_no_rack_twice_before_all_have_had_a_turn(
    known: dict[int, dict[str, str]],
) -> None:
    ordered = expressions.brokers("[rack]", known)
    assert sorted(ordered) == sorted(known)
    racks = [known[one]["rack"] for one in ordered]
    seen: dict[str, int] = {}
    for rack in racks:
        seen[rack] = seen.get(rack, 0) + 1
        left = {one for one in set(racks) if racks.count(one) > seen.get(one, 0)}
        assert all(seen.get(one, 0) >= seen[rack] - 1 for one in left)


@given(st.text(max_size=12))
def test_any_text_is_read_or_refused_in_one_line(text: str) -> None:
    try:
        expressions.brokers(text, KNOWN)
    except MeridianError as error:
        told = str(error)
    else:
        told = ""
    assert len(told.splitlines()) <= 1
