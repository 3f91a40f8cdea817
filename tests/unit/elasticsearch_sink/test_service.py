"""What is committed, and when: the service with a consumer and an Elasticsearch that do as they are told."""

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import TopicPartition
from elasticsearch_sink import service as under_test
from elasticsearch_sink.settings import SinkSettings
from meridian.services.elasticsearch.client import ElasticError


class Message:
    """A record as confluent-kafka gives it."""

    def __init__(self, partition: int, offset: int, value: bytes = b"{}") -> None:
        self._place = (partition, offset)
        self._value = value

    def error(self) -> None:
        return None

    def topic(self) -> str:
        return "flights"

    def partition(self) -> int:
        return self._place[0]

    def offset(self) -> int:
        return self._place[1]

    def timestamp(self) -> tuple[int, int]:
        return (1, 1357)

    def key(self) -> None:
        return None

    def value(self) -> bytes:
        return self._value

    def headers(self) -> None:
        return None


class World:
    """Everything around the service; ``log`` is what happened, in order."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.log: list[Any] = []
        self.batches: list[list[Message]] = []
        self.while_waiting: list[Callable[[], None]] = []
        self.bulk_answers: list[Any] = []
        self.stop = threading.Event()
        self.callbacks: dict[str, Any] = {}
        for name in ("Consumer", "DeadLetters", "ElasticClient"):
            monkeypatch.setattr(under_test, name, lambda *arguments, **named: self)
        settings = {
            "node": "n",
            "kafka": {"bootstrap": "k:9092"},
            "elasticsearch": {"urls": ["https://e:9200"]},
            "topics": ["flights"],
            "malformed": "dlq",
            "metrics": "",
            "status_file": str(folder / "status.json"),
        }
        self.service = under_test.Service(SinkSettings.from_dict(settings, "test"), self.stop)

    def run(self) -> list[Any]:
        """Run until all batches are taken; return what happened."""
        self.service.run()
        return self.log

    # The consumer.
    def list_topics(self, timeout: float) -> Any:
        return type("Listed", (), {"topics": {"flights": None, "flights.dlq": None}})

    def subscribe(self, topics: list[str], **callbacks: Any) -> None:
        assert topics == ["flights"]
        self.callbacks = callbacks
        self.assign(0, 1)

    def assign(self, *partitions: int) -> None:
        self.callbacks["on_assign"](self, [TopicPartition("flights", one) for one in partitions])

    def revoke(self, *partitions: int) -> None:
        self.callbacks["on_revoke"](self, [TopicPartition("flights", one) for one in partitions])

    def consume(self, number: int, timeout: float) -> list[Message]:
        if self.batches:
            return self.batches.pop(0)
        self.stop.set()
        return []

    def poll(self, timeout: float) -> Message | None:
        if self.while_waiting:
            self.while_waiting.pop(0)()
        return None

    def commit(self, offsets: list[TopicPartition], asynchronous: bool) -> None:
        self.log.append(("commit", {one.partition: one.offset for one in offsets}))

    def assignment(self) -> list[TopicPartition]:
        return []

    def position(self, places: list[TopicPartition]) -> list[TopicPartition]:
        return places

    def pause(self, places: list[TopicPartition]) -> None:
        """Nothing is fetched here."""

    resume = incremental_assign = incremental_unassign = pause

    def close(self) -> None:
        """Nothing is open."""

    # The dead letters.
    def begin(self) -> None:
        """There was no former sink."""

    def send(self, dead: list[Any], consumer: Any, offsets: list[TopicPartition]) -> None:
        letters = [(record.partition, record.offset) for record, _ in dead]
        self.log.append(("dead", letters, {one.partition: one.offset for one in offsets}))

    # Elasticsearch.
    def bulk(self, body: bytes) -> list[dict[str, Any]]:
        answer = self.bulk_answers.pop(0) if self.bulk_answers else None
        if answer is not None:
            raise answer
        ids = [json.loads(line)["create"]["_id"] for line in body.splitlines()[::2]]
        self.log.append(("indexed", ids))
        return [{"status": 201} for _ in ids]


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return World(tmp_path, monkeypatch)


def test_offsets_follow_what_elasticsearch_has(world: World) -> None:
    world.batches = [[Message(0, 3), Message(1, 8)], [Message(0, 4)]]
    assert world.run() == [
        ("indexed", ["flights-0-3", "flights-1-8"]),
        ("commit", {0: 4, 1: 9}),
        ("indexed", ["flights-0-4"]),
        ("commit", {0: 5}),
    ]


def test_dead_letters_and_offsets_are_one(world: World) -> None:
    world.batches = [[Message(0, 3, b"{half"), Message(0, 4)]]
    assert world.run() == [("indexed", ["flights-0-4"]), ("dead", [(0, 3)], {0: 5})]


def test_of_a_partition_that_was_taken_away_nothing_is_committed_even_when_it_is_back(world: World) -> None:
    """What was not sent would be passed over for ever."""
    world.bulk_answers = [ElasticError("no node answers")]
    world.while_waiting = [lambda: world.revoke(1), lambda: world.assign(1)]
    world.batches = [[Message(0, 3), Message(1, 8), Message(1, 9, b"{half")]]
    assert world.run() == [("indexed", ["flights-0-3"]), ("commit", {0: 4})]


def test_told_to_stop_while_elasticsearch_is_away_it_commits_nothing(world: World) -> None:
    world.bulk_answers = [ElasticError("no node answers")]
    world.while_waiting = [world.stop.set]
    world.batches = [[Message(0, 3)]]
    assert world.run() == []


def test_it_says_why_it_waits(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(under_test, "_REPORT_EVERY", 0.0)
    seen: list[Any] = []

    def look() -> None:
        seen.append(json.loads((tmp_path / "status.json").read_text()))

    world.bulk_answers = [ElasticError("no Elasticsearch node answers")]
    world.while_waiting = [lambda: None, look]
    world.batches = [[Message(0, 3)]]
    world.run()
    assert (seen[0]["state"], seen[0]["problems"]) == ("retrying", ["no Elasticsearch node answers"])
    assert json.loads((tmp_path / "status.json").read_text())["state"] == "running"
