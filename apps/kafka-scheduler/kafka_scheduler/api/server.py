"""REST of the Kafka scheduler, and what goes on behind it."""

import logging
import threading

from meridian.common.errors import MeridianError

from kafka_scheduler.api import openapi
from kafka_scheduler.api.application import Application
from kafka_scheduler.api.context import Context
from kafka_scheduler.api.http_server import HttpServer
from kafka_scheduler.api.routes import ROUTES
from kafka_scheduler.api.settings import ApiSettings
from kafka_scheduler.kafka.access import KafkaAccess
from kafka_scheduler.kafka.partitions_moves import Moves
from kafka_scheduler.kafka.quotas import Quotas
from kafka_scheduler.kafka.service import KafkaService
from kafka_scheduler.kafka.topics import Topics

_log = logging.getLogger(__name__)
_RESUME_SECONDS = 60.0


class ApiServer(HttpServer):
    """REST of one scheduler instance; leading or not, it is served.

    :param access: the running brokers, for topics, partitions and quotas.
    """

    def __init__(self, service: KafkaService, access: KafkaAccess, settings: ApiSettings) -> None:
        self._service = service
        self.moves = Moves(access, service)
        context = Context(service, Topics(access), self.moves, Quotas(access), openapi.document)
        super().__init__(Application(ROUTES, context, service.health, settings.users), settings)
        self._stopped = threading.Event()
        self._resuming = threading.Thread(target=self._resume, name="api-moves", daemon=True)

    def start(self) -> None:
        """Serve in threads of its own."""
        super().start()
        self._resuming.start()

    def stop(self) -> None:
        """Take no more requests."""
        self._stopped.set()
        super().stop()

    def _resume(self) -> None:
        """Take over moves that an earlier leader has begun."""
        while not self._stopped.wait(_RESUME_SECONDS):
            try:
                if self._service.health().leader:
                    self.moves.resume()
            except MeridianError as why:
                _log.debug("moves of an earlier scheduler: %s", why)
            except Exception:
                # A mistake of ours, which the next time may not meet.
                _log.exception("moves of an earlier scheduler")
