"""What handlers of the scheduler of Elasticsearch work with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from meridian.common.errors import MeridianError

from kafka_scheduler.api.answers import ApiError
from kafka_scheduler.elasticsearch.service import ElasticService
from kafka_scheduler.kafka import expressions
from kafka_scheduler.kafka.expressions import Unknown


@dataclass(frozen=True)
class Context:
    """What there is to ask.

    :ivar description: returns the OpenAPI description.
    """

    service: ElasticService
    description: Callable[[], dict[str, Any]]

    def nodes(self, expression: str, existing: bool = True) -> list[int]:
        """Return the nodes that an expression names, of which there has to be one.

        :param existing: whether all of them have to be there.
        :raises ApiError: it is no expression, or one of them is not there.
        """
        known: dict[int, Mapping[str, str]] = {
            one.id: {**(one.task.attributes if one.task else {}), "hostname": one.host}
            for one in self.service.nodes()
        }
        try:
            named = (
                expressions.existing(expression, known, "node")
                if existing
                else expressions.brokers(expression, known)
            )
        except Unknown as error:
            raise ApiError(str(error), 404) from error
        except MeridianError as error:
            raise ApiError(str(error)) from error
        return named

    def some(self, expression: str, existing: bool = True) -> list[int]:
        """Return the nodes that an expression names.

        :raises ApiError: there is none.
        """
        named = self.nodes(expression, existing)
        if not named:
            raise ApiError(f"there is no node {expression}", 404)
        return named

    def one(self, expression: str, existing: bool = True) -> int:
        """Return the one node that an expression names.

        :raises ApiError: it names another number of them.
        """
        named = self.some(expression, existing)
        if len(named) != 1:
            raise ApiError("one node is expected")
        return named[0]
