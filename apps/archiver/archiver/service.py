"""The service: consume, buffer, store, and only then commit.

Once around the loop: 1. Subscribe to topics that appeared. 2. Take what came. 3. Hand over finished uploads.
4. Find the start of newly assigned partitions. 5. Close full segments and store them, in order within a
partition. 6. Commit what is stored. 7. Report. Nothing is taken while too much is held.
"""

import logging
import threading
import time
import uuid
from dataclasses import asdict
from functools import partial
from typing import Any

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient
from meridian.services.archive import segment
from meridian.services.archive.segment import PartitionPath
from meridian.services.archive.settings import ArchiverSettings
from meridian.services.archive.store import Store, StoreError
from meridian.services.daemon.consuming import Consuming
from meridian.services.daemon.notify import notify
from meridian.services.kafka import header_names

from archiver import report
from archiver.consuming import FETCHING, lag
from archiver.locate import Located, hints, locate
from archiver.partition import Partition, Phase, Segment
from archiver.stalls import Stalls
from archiver.workers import Workers

log = logging.getLogger("archiver")

_BATCH = 2000
_POLL = 0.2
_FULL_POLL = 0.02
_PAUSE_AFTER = 5.0
_RECHECK = 30.0
_FLUSH_DEADLINE = 30.0
_COMMIT_EVERY = 1.0
_REPORT_EVERY = 2.0
_STALLED_AFTER = 20.0
_TOLD = 100


class Service(Consuming):
    """Archives one region until it is told to stop.

    :param stop: set by whoever wants it to end; what is buffered is stored first.
    """

    _settings: ArchiverSettings

    def __init__(self, settings: ArchiverSettings, stop: threading.Event) -> None:
        matcher = segment.matcher(list(settings.topics), list(settings.exclude))
        super().__init__(settings, log, "archiving", matcher)
        self._stop = stop
        self._store = Store(settings.store)
        self._writer = uuid.uuid4().hex
        self._partitions: dict[tuple[str, int], Partition] = {}
        self._workers = Workers(settings.uploads)
        self._encoding = threading.Lock()
        self._counters = report.Counters()
        # What Kafka deleted before it was archived, since the start. No problem to wait for: it stays.
        self._missed: list[str] = []
        self._paused = False
        self._full_since = 0.0
        client = self._client()
        self._admin = AdminClient(client)
        self._stalls = Stalls(self._admin, _STALLED_AFTER)
        self._consumer = Consumer(client | self._member() | FETCHING | {"on_commit": self._on_commit})

    def run(self) -> None:
        """Archive until told to stop.

        :raises KafkaException: when the consumer cannot go on; start again.
        """
        notify("READY=1")
        self._prepare()
        while not self._stop.is_set():
            self._end_if_dead()
            self._discover()
            if self._has_room():
                for message in self._consumer.consume(_BATCH, _POLL):
                    self._take(message)
                self._fetch_anew()
            else:
                self._stalls.forget()
                time.sleep(_FULL_POLL)
            self._advance()
            self._report()
        notify("STOPPING=1")
        self._finish()

    def _prepare(self) -> None:
        """Wait for the store; make the bucket."""
        while not self._stop.is_set():
            now = time.monotonic()
            try:
                if self._workers.available(now):
                    if self._settings.create_bucket and not self._store.bucket_exists():
                        self._store.create_bucket()
                        log.info("made bucket %s", self._store.name)
                    if not self._store.probe(self._settings.environment, self._settings.region):
                        log.warning(
                            "object store %s ignores conditional puts: run one archiver a region, not more",
                            self._store.name,
                        )
                    self._workers.succeeded()
                    self._report(force=True)
                    return
            except StoreError as error:
                self._workers.failed(error, now)
            self._report()
            self._stop.wait(_POLL)

    def _on_assign(self, consumer: Consumer, assigned: list[TopicPartition]) -> None:
        for one in assigned:
            path = PartitionPath(self._settings.environment, self._settings.region, one.topic, one.partition)
            self._partitions[one.topic, one.partition] = Partition(path, self._writer)
        self._joined = True
        # Nothing is fetched before the store has said where each chain ends.
        consumer.incremental_assign([])

    def _on_revoke(self, consumer: Consumer, revoked: list[TopicPartition]) -> None:
        # What is buffered is dropped: the next owner starts at the end of the chain.
        for one in revoked:
            self._partitions.pop((one.topic, one.partition), None)
            self._problem(f"{one.topic}/{one.partition}", "")
        fetched = {(one.topic, one.partition) for one in consumer.assignment()}
        consumer.incremental_unassign([one for one in revoked if (one.topic, one.partition) in fetched])

    def _on_commit(self, error: KafkaError | None, _: list[TopicPartition]) -> None:
        self._problem("commit", f"Kafka: offsets cannot be committed: {error.str()}" if error else "")

    def _take(self, message: Any) -> None:  # Message; its type hints allow for None where Kafka has none
        error = message.error()
        partition = self._partitions.get((message.topic(), message.partition()))
        if error is None:
            if partition is not None:
                partition.append(
                    message.offset(),
                    message.timestamp(),
                    message.key(),
                    message.value(),
                    header_names.headers(message),
                    time.monotonic(),
                )
        elif error.code() == KafkaError._PARTITION_EOF:
            if partition is not None:
                partition.reached(message.offset())
        elif error.code() == KafkaError._AUTO_OFFSET_RESET:
            # Kafka has deleted what was to come next. First store what is held: it may be gone there too.
            if partition is not None and partition.phase is Phase.RUNNING:
                partition.seal()
                partition.phase = Phase.DRAINING
        else:
            self._refused(error)

    def _advance(self, flushing: bool = False) -> None:
        now = time.monotonic()
        self._workers.collect(now)
        if not flushing:
            self._locate(now)
        for partition in self._partitions.values():
            if partition.is_full(self._settings.segment, now):
                partition.seal()
            if partition.waiting and not partition.busy and self._workers.available(now):
                head = partition.waiting[0]
                then = partial(self._uploaded, partition, head)
                self._workers.submit(partition, partial(self._upload, head), then)
            elif partition.phase is Phase.DRAINING and not partition.waiting:
                self._restart(partition)
        if self._every("commit", _COMMIT_EVERY) and (offsets := self._to_commit()):
            self._consumer.commit(offsets=offsets, asynchronous=True)

    def _locate(self, now: float) -> None:
        wanted = []
        for partition in self._partitions.values():
            if partition.phase is Phase.BLOCKED and now >= partition.retry_at:
                partition.reset()
            if partition.phase is Phase.LOCATING and not partition.busy:
                wanted.append(partition)
        if not wanted or not self._workers.available(now):
            return
        known = hints(self._consumer, [TopicPartition(one.path.topic, one.path.partition) for one in wanted])
        for partition in wanted:
            if not self._workers.available(now):
                return
            path = partition.path
            hint = known.get((path.topic, path.partition))
            job = partial(locate, path, hint, self._store, self._consumer, self._admin)
            self._workers.submit(partition, job, partial(self._located, partition))

    def _located(self, partition: Partition, found: Located) -> None:
        path = partition.path
        if not self._owns(partition):
            return
        name = f"{path.topic}/{path.partition}"
        problem = found.problem(path)
        self._problem(name, problem)
        if problem:
            partition.block(problem, time.monotonic() + _RECHECK)
            return
        if found.low > found.stored and found.last_segment is not None:
            line = (
                f"{name}: offsets {found.stored} to {found.low - 1} were deleted in Kafka before they were "
                f"archived, {found.low - found.stored} in all: raise the topic's retention"
            )
            if line not in self._missed:
                log.error("%s", line)
                self._missed.append(line)
        begin = partition.start(found.stored, found.last_segment, found.low, found.topic_id, found.begins)
        place = TopicPartition(path.topic, path.partition, begin)
        self._consumer.incremental_assign([place])
        if self._paused:
            self._consumer.pause([place])

    def _fetch_anew(self) -> None:
        """Take up again what the client has stopped fetching."""
        if self._paused:
            self._stalls.forget()
            return
        for place, end in self._stalls.find(self._partitions, time.monotonic()).items():
            partition = self._partitions[place]
            log.warning(
                "%s/%d: nothing came behind offset %d though it goes on to %d: fetching it anew",
                *place,
                partition.position,
                end,
            )
            partition.seal()
            partition.phase = Phase.DRAINING

    def _upload(self, full: Segment) -> bool:
        """Store a segment (on a worker's thread); tell whether it, and no other, is stored under its key."""
        # One at a time: encoding needs a few times the segment's size.
        with self._encoding:
            content = full.encode()
        if self._store.create(full.key, content, full.coverage):
            return True
        # Perhaps it was this very put whose answer was lost.
        return self._store.coverage(full.key) == full.coverage

    def _uploaded(self, partition: Partition, full: Segment, stored: bool) -> None:
        if not self._owns(partition):
            return
        if not stored:
            log.warning("%s was stored by another archiver; going on behind it", full.key)
            self._restart(partition)
            return
        self._counters.objects += 1
        self._counters.bytes += len(full.content)
        self._counters.records += full.coverage.records
        partition.shelve()

    def _restart(self, partition: Partition) -> None:
        """Stop fetching a partition, forget what is held of it, and look where its chain ends."""
        self._consumer.incremental_unassign([TopicPartition(partition.path.topic, partition.path.partition)])
        partition.reset()

    def _owns(self, partition: Partition) -> bool:
        return self._partitions.get((partition.path.topic, partition.path.partition)) is partition

    def _to_commit(self) -> list[TopicPartition]:
        offsets = []
        for (topic, number), partition in self._partitions.items():
            if partition.phase is Phase.RUNNING and partition.done != partition.committed:
                partition.committed = partition.done
                last = partition.last_segment
                metadata = f"{segment.HINT}{last}" if last is not None else ""
                offsets.append(TopicPartition(topic, number, partition.done, metadata=metadata))
        return offsets

    def _has_room(self) -> bool:
        """Return whether more records may be held. While there is no room, what is held becomes segments."""
        now = time.monotonic()
        partitions = self._partitions.values()
        held = sum(partition.memory for partition in partitions)
        if held <= self._settings.memory_bytes:
            self._full_since = now
            if self._paused and held < self._settings.memory_bytes // 2:
                self._set_paused(False)
            return True
        # So that there is something to store, however many partitions share the memory.
        if not any(partition.waiting for partition in partitions):
            max(partitions, key=lambda one: one.open_memory).seal()
        if not self._paused and now - self._full_since > _PAUSE_AFTER:
            # Only now: a pause throws away what is fetched already. Without one nothing may be left unread
            # for long, or the group takes this consumer for dead.
            self._set_paused(True)
        return self._paused

    def _set_paused(self, paused: bool) -> None:
        self._paused = paused
        change = self._consumer.pause if paused else self._consumer.resume
        change(self._consumer.assignment())

    def _finish(self) -> None:
        """Store what is held, as far as the store answers within its time, and commit."""
        deadline = time.monotonic() + _FLUSH_DEADLINE
        for partition in self._partitions.values():
            partition.seal()
        while time.monotonic() < deadline and any(one.waiting for one in self._partitions.values()):
            self._advance(flushing=True)
            self._report()
            time.sleep(0.02)
        left = sum(full.coverage.records for one in self._partitions.values() for full in one.waiting)
        if left:
            log.warning("%d records are not stored yet; the next start reads them from Kafka again", left)
        try:
            if offsets := self._to_commit():
                self._consumer.commit(offsets=offsets, asynchronous=False)
        except KafkaException as error:
            log.warning("offsets not committed: %s; the next start finds its place in the store", error)
        self._workers.close()
        self._consumer.close()
        log.info("stopped; stored %d records in %d objects", self._counters.records, self._counters.objects)

    def _report(self, force: bool = False) -> None:
        if not self._every("report", _REPORT_EVERY) and not force:
            return
        self._problem("store", self._workers.problem)
        found = self._partitions
        lags = {place: lag(self._consumer, one) for place, one in found.items() if one.phase is Phase.RUNNING}
        more = {
            "stored": asdict(self._counters),
            "missed": self._missed[-_TOLD:],
            "held_bytes": sum(one.memory for one in found.values()),
            "partitions": report.of_partitions(found, lags),
        }
        self._tell(sum(lags.values()), more, settled=len(lags) == len(found))
