"""Whether what was produced was also acknowledged."""

from collections.abc import Iterable

from confluent_kafka import KafkaError, Message, Producer

from meridian.common.errors import MeridianError

_FLUSH_SECONDS = 180.0


class Deliveries:
    """Collects the delivery reports of one batch; pass :meth:`report` as ``on_delivery``."""

    def __init__(self) -> None:
        self._lost: list[str] = []

    def report(self, error: KafkaError | None, message: Message) -> None:
        """Take one delivery report."""
        if error is not None:
            self._lost.append(str(error))

    def finish(self, producers: Iterable[Producer]) -> None:
        """Wait until everything that was handed to the producers is acknowledged.

        :raises MeridianError: when something was not.
        """
        left = sum(producer.flush(_FLUSH_SECONDS) for producer in producers)
        if self._lost or left:
            why = f": {self._lost[0]}" if self._lost else ""
            raise MeridianError(f"verification: {len(self._lost) + left} records were not acknowledged{why}")
