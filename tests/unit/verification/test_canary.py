"""What the canaries' outcome says of a flow: passed, stopped, late, or let through."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from meridian.topology.model import Flow, Region, Topology
from meridian.verification import archived, canary, carried, clients, reading
from meridian.verification.result import Row

RUN = "run-1"
TOPOLOGY = Topology(
    environment="local",
    provider="local",
    central="central",
    regions=tuple(Region(name, 0, (), name == "central", (), {}, "", "") for name in ("us-east", "central")),
    flows=(
        Flow(
            "us-east-to-central",
            "us-east",
            "central",
            {"topics": ["can.*"], "naming": "source_prefix", "enabled": True, "filter": {"condition": {}}},
        ),
        Flow(
            "us-east-to-x",
            "us-east",
            "central",
            {"topics": ["orders"], "naming": "identity", "enabled": True},
        ),
    ),
    settings={"verification": {"canary": {"topic": "canary"}}},
)


@dataclass
class Record:
    """A record as confluent-kafka's Message gives it."""

    pairs: list[tuple[str, bytes]]
    at: int = 0

    def headers(self) -> list[tuple[str, bytes]]:
        return self.pairs

    def partition(self) -> int:
        return 1

    def offset(self) -> int:
        return self.at


@dataclass
class Cluster:
    """What was produced, and what the target will show: at first, and later."""

    arriving: Callable[[list[Record]], Sequence[Record]]
    later: Callable[[list[Record]], Sequence[Record]]
    produced: list[Record] = field(default_factory=list)

    def produce(self, topic: str, value: bytes, key: bytes, headers: Any, on_delivery: Any) -> None:
        assert topic == "canary"
        self.produced.append(Record(headers, len(self.produced)))
        on_delivery(None, self.produced[-1])

    def flush(self, seconds: float) -> int:
        return 0

    def close(self) -> None:
        pass

    def follow(self, consumer: Any, topic: str, start: Any, patience: float) -> Iterator[Record]:
        assert topic == "us-east.canary"
        yield from self.arriving(self.produced)

    def whole(self, consumer: Any, topic: str, patience: float, start: Any) -> Iterator[Record]:
        assert topic == "us-east.canary"
        yield from self.later(self.produced)


def check(
    monkeypatch: pytest.MonkeyPatch,
    arriving: Callable[[list[Record]], Sequence[Record]],
    later: Callable[[list[Record]], Sequence[Record]] | None = None,
) -> list[Row]:
    cluster = Cluster(arriving, later or arriving)
    monkeypatch.setattr(clients, "producer", lambda topology, region: cluster)
    monkeypatch.setattr(clients, "consumer", lambda topology, region: cluster)
    monkeypatch.setattr(reading, "ends", lambda consumer, topic: {})
    monkeypatch.setattr(reading, "follow", cluster.follow)
    monkeypatch.setattr(reading, "whole", cluster.whole)
    monkeypatch.setattr(archived, "keeps", lambda topology, region, topic: True)
    monkeypatch.setattr(archived, "holds", lambda topology, region, topic, places: len(places))
    return canary.check(TOPOLOGY, RUN, lambda line: None, patience=0.05, again=0.0)


def outcome(rows: list[Row]) -> list[tuple[str, bool]]:
    return [(row.seen, row.ok) for row in rows]


def test_stop_is_sent_before_pass_and_held_back(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = check(monkeypatch, lambda sent: sent[1:])
    assert outcome(rows) == [("1", True), ("0", True), ("2", True), ("1", True)]
    assert rows[2].name.endswith("archive of us-east")
    assert rows[3].name.endswith("archive of central")


def test_a_filter_that_lets_everything_through_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = check(monkeypatch, lambda sent: sent)
    assert outcome(rows)[:2] == [("1", True), ("1", False)]


def test_a_canary_that_comes_again_later_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """What two connectors carry arrives twice, the second time whenever the other one comes to it."""
    rows = check(monkeypatch, lambda sent: sent[1:], lambda sent: [sent[1], sent[1]])
    assert outcome(rows)[:2] == [("2", False), ("0", True)]
    assert "arrived more than once in us-east.canary of central" in rows[0].note


def test_what_the_filter_stops_in_one_flow_and_another_connector_brings_is_found_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = check(monkeypatch, lambda sent: sent[1:], lambda sent: [sent[1], sent[0], sent[1]])
    assert outcome(rows)[:2] == [("2", False), ("1", False)]


def test_as_long_as_pass_is_missing_nothing_is_known_of_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = check(monkeypatch, lambda sent: [])
    assert outcome(rows)[:2] == [("0", False), ("unknown", False)]
    assert "us-east.canary of central" in rows[0].note


def test_canaries_of_other_runs_and_flows_do_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    others = [
        Record([("canary", b"pass"), ("flow", b"us-east-to-central"), ("run", b"run-0")]),
        Record([("canary", b"pass"), ("flow", b"eu-west-to-central"), ("run", RUN.encode())]),
        Record([]),
    ]
    assert outcome(check(monkeypatch, lambda sent: others))[0] == ("0", False)


def test_flows_carry_what_their_expressions_match_wholly() -> None:
    flow = TOPOLOGY.flows[0]
    assert carried.carries(flow, "canary")
    assert not carried.carries(flow, "my-canary")
    assert carried.arrives_as(flow, "canary") == "us-east.canary"
    assert carried.arrives_as(TOPOLOGY.flows[1], "orders") == "orders"
    assert [one.name for one in carried.flows(TOPOLOGY, "orders")] == ["us-east-to-x"]


def test_a_flow_that_is_switched_off_carries_nothing() -> None:
    flow = Flow("a-to-b", "a", "b", {**TOPOLOGY.flows[0].settings, "enabled": False})
    assert not carried.carries(flow, "canary")
