"""Delivery against an Elasticsearch that keeps documents in a dict and has bad days."""

import json
from typing import Any

import pytest
from elasticsearch_sink.delivery import Counters, Delivery, Interrupted
from elasticsearch_sink.document import META, Document, Record, of_record
from meridian.services.elasticsearch.client import ElasticError


class Server:
    """What the client would be; answers as it is told, then as Elasticsearch does."""

    def __init__(self) -> None:
        self.documents: dict[str, Any] = {}
        self.answers: list[Any] = []
        self.limit = 10_000
        self.sent: list[int] = []

    def bulk(self, body: bytes) -> list[dict[str, Any]]:
        lines = [json.loads(line) for line in body.splitlines()]
        pairs = list(zip(lines[::2], lines[1::2], strict=True))
        self.sent.append(len(pairs))
        if len(body) > self.limit:
            raise ElasticError("too large", 413)
        answer = self.answers.pop(0) if self.answers else {}
        if isinstance(answer, ElasticError):
            raise answer
        return [self._one(action["create"]["_id"], source, answer) for action, source in pairs]

    def _one(self, number: str, source: Any, answer: dict[str, Any]) -> dict[str, Any]:
        if number in answer:
            return dict(answer[number])
        if number in self.documents:
            return {"status": 409, "error": {"type": "version_conflict_engine_exception"}}
        self.documents[number] = source
        return {"status": 201}

    def sources(self, wanted: list[tuple[str, str]], field: str) -> list[Any]:
        assert field == META
        return [self.documents.get(number, {}).get(META) for _, number in wanted]


class World:
    """A delivery, and what it did."""

    def __init__(self) -> None:
        self.server = Server()
        self.counters = Counters()
        self.pauses: list[tuple[float, str]] = []
        self.patience = 100
        self.lost: set[int] = set()

        def pause(seconds: float, problem: str) -> bool:
            self.pauses.append((seconds, problem))
            return len(self.pauses) <= self.patience

        server: Any = self.server
        self.delivery = Delivery(
            server, self.counters, pause, lambda document: document.record.partition not in self.lost
        )


@pytest.fixture
def world() -> World:
    return World()


def documents(count: int, **changes: Any) -> list[Document]:
    made = []
    for number in range(count):
        record = Record("t", 0, number, 5, b"k", b'{"n": %d}' % number, [])
        made.append(
            of_record(
                Record(**{**{name: getattr(record, name) for name in Record.__slots__}, **changes}), "", "dlq"
            )
        )
    return made


BUSY = {"status": 429, "error": {"type": "es_rejected_execution_exception", "reason": "queue is full"}}
WRONG = {"status": 400, "error": {"type": "document_parsing_exception", "reason": "no number"}}


def test_only_what_failed_is_sent_again_after_longer_and_longer_pauses(world: World) -> None:
    world.server.answers = [{"t-0-1": BUSY, "t-0-2": BUSY}, {"t-0-2": BUSY}, {"t-0-2": BUSY}]
    assert world.delivery.deliver(documents(4)) == []
    assert world.server.sent == [4, 2, 1, 1]
    assert [seconds for seconds, _ in world.pauses] == [0.25, 0.5, 1.0]
    assert "429 es_rejected_execution_exception: queue is full" in world.pauses[0][1]
    assert (world.counters.indexed, world.counters.retries) == (4, 3)


def test_an_outage_is_sat_out(world: World) -> None:
    world.server.answers = [ElasticError("no node answers", 0), ElasticError("refused", 401)] * 2
    assert world.delivery.deliver(documents(2)) == []
    assert len(world.server.documents) == 2


def test_what_cannot_be_indexed_is_returned_and_the_rest_indexed(world: World) -> None:
    world.server.answers = [{"t-0-1": WRONG}]
    dead = world.delivery.deliver(documents(3))
    assert [(one.id, why) for one, why in dead] == [("t-0-1", "document_parsing_exception: no number")]
    assert set(world.server.documents) == {"t-0-0", "t-0-2"}


def test_a_record_sent_before_is_not_counted_twice(world: World) -> None:
    world.delivery.deliver(documents(3))
    assert world.delivery.deliver(documents(4)) == []
    assert (world.counters.indexed, world.counters.already) == (4, 3)


def test_a_record_whose_place_another_has_is_a_dead_letter_and_takes_nothing(world: World) -> None:
    world.delivery.deliver(documents(1))
    before = dict(world.server.documents)
    dead = world.delivery.deliver(documents(1, timestamp=6, value=b"{}"))
    assert "has another document t-0-0: was the topic deleted and made again?" in dead[0][1]
    assert world.server.documents == before


def test_a_request_that_is_too_large_is_halved_until_it_fits(world: World) -> None:
    world.server.limit = 400
    made = [*documents(4), *documents(1, offset=9, value=b'{"n": "%s"}' % (b"x" * 500))]
    dead = world.delivery.deliver(made)
    assert [one.id for one, _ in dead] == ["t-0-9"]
    assert len(world.server.documents) == 4


def test_what_is_another_sinks_now_is_let_go(world: World) -> None:
    world.server.answers = [ElasticError("no node answers", 0)]
    world.lost = {1}
    world.delivery.deliver([*documents(1), *documents(1, partition=1)])
    assert set(world.server.documents) == {"t-0-0"}


def test_told_to_stop_it_does_not_claim_to_be_done(world: World) -> None:
    world.patience = 0
    world.server.answers = [ElasticError("no node answers", 0)]
    with pytest.raises(Interrupted):
        world.delivery.deliver(documents(1))
