"""Partitions that the client has silently stopped fetching: found by asking the brokers where they end."""

from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from confluent_kafka import IsolationLevel, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from archiver.partition import Partition, Phase

Place = tuple[str, int]


@dataclass
class _Seen:
    """Where a partition was last seen to move.

    :ivar suspect: it was behind its end when that was asked for; a record may have been on its way.
    """

    position: int
    since: float
    suspect: bool = False


class Stalls:
    """Compares positions that do not move with the ends of their partitions.

    :param admin: asked for the ends; nothing here waits for its answers.
    :param patience: seconds without a record before a partition's end is asked for, and asked for again.
    """

    def __init__(self, admin: AdminClient, patience: float) -> None:
        self._admin = admin
        self._patience = patience
        self._seen: dict[Place, _Seen] = {}
        self._asked: dict[Place, tuple[int, Future[Any]]] = {}
        self._next = 0.0

    def forget(self) -> None:
        """Begin anew: for a while nothing could come."""
        self._seen.clear()
        self._asked.clear()

    def find(self, partitions: Mapping[Place, Partition], now: float) -> dict[Place, int]:
        """Return the partitions that stand still before their end, with that end.

        Only those that were behind it at the question before as well, and have not moved since.

        :param now: monotonic clock, seconds.
        """
        found = self._answers(partitions, now)
        for place in self._seen.keys() - partitions.keys():
            del self._seen[place]
        for place, partition in partitions.items():
            seen = self._seen.get(place)
            if seen is None or seen.position != partition.position or partition.phase is not Phase.RUNNING:
                self._seen[place] = _Seen(partition.position, now)
        if now >= self._next and not self._asked:
            self._next = now + self._patience
            self._ask([place for place, seen in self._seen.items() if now - seen.since >= self._patience])
        return found

    def _ask(self, places: list[Place]) -> None:
        if not places:
            return
        wanted = {TopicPartition(*place): OffsetSpec.latest() for place in places}
        answers = self._admin.list_offsets(wanted, isolation_level=IsolationLevel.READ_COMMITTED)
        self._asked = {
            (one.topic, one.partition): (self._seen[one.topic, one.partition].position, future)
            for one, future in answers.items()
        }

    def _answers(self, partitions: Mapping[Place, Partition], now: float) -> dict[Place, int]:
        if not self._asked or not all(future.done() for _, future in self._asked.values()):
            return {}
        found = {}
        for place, (position, future) in self._asked.items():
            try:
                end = int(future.result().offset)
            except KafkaException:
                # A cluster that does not answer is told of elsewhere.
                continue
            partition = partitions.get(place)
            still = partition is not None and partition.phase is Phase.RUNNING
            if still and partition is not None and partition.position == position and end > position:
                seen = self._seen[place]
                if seen.suspect:
                    found[place] = end
                    self._seen[place] = _Seen(position, now)
                else:
                    seen.suspect = True
        self._asked = {}
        return found
