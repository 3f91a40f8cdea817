"""A service that consumes: it follows topics as they appear, says how it is, and ends with a dead client."""

import logging
import re
import time
from typing import Any, Protocol

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from meridian.services.daemon import report
from meridian.services.kafka.access import KafkaAccess
from meridian.services.kafka.fatal import is_dead


class Settings(Protocol):
    """What such a service is told.

    :ivar node: the node's id; names the group member.
    :ivar group: the consumer group.
    :ivar discover_seconds: seconds between two looks for new topics.
    :ivar status_file: where it says how it is.
    """

    @property
    def kafka(self) -> KafkaAccess: ...
    @property
    def node(self) -> str: ...
    @property
    def group(self) -> str: ...
    @property
    def discover_seconds(self) -> float: ...
    @property
    def status_file(self) -> str: ...


class Consuming:
    """What services that consume have in common.

    Who extends it makes the consumer, and calls :meth:`_end_if_dead`, :meth:`_discover` and its own report
    once around its loop.

    :param log: the service's logger, which has its name.
    :param doing: what it does with topics, for the log.
    :param matcher: matches the topics to consume.
    """

    _consumer: Consumer

    def __init__(self, settings: Settings, log: logging.Logger, doing: str, matcher: re.Pattern[str]) -> None:
        self._settings: Settings = settings
        self._log = log
        self._doing = doing
        self._matcher = matcher
        self._problems = report.Problems(log)
        self._topics: list[str] = []
        self._connected = self._joined = False
        self._fatal: KafkaError | None = None
        self._due: dict[str, float] = {}

    def _client(self) -> dict[str, Any]:
        """Return librdkafka's settings for any client of the service."""
        return self._settings.kafka.client() | {
            "client.id": f"{self._log.name}-{self._settings.node}",
            # What goes wrong with a broker comes through error_cb, once and in words of ours.
            "log_level": 2,
            "error_cb": self._kafka_error,
        }

    def _member(self) -> dict[str, Any]:
        """Return librdkafka's settings for a consumer that commits by itself, and only what is done."""
        return {
            "group.id": self._settings.group,
            # With a name of its own in the group, a restarted service has its partitions back at once.
            "group.instance.id": self._settings.node,
            "partition.assignment.strategy": "cooperative-sticky",
            "session.timeout.ms": 10_000,
            "max.poll.interval.ms": 600_000,
            "enable.auto.commit": False,
            "enable.auto.offset.store": False,
            "isolation.level": "read_committed",
            "check.crcs": True,
            "allow.auto.create.topics": False,
            "topic.metadata.refresh.interval.ms": 30_000,
            # How soon fetching goes on after its queue was full; a second by default.
            "fetch.queue.backoff.ms": 20,
        }

    def _on_assign(self, consumer: Consumer, assigned: list[TopicPartition]) -> None:
        raise NotImplementedError

    def _on_revoke(self, consumer: Consumer, revoked: list[TopicPartition]) -> None:
        raise NotImplementedError

    def _discover(self) -> None:
        """Subscribe to every topic that matches."""
        if not self._every("discover", self._settings.discover_seconds):
            return
        try:
            listed = self._consumer.list_topics(timeout=5)
        except KafkaException as error:
            self._kafka_problem(error.args[0])
            return
        self._problem("kafka", "")
        self._connected = True
        topics = sorted(name for name in listed.topics if self._matcher.match(name))
        if topics == self._topics:
            return
        self._log.info("%s %s", self._doing, ", ".join(topics) or "nothing: no topic matches yet")
        self._topics = topics
        if topics:
            callbacks = {"on_revoke": self._on_revoke, "on_lost": self._on_revoke}
            self._consumer.subscribe(topics, on_assign=self._on_assign, **callbacks)
        else:
            self._consumer.unsubscribe()

    def _end_if_dead(self) -> None:
        """End with a client that cannot go on: it would fetch nothing more, and say nothing of it.

        A static member is fenced when the answer to its joining was lost, as when its coordinator is killed.
        """
        if self._fatal is not None:
            raise KafkaException(self._fatal)

    def _kafka_error(self, error: KafkaError) -> None:
        if is_dead(error):
            self._fatal = error
        elif error.code() == KafkaError._ALL_BROKERS_DOWN:
            self._kafka_problem(error)

    def _refused(self, error: KafkaError) -> None:
        """Note an error that came instead of a record, or of an answer.

        :raises KafkaException: the client cannot go on.
        """
        if is_dead(error):
            raise KafkaException(error)
        self._kafka_problem(error)

    def _kafka_problem(self, error: KafkaError) -> None:
        self._problem("kafka", f"Kafka {self._settings.kafka.bootstrap}: {error.str()}")

    def _problem(self, where: str, problem: str) -> None:
        self._problems.update(where, problem, time.monotonic())

    def _every(self, what: str, seconds: float) -> bool:
        now = time.monotonic()
        if now < self._due.get(what, 0.0):
            return False
        self._due[what] = now + seconds
        return True

    def _tell(self, lag: int, more: dict[str, Any], settled: bool = True) -> dict[str, Any]:
        """Say how the service is, to programs and to systemd; return what was said.

        :param lag: records that are not done yet.
        :param more: what only this service has to say.
        :param settled: whether nothing of its start is left to do, beside joining its group.
        """
        ready = settled and self._connected and (self._joined or not self._topics)
        state = "running" if ready else "starting"
        facts = {
            "state": "retrying" if self._problems.current else state,
            "problems": list(self._problems.current.values()),
            "updated": time.time(),
            "topics": self._topics,
            "lag_records": lag,
            "resident_bytes": report.resident_bytes(),
            **more,
        }
        report.write(self._settings.status_file, facts)
        report.alive(f"{facts['state']}: {lag} records behind")
        return facts
