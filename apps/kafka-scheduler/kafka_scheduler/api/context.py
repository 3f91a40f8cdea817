"""What handlers work with, and what several of them need."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from meridian.common.errors import MeridianError

from kafka_scheduler.api.answers import ApiError
from kafka_scheduler.kafka import expressions
from kafka_scheduler.kafka.expressions import Unknown
from kafka_scheduler.kafka.partitions_moves import Moves
from kafka_scheduler.kafka.quotas import Quotas
from kafka_scheduler.kafka.service import KafkaService
from kafka_scheduler.kafka.topics import Topics
from kafka_scheduler.kafka.views import BrokerView

_Named = TypeVar("_Named", int, str)


@dataclass(frozen=True)
class Context:
    """What there is to ask.

    :ivar moves: moves replicas, one plan at a time.
    :ivar description: returns the OpenAPI description.
    """

    service: KafkaService
    topics: Topics
    moves: Moves
    quotas: Quotas
    description: Callable[[], dict[str, Any]]

    def known(self) -> dict[int, Mapping[str, str]]:
        """Return all brokers with the attributes that expressions filter by."""
        return {one.id: attributes(one) for one in self.service.brokers()}

    def brokers(self, expression: str, existing: bool = True) -> list[int]:
        """Return the brokers that an expression names.

        :param existing: whether all of them have to be there.
        :raises ApiError: it is no expression, or one of them is not there.
        """
        resolve = expressions.existing if existing else expressions.brokers
        return _resolved(lambda: resolve(expression, self.known()))

    def topic_names(self, expression: str) -> list[str]:
        """Return the topics that an expression names.

        :raises ApiError: it is no expression, or one of them is not there.
        """
        names = self.topics.names()
        return _resolved(lambda: expressions.topics(expression, names))


def _resolved(resolve: Callable[[], list[_Named]]) -> list[_Named]:
    try:
        return resolve()
    except Unknown as error:
        raise ApiError(str(error), 404) from error
    except MeridianError as error:
        raise ApiError(str(error)) from error


def attributes(broker: BrokerView) -> dict[str, str]:
    """Return what ``*[rack=r1]`` filters by: the agent's attributes and the host's name."""
    own = dict(broker.task.attributes) if broker.task else {}
    return own | {"hostname": broker.task.hostname if broker.task else broker.host}
