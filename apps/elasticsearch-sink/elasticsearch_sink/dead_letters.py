"""Records that cannot be indexed, into ``<topic>.dlq``: in one transaction with the offsets behind them.

So a record is in there once, for readers of committed records, wherever the sink is killed.
"""

import logging
import time
from collections.abc import Callable, Sequence
from typing import Any

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic
from meridian.services.kafka import header_names
from meridian.services.kafka.access import KafkaAccess

from elasticsearch_sink.document import Record

log = logging.getLogger("elasticsearch-sink")

SUFFIX = ".dlq"
_TIMEOUT = 30.0
# Room for records larger than brokers take by default, and for the reason.
_LARGEST = 33_554_432
_LONGEST_REASON = 2000


class DeadLetters:
    """The producer of dead letters.

    :param kafka: the cluster.
    :param name: of this sink among those of its group; a former one of that name can commit nothing any more.
    :param client: further settings of librdkafka.
    """

    def __init__(self, kafka: KafkaAccess, name: str, client: dict[str, Any]) -> None:
        self._admin = AdminClient(kafka.client() | {"log_level": 2})
        self._known: set[str] = set()
        self._producer = Producer(
            client
            | {
                "transactional.id": name,
                "enable.idempotence": True,
                "transaction.timeout.ms": 60_000,
                "compression.type": "zstd",
                "message.max.bytes": _LARGEST,
                "linger.ms": 5,
            }
        )

    def begin(self) -> None:
        """Take over from a former sink of the same name: what it left open is undone.

        :raises KafkaException: when the cluster does not answer.
        """
        self._producer.init_transactions(_TIMEOUT)

    def send(
        self, dead: Sequence[tuple[Record, str]], consumer: Consumer, offsets: list[TopicPartition]
    ) -> None:
        """Write dead letters and commit offsets, both or nothing.

        :param dead: records, and why each cannot be indexed.
        :raises KafkaException: nothing of it is done; :meth:`KafkaError.fatal` says whether it ever can be.
        """
        for topic in {record.topic for record, _ in dead}:
            self._ensure(f"{topic}{SUFFIX}")
        self._producer.begin_transaction()
        try:
            for record, why in dead:
                self._produce(record, why)
            self._producer.send_offsets_to_transaction(offsets, consumer.consumer_group_metadata(), _TIMEOUT)
            self._commit()
        except KafkaException as error:
            if not error.args[0].fatal():
                self._producer.abort_transaction(_TIMEOUT)
            raise

    def _commit(self) -> None:
        # A commit may be asked for again, and must be: nobody knows yet what became of the first.
        while True:
            try:
                self._producer.commit_transaction(_TIMEOUT)
                return
            except KafkaException as error:
                if not error.args[0].retriable():
                    raise

    def _produce(self, record: Record, why: str) -> None:
        reasons: list[tuple[str, bytes | None]] = [
            ("dlq.topic", record.topic.encode()),
            ("dlq.partition", b"%d" % record.partition),
            ("dlq.offset", b"%d" % record.offset),
            ("dlq.error", why[:_LONGEST_REASON].encode()),
        ]
        if record.timestamp is not None:
            reasons.append(("dlq.timestamp", b"%d" % record.timestamp))
        while True:
            try:
                with header_names.lenient():
                    self._producer.produce(
                        f"{record.topic}{SUFFIX}",
                        record.value,
                        record.key,
                        headers=[*record.headers, *reasons],
                        # Its own time, not the record's: kept for as long as its topic keeps what is new.
                        timestamp=int(time.time() * 1000),
                    )
                return
            except BufferError:
                self._producer.poll(0.1)

    def _ensure(self, topic: str) -> None:
        """Make a topic of dead letters where there is none."""
        if topic in self._known:
            return
        if topic not in self._admin.list_topics(timeout=_TIMEOUT).topics:
            new = NewTopic(topic, 1, -1, config={"max.message.bytes": str(_LARGEST)})
            _made(self._admin.create_topics([new], request_timeout=_TIMEOUT)[topic].result)
            log.info("made topic %s", topic)
        self._known.add(topic)


def _made(result: Callable[[float], Any]) -> None:
    try:
        result(_TIMEOUT)
    except KafkaException as error:
        if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
            raise
