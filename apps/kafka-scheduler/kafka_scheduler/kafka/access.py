"""How the running brokers are asked: by the admin client, and by Kafka's own tools where that cannot."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from confluent_kafka.admin import AdminClient
from meridian.common.errors import MeridianError
from meridian.common.tls import Tls
from meridian.services.kafka.java import CONFIGS, REASSIGN, JavaTool, Tool


@dataclass(frozen=True)
class KafkaAccess:
    """The brokers of the scheduler.

    :ivar bootstrap: returns ``host:port,…`` of brokers that run.
    :ivar admin: returns an admin client; raises ``MeridianError`` when no broker runs.
    :ivar tls: the scheduler's identity towards brokers; ``None``: they speak no TLS.
    :ivar classpath: a Java argument file with the class path of Kafka's tools.
    """

    bootstrap: Callable[[], str]
    admin: Callable[[], AdminClient]
    tls: Tls | None
    classpath: Path

    def reassign_tool(self) -> Tool:
        """Return Kafka's tool that moves replicas.

        :raises MeridianError: no broker runs, or the identity has no keystore.
        """
        return self._tool(REASSIGN)

    def configs_tool(self) -> Tool:
        """Return Kafka's tool that sets quotas, which confluent-kafka cannot.

        :raises MeridianError: no broker runs, or the identity has no keystore.
        """
        return self._tool(CONFIGS)

    def _tool(self, main: str) -> Tool:
        bootstrap = self.bootstrap()
        if not bootstrap:
            raise MeridianError("no broker runs")
        if self.tls is not None and self.tls.keystore is None:
            raise MeridianError(
                "kafka-keystore is missing: Kafka's own tools need key and certificate in one file"
            )
        return JavaTool(bootstrap, self.tls, self.classpath, main)
