"""One instance of the scheduler of Elasticsearch, put together.

It is the same program with a framework, a role and a path in ZooKeeper of its own: what happens to one
service's scheduler is nothing to the other's, and a region may have one of them without the other.
"""

import logging
import socket
import threading
from collections.abc import Callable

from meridian.common.errors import MeridianError

from kafka_scheduler import bind
from kafka_scheduler import settings as scheduler_settings
from kafka_scheduler.api import settings as api_settings
from kafka_scheduler.api.application import Application
from kafka_scheduler.api.http_server import HttpServer
from kafka_scheduler.core.loop import Loop
from kafka_scheduler.core.placing import Framework
from kafka_scheduler.core.state import Observed, Settings
from kafka_scheduler.elasticsearch import openapi
from kafka_scheduler.elasticsearch.context import Context
from kafka_scheduler.elasticsearch.nodes import Nodes
from kafka_scheduler.elasticsearch.routes import DESCRIPTION, ROUTES
from kafka_scheduler.elasticsearch.service import ElasticService, Parts
from kafka_scheduler.elasticsearch.settings import ElasticSettings
from kafka_scheduler.elasticsearch.watch import Watch
from kafka_scheduler.mesos.client import FrameworkInfo, MesosClient
from kafka_scheduler.mesos.detector import detector
from kafka_scheduler.mesos.http import Access
from kafka_scheduler.sandbox import Sandbox
from kafka_scheduler.storage.open import open_storage

log = logging.getLogger("kafka-scheduler")


class Scheduler:
    """Stands for election, and leads once elected. REST is served all the time.

    :param fatal: told that this instance must not go on.
    :param stop: ends it in an orderly way.
    """

    def __init__(
        self,
        settings: ElasticSettings,
        fatal: Callable[[MeridianError], None],
        stop: Callable[[], None],
    ) -> None:
        self._settings = settings
        self._fatal = fatal
        own = settings.scheduler
        self._storage = open_storage(own.storage, own.zk, own.framework_name)
        self.service = ElasticService(self._storage, stop, settings.scheduler.started == "registered")
        self._api: HttpServer | None = None
        if own.api:
            where = api_settings.read(own.api_properties, bind.resolve(own.bind_address))
            context = Context(self.service, openapi.document)
            application = Application(ROUTES, context, self.service.health, where.users, DESCRIPTION)
            self._api = HttpServer(application, where)
        self._parts: Parts | None = None
        self._thread = threading.Thread(target=self._lead, name="election", daemon=True)

    def start(self) -> None:
        """Begin."""
        if self._api is not None:
            self._api.start()
        self._thread.start()

    def stop(self) -> None:
        """End; Mesos keeps the nodes until we are back, for the framework's timeout."""
        if self._api is not None:
            self._api.stop()
        if self._parts is not None:
            self._parts.watch.close()
            self._parts.mesos.close()
            self._parts.loop.close()
        self._storage.close()

    def _lead(self) -> None:
        try:
            self._storage.lead(self._settings.scheduler.api or socket.gethostname(), self._fatal)
            self._begin()
        except MeridianError as error:
            self._fatal(error)
        except Exception as error:
            log.exception("cannot begin to lead")
            self._fatal(MeridianError(f"cannot begin to lead: {error!r}"))

    def _begin(self) -> None:
        own = self._settings.scheduler
        access = Access(own.principal, own.secret, own.ca, own.certificate, own.key)
        framework = Framework(own.framework_name, own.framework_role, own.principal)
        engine = Settings(framework, own.reconciliation_timeout, own.reconciliation_attempts)
        service = Nodes(own.framework_name, own.launcher, own.user, own.stop_timeout)
        # Each needs the other: the loop sends by the client, which delivers to the loop.
        loop = Loop(engine, service, self._storage, lambda call: mesos.send(call), self._fatal)
        mesos = MesosClient(
            detector(own.master, own.ca is not None),
            access,
            FrameworkInfo(
                own.framework_name,
                own.framework_role,
                scheduler_settings.user(own),
                own.principal,
                own.framework_timeout,
                socket.gethostname(),
                own.api,
            ),
            loop.post,
            lambda: loop.state.framework_id,
            self._fatal,
        )
        loop.start()
        log.info("leading, with %d nodes", len(loop.state.instances))
        watch = Watch(
            lambda: loop.state,
            lambda seen: loop.post(Observed(seen)),
            self._settings.ca,
            self._settings.user,
            self._settings.secret,
        )
        self._parts = Parts(loop, mesos, Sandbox(access), watch)
        self.service.lead(self._parts)
        mesos.start()
        watch.start()
