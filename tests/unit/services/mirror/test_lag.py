"""What counts as lag, and what does not."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from confluent_kafka import Producer
from meridian.common.errors import MeridianError
from meridian.services.connect.client import ConnectClient
from meridian.services.mirror import lag, status
from meridian.services.mirror.flow import FlowSpec, from_pillar

from tests.doubles.connect_rest import ConnectDouble
from tests.unit.services.mirror.conftest import PILLAR

COMMITTED = [
    {"partition": {"cluster": "us-east", "topic": "flights", "partition": 0}, "offset": {"offset": 9}},
    {"partition": {"cluster": "us-east", "topic": "flights", "partition": 1}, "offset": None},
]


def test_a_position_is_the_offset_behind_the_last_one_committed() -> None:
    assert lag.positions(COMMITTED) == {("flights", 0): 10}


@pytest.mark.parametrize(
    ("earliest", "end", "read", "start"),
    [
        (0, 10, 10, None),
        (0, 12, 10, 10),
        (0, 5, None, 0),
        (0, 0, None, None),
        # Retention removed what the flow had not read: that is loss, not lag.
        (8, 12, 3, 8),
        (12, 12, 3, None),
    ],
)
def test_what_is_left_to_read(earliest: int, end: int, read: int | None, start: int | None) -> None:
    at = ("flights", 0)
    positions = {} if read is None else {at: read}
    assert lag.pending({at: earliest}, {at: end}, positions) == ({} if start is None else {at: start})


def test_what_was_removed_before_it_was_read_is_counted_per_partition() -> None:
    earliest = {("neg", 0): 90, ("neg", 1): 5, ("neg", 2): 40}
    ends = {("neg", 0): 100, ("neg", 1): 5, ("neg", 2): 40}
    # The flow had not begun with partition 2.
    assert lag.removed(earliest, ends, {("neg", 0): 0, ("neg", 1): 5}) == {("neg", 0): 90}


def test_the_marker_behind_a_last_transaction_is_no_record_that_was_lost() -> None:
    at = ("txn", 0)
    assert lag.removed({at: 31}, {at: 31}, {at: 30}) == {}
    assert lag.removed({at: 31}, {at: 32}, {at: 30}) == {at: 1}
    assert lag.removed({at: 32}, {at: 32}, {at: 30}) == {at: 2}


def test_topics_match_as_a_whole(flow: FlowSpec) -> None:
    assert lag.carries(flow, "flights")
    assert not lag.carries(flow, "flights-late")


@pytest.fixture(scope="module")
def broker() -> Iterator[str]:
    """A Kafka broker in memory: librdkafka's own, which lives as long as its client does."""
    host = Producer({"test.mock.num.brokers": 1, "bootstrap.servers": "none"})
    address = next(iter(host.list_topics(timeout=10).brokers.values()))
    yield f"{address.host}:{address.port}"
    host.flush(0)


def fill(broker: str, topic: str, records: int, timestamp: int) -> None:
    producer = Producer({"bootstrap.servers": broker})
    for number in range(records):
        producer.produce(topic, json.dumps({"n": number}), partition=0, timestamp=timestamp)
    assert producer.flush(10) == 0


def committed(topic: str, offset: int) -> list[dict[str, Any]]:
    return [{"partition": {"topic": topic, "partition": 0}, "offset": {"offset": offset}}]


def test_lag_is_the_records_left_and_the_age_of_the_oldest(broker: str) -> None:
    fill(broker, "late", 10, int(time.time() * 1000) - 60_000)
    spec = from_pillar("flow", {**PILLAR, "topics": ["late"], "source_bootstrap": broker})
    found = lag.measure(spec, committed("late", 6), None)
    assert found.records == 3
    assert 59 < found.seconds < 90
    assert lag.measure(spec, committed("late", 9), None) == lag.Lag(0, 0.0, mirrored=("late",))


def test_a_place_behind_the_end_is_of_a_topic_that_was_made_again(broker: str) -> None:
    fill(broker, "again", 3, int(time.time() * 1000))
    spec = from_pillar("flow", {**PILLAR, "topics": ["again"], "source_bootstrap": broker})
    found = lag.measure(spec, committed("again", 29), None)
    assert found.beyond == {("again", 0): (30, 3)}
    # Nothing is known of the copy of what is there now.
    assert found.mirrored == ()


def test_a_topic_that_is_never_mirrored_is_no_lag_and_is_named(broker: str) -> None:
    for topic in ("shop.orders", "shop.orders.replica", "central.shop"):
        fill(broker, topic, 3, int(time.time() * 1000))
    spec = from_pillar("flow", {**PILLAR, "topics": [r".*shop.*"], "source_bootstrap": broker})
    found = lag.measure(spec, committed("shop.orders", 2), None)
    assert found.records == 0
    assert set(found.passed_over) == {"shop.orders.replica", "central.shop"}


def test_a_flow_without_topics_yet_has_no_lag(broker: str) -> None:
    spec = from_pillar("flow", {**PILLAR, "topics": ["not-there"], "source_bootstrap": broker})
    assert lag.measure(spec, [], None) == lag.Lag(0, 0.0)


def test_status_tells_state_lag_and_error_together(
    broker: str, cluster: ConnectDouble, client: ConnectClient
) -> None:
    fill(broker, "told", 5, int(time.time() * 1000) - 5_000)
    spec = from_pillar(
        "flow",
        {
            **PILLAR,
            "topics": ["told"],
            "source_bootstrap": broker,
            "target_bootstrap": broker,
            "offset_sync": False,
        },
    )
    cluster.add("flow.source", {})["offsets"] = committed("told", 1)
    cluster.add("flow.heartbeat", {})["tasks"] = [
        {"id": 0, "state": "FAILED", "trace": "java.Boom: why\n\tat x"}
    ]
    found = status.of_flow(client, spec, None)
    assert (found["state"], found["lag_records"]) == ("FAILED", 3)
    assert found["lag_seconds"] >= 5
    assert found["error"] == "flow.heartbeat: task 0: java.Boom: why"
    assert found["connectors"] == {"flow.source": "RUNNING", "flow.heartbeat": "FAILED"}
    (problem,) = found["problems"]
    assert problem.startswith("topic us-east.told is not in central though the flow has mirrored told")


def test_a_flow_that_is_not_there_is_missing(client: ConnectClient, flow: FlowSpec) -> None:
    found = status.of_flow(client, flow, None)
    assert (found["state"], found["lag_records"], found["lag_seconds"]) == ("MISSING", None, None)


def test_a_source_that_does_not_answer_is_an_error_and_no_lag(
    cluster: ConnectDouble, client: ConnectClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lag, "_TIMEOUT", 0.5)
    spec = from_pillar("flow", {**PILLAR, "source_bootstrap": "127.0.0.1:1", "offset_sync": False})
    cluster.add("flow.source", {})
    cluster.add("flow.heartbeat", {})
    found = status.of_flow(client, spec, None)
    assert found["state"] == "RUNNING"
    assert found["lag_records"] is None
    assert "source us-east at 127.0.0.1:1 does not answer" in found["error"]


def test_measuring_says_which_source_is_silent(flow: FlowSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lag, "_TIMEOUT", 0.5)
    with pytest.raises(MeridianError, match="source us-east"):
        lag.measure(from_pillar("flow", {**PILLAR, "source_bootstrap": "127.0.0.1:1"}), [], None)
