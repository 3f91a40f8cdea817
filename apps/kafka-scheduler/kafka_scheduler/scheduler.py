"""One scheduler instance, put together: storage, election, engine, Mesos, REST."""

import logging
import socket
import threading
from collections.abc import Callable

from meridian.common.errors import MeridianError
from meridian.common.tls import Tls

from kafka_scheduler import bind
from kafka_scheduler import settings as scheduler_settings
from kafka_scheduler.api import settings as api_settings
from kafka_scheduler.api.server import ApiServer
from kafka_scheduler.core.loop import Loop
from kafka_scheduler.core.placing import Framework
from kafka_scheduler.core.state import Observed, Settings
from kafka_scheduler.kafka.access import KafkaAccess
from kafka_scheduler.kafka.brokers import Brokers
from kafka_scheduler.kafka.launch import LaunchSettings
from kafka_scheduler.kafka.service import KafkaService, Parts
from kafka_scheduler.kafka.watch import Watch, identity
from kafka_scheduler.mesos.client import FrameworkInfo, MesosClient
from kafka_scheduler.mesos.detector import detector
from kafka_scheduler.mesos.http import Access
from kafka_scheduler.sandbox import Sandbox
from kafka_scheduler.settings import SchedulerSettings
from kafka_scheduler.storage.open import open_storage

log = logging.getLogger("kafka-scheduler")


class Scheduler:
    """Stands for election, and leads once elected. REST is served all the time.

    :param fatal: told that this instance must not go on.
    :param stop: ends it in an orderly way.
    """

    def __init__(
        self,
        settings: SchedulerSettings,
        fatal: Callable[[MeridianError], None],
        stop: Callable[[], None],
    ) -> None:
        self._settings = settings
        self._fatal = fatal
        self._storage = open_storage(settings.storage, settings.zk, settings.framework_name)
        self.service = KafkaService(self._storage, stop, settings.started == "registered")
        self._tls = identity(
            settings.kafka_ca, settings.kafka_certificate, settings.kafka_key, settings.kafka_keystore
        )
        access = KafkaAccess(
            self.service.bootstrap,
            self.service.admin,
            self._tls or Tls.of_service("kafka"),
            settings.classpath,
        )
        self._api: ApiServer | None = None
        if settings.api:
            where = api_settings.read(settings.api_properties, bind.resolve(settings.bind_address))
            self._api = ApiServer(self.service, access, where)
        self._parts: Parts | None = None
        self._thread = threading.Thread(target=self._lead, name="election", daemon=True)

    @property
    def api_port(self) -> int:
        """Port of REST; 0 when it is not served."""
        return self._api.port if self._api is not None else 0

    def start(self) -> None:
        """Begin."""
        if self._api is not None:
            self._api.start()
        self._thread.start()

    def stop(self) -> None:
        """End. Mesos keeps the brokers until we are back, for the framework's timeout."""
        if self._api is not None:
            self._api.stop()
        parts = self._parts
        if parts is not None:
            parts.watch.close()
            parts.mesos.close()
            parts.loop.close()
        self._storage.close()

    def _lead(self) -> None:
        try:
            self._storage.lead(self._settings.api or socket.gethostname(), self._fatal)
            self._begin()
        except MeridianError as error:
            self._fatal(error)
        except Exception as error:
            log.exception("cannot begin to lead")
            self._fatal(MeridianError(f"cannot begin to lead: {error!r}"))

    def _begin(self) -> None:
        settings = self._settings
        access = Access(settings.principal, settings.secret, settings.ca, settings.certificate, settings.key)
        framework = Framework(settings.framework_name, settings.framework_role, settings.principal)
        launching = LaunchSettings(
            settings.framework_name,
            settings.launcher,
            tuple(one for one in (*settings.archive.split(","), settings.jre) if one),
            settings.user,
            settings.stop_timeout,
            settings.port,
            settings.port_external,
        )
        engine = Settings(framework, settings.reconciliation_timeout, settings.reconciliation_attempts)
        # Each needs the other: the loop sends by the client, which delivers to the loop.
        loop = Loop(engine, Brokers(launching), self._storage, lambda call: mesos.send(call), self._fatal)
        mesos = MesosClient(
            detector(settings.master, settings.ca is not None),
            access,
            FrameworkInfo(
                settings.framework_name,
                settings.framework_role,
                scheduler_settings.user(settings),
                settings.principal,
                settings.framework_timeout,
                socket.gethostname(),
                settings.api,
            ),
            loop.post,
            lambda: loop.state.framework_id,
            self._fatal,
        )
        loop.start()
        log.info("leading, with %d brokers", len(loop.state.instances))
        watch = Watch(lambda: loop.state, lambda seen: loop.post(Observed(seen)), self._tls)
        self._parts = Parts(loop, mesos, Sandbox(access), watch)
        self.service.lead(self._parts)
        mesos.start()
        watch.start()
