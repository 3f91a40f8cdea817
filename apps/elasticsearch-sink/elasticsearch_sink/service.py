"""The service: consume, index, give up what cannot be indexed, and only then commit.

Once around the loop: 1. Subscribe to topics that appeared. 2. Take what came, a bounded amount. 3. Send it,
request by request, until Elasticsearch has acknowledged all of it. 4. Dead letters and offsets in one
transaction; without dead letters just the offsets. 5. Report.
"""

import logging
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from confluent_kafka import Consumer, KafkaException, TopicPartition
from meridian.services.daemon.consuming import Consuming
from meridian.services.daemon.metrics import Metrics
from meridian.services.daemon.notify import notify
from meridian.services.elasticsearch.client import ElasticClient
from meridian.services.kafka import header_names
from meridian.services.kafka.fatal import is_dead

from elasticsearch_sink import metrics
from elasticsearch_sink.dead_letters import DeadLetters
from elasticsearch_sink.delivery import Counters, Delivery, Interrupted
from elasticsearch_sink.document import Document, Malformed, Record, of_record
from elasticsearch_sink.settings import SinkSettings

log = logging.getLogger("elasticsearch-sink")

_POLL = 0.3
_REPORT_EVERY = 2.0
_RETRY = 1.0
# Of one node; three that are silent one after the other still leave time for the watchdog.
_TIMEOUT = 30.0
_Place = tuple[str, int]


class Service(Consuming):
    """Indexes the topics of one region until it is told to stop.

    :param stop: set by whoever wants it to end; what is not acknowledged is read again at the next start.
    :raises MeridianError: the file of user and password cannot be read, or the metrics' address is taken.
    """

    _settings: SinkSettings

    def __init__(self, settings: SinkSettings, stop: threading.Event) -> None:
        super().__init__(settings, log, "indexing", settings.matcher())
        self._stop = stop
        self._counters = Counters()
        self._owned: set[_Place] = set()
        # Taken away since the records under way were taken, also when they have come back in between.
        self._lost: set[_Place] = set()
        self._held: list[Any] = []
        self._waiting = False
        self._metrics = Metrics(settings.metrics, metrics.text)
        elastic = ElasticClient(settings.elasticsearch, timeout=_TIMEOUT, patience=0)
        self._delivery = Delivery(elastic, self._counters, self._pause, self._wanted)
        client = self._client()
        self._dead_letters = DeadLetters(settings.kafka, f"{settings.group}-{settings.node}", client)
        self._consumer = Consumer(
            client
            | self._member()
            | {
                "auto.offset.reset": "earliest",
                "queued.max.messages.kbytes": settings.queue_kbytes,
                "fetch.wait.max.ms": 300,
            }
        )

    def run(self) -> None:
        """Index until told to stop.

        :raises KafkaException: when it cannot go on; start again.
        """
        notify("READY=1")
        self._begin()
        try:
            while not self._stop.is_set():
                self._end_if_dead()
                self._discover()
                if records := list(self._take(self._consumer.consume(self._settings.batch_records, _POLL))):
                    self._handle(records)
                self._report()
        except Interrupted:
            log.warning("stopped before all was indexed; the next start reads it from Kafka again")
        notify("STOPPING=1")
        self._consumer.close()
        self._metrics.close()
        counted = self._counters
        log.info("stopped; indexed %d, dead letters %d", counted.indexed, counted.dead)

    def _begin(self) -> None:
        while not self._stop.is_set():
            try:
                self._dead_letters.begin()
                self._problem("kafka", "")
                return
            except KafkaException as error:
                self._refused(error.args[0])
                self._report()
                self._stop.wait(_RETRY)

    def _on_assign(self, consumer: Consumer, assigned: list[TopicPartition]) -> None:
        self._joined = True
        self._owned |= {(one.topic, one.partition) for one in assigned}
        consumer.incremental_assign(assigned)
        if self._waiting:
            consumer.pause(assigned)

    def _on_revoke(self, consumer: Consumer, revoked: list[TopicPartition]) -> None:
        # What is under way for them is the next owner's business; it finds there what was indexed already.
        gone = {(one.topic, one.partition) for one in revoked}
        self._owned -= gone
        self._lost |= gone
        self._held = [one for one in self._held if (one.topic(), one.partition()) not in gone]
        consumer.incremental_unassign(revoked)

    def _take(self, messages: Iterable[Any]) -> Iterator[Record]:
        held, self._held = self._held, []
        for message in [*held, *messages]:
            error = message.error()
            if error is None:
                if (message.topic(), message.partition()) in self._owned:
                    yield _record(message)
            else:
                self._refused(error)

    def _handle(self, records: list[Record]) -> None:
        self._lost.clear()
        dead: list[tuple[Record, str]] = []
        for documents in self._requests(records, dead):
            dead += [(document.record, why) for document, why in self._delivery.deliver(documents)]
            self._problem("elasticsearch", "")
        self._commit(records, dead)

    def _requests(self, records: list[Record], dead: list[tuple[Record, str]]) -> Iterator[list[Document]]:
        """Yield documents, as many as one request may have; add what is malformed to the dead letters."""
        documents: list[Document] = []
        size = 0
        for record in records:
            try:
                document = of_record(record, self._settings.prefix, self._settings.malformed)
            except Malformed as problem:
                dead.append((record, str(problem)))
                self._counters.dead += 1
                continue
            if documents and size + len(document.action) > self._settings.batch_bytes:
                yield documents
                documents, size = [], 0
            documents.append(document)
            size += len(document.action)
        if documents:
            yield documents

    def _commit(self, records: list[Record], dead: list[tuple[Record, str]]) -> None:
        """Commit what is done, with its dead letters; nothing of partitions that were taken away."""
        while True:
            ends = {
                (one.topic, one.partition): one.offset + 1
                for one in records
                if (one.topic, one.partition) not in self._lost
            }
            letters = [one for one in dead if (one[0].topic, one[0].partition) in ends]
            offsets = [TopicPartition(topic, number, end) for (topic, number), end in ends.items()]
            try:
                if letters:
                    self._dead_letters.send(letters, self._consumer, offsets)
                elif offsets:
                    self._consumer.commit(offsets=offsets, asynchronous=False)
                self._problem("commit", "")
                return
            except KafkaException as error:
                if is_dead(error.args[0]):
                    raise
                problem = f"Kafka: offsets cannot be committed: {error.args[0].str()}"
                self._problem("commit", problem)
                # Offsets alone come with the next commit; dead letters have to be written first.
                if not letters or not self._pause(_RETRY, ""):
                    return

    def _pause(self, seconds: float, problem: str) -> bool:
        """Wait without losing the place in the group; tell whether to go on."""
        if problem:
            self._problem("elasticsearch", problem)
        self._set_waiting(True)
        until = time.monotonic() + seconds
        while not self._stop.is_set() and time.monotonic() < until:
            message = self._consumer.poll(min(0.1, max(0.0, until - time.monotonic())))
            if message is not None:
                self._held.append(message)
            self._report()
        self._set_waiting(False)
        return not self._stop.is_set()

    def _set_waiting(self, waiting: bool) -> None:
        self._waiting = waiting
        change = self._consumer.pause if waiting else self._consumer.resume
        change(self._consumer.assignment())

    def _wanted(self, document: Document) -> bool:
        return (document.record.topic, document.record.partition) not in self._lost

    def _report(self) -> None:
        if self._every("report", _REPORT_EVERY):
            self._metrics.facts = self._tell(self._lag(), {"counters": asdict(self._counters)})

    def _lag(self) -> int:
        """Return how many offsets are not taken yet, as far as the last fetch knows."""
        lag = 0
        for place in self._consumer.position(self._consumer.assignment()):
            _, high = self._consumer.get_watermark_offsets(place, cached=True)
            if place.offset >= 0 and high >= 0:
                lag += max(0, high - place.offset)
        return lag


def _record(message: Any) -> Record:
    kind, timestamp = message.timestamp()
    return Record(
        message.topic(),
        message.partition(),
        message.offset(),
        timestamp if kind else None,
        message.key(),
        message.value(),
        list(header_names.headers(message) or []),
    )
