"""A producer and a consumer that run while a test does something to their cluster, and count by id."""

import logging
import threading
import time
from collections import Counter
from types import TracebackType
from typing import Any

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer
from meridian.common.tls import Tls

log = logging.getLogger(__name__)

_PAUSE = 0.005
_SECONDS = 90.0


class Traffic:
    """Messages 0, 1, 2, …, sent with ``acks=all`` and read back. Use it as a context manager.

    :ivar sent: ids that the cluster has confirmed.
    :ivar failed: what became of those that it has not.
    :ivar read: id → how often the consumer got it.
    """

    def __init__(self, bootstrap: str, tls: Tls, topic: str) -> None:
        self.topic = topic
        self.sent: set[int] = set()
        self.failed: list[str] = []
        self.read: Counter[int] = Counter()
        self._stop = threading.Event()
        self._done = threading.Event()
        # Metadata are asked for often, so that clients that only wait hear of what moved as well.
        self._client: dict[str, Any] = {
            "bootstrap.servers": bootstrap,
            "topic.metadata.refresh.interval.ms": 1000,
            "reconnect.backoff.max.ms": 1000,
            "log_level": 0,
            **tls.librdkafka(),
        }
        self._threads = [threading.Thread(target=run, daemon=True) for run in (self._produce, self._consume)]

    def __enter__(self) -> "Traffic":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._done.set()
        for thread in self._threads:
            thread.join(30)

    def flows(self, more: int = 200) -> None:
        """Wait until so many more messages went all the way.

        :raises AssertionError: they do not in time.
        """
        wanted = len(self.read) + more
        until = time.monotonic() + _SECONDS
        while len(self.read) < wanted:
            assert time.monotonic() < until, (
                f"{len(self.sent)} sent, {len(self.read)} read, {self.failed[:3]}"
            )
            time.sleep(0.05)

    def end(self) -> None:
        """Send no more, and wait until all that was sent is read.

        :raises AssertionError: something is missing.
        """
        self._stop.set()
        self._threads[0].join(_SECONDS)
        until = time.monotonic() + _SECONDS
        while self.sent - set(self.read):
            assert time.monotonic() < until, (
                f"{len(self.sent - set(self.read))} of {len(self.sent)} are missing"
            )
            time.sleep(0.05)
        self._done.set()
        log.info("%d messages sent, %d read", len(self.sent), len(self.read))

    def stored(self, bootstrap: str) -> Counter[int]:
        """Read the whole topic anew, by a client of its own; return how often each id is in it.

        :param bootstrap: where it begins; the brokers that the others began with may be gone.
        """
        found: Counter[int] = Counter()
        settings = {"group.id": f"count-{time.time()}", "auto.offset.reset": "earliest"}
        place = {"bootstrap.servers": bootstrap, "enable.partition.eof": True}
        consumer = Consumer(self._client | settings | place)
        consumer.subscribe([self.topic])
        ended: set[int] = set()
        partitions = len(consumer.list_topics(self.topic, 15).topics[self.topic].partitions)
        until = time.monotonic() + _SECONDS
        while len(ended) < partitions and time.monotonic() < until:
            for message in consumer.consume(1000, 0.5):
                if message.error() is None:
                    found[int(message.value())] += 1
                elif message.error().code() == KafkaError._PARTITION_EOF:
                    ended.add(message.partition())
        consumer.close()
        return found

    def _produce(self) -> None:
        producer = Producer(self._client | {"acks": "all", "enable.idempotence": True, "linger.ms": 20})

        def told(error: KafkaError | None, message: Message) -> None:
            if error:
                self.failed.append(error.str())
            else:
                self.sent.add(int(message.value() or b"-1"))

        number = 0
        while not self._stop.is_set():
            producer.produce(self.topic, str(number).encode(), on_delivery=told)
            number += 1
            producer.poll(_PAUSE)
            time.sleep(_PAUSE)
        producer.flush(60)

    def _consume(self) -> None:
        settings = {"group.id": f"traffic-{self.topic}", "auto.offset.reset": "earliest"}
        consumer = Consumer(self._client | settings)
        consumer.subscribe([self.topic])
        while not self._done.is_set():
            for message in consumer.consume(500, 0.2):
                error = message.error()
                if error is None:
                    self.read[int(message.value())] += 1
                elif error.fatal():
                    raise KafkaException(error)
        consumer.close()
