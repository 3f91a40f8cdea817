"""How the running brokers are asked: by the admin client, and by Kafka's own tools where that cannot."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from confluent_kafka.admin import AdminClient
from meridian.kafka.java import CONFIGS, REASSIGN, JavaTool, Tool
from meridian.tls import Tls


@dataclass(frozen=True)
class KafkaAccess:
    """The brokers of the scheduler.

    :ivar bootstrap: returns ``host:port,…`` of brokers that run.
    :ivar admin: returns an admin client; raises ``MeridianError`` when no broker runs.
    :ivar tls: the scheduler's identity towards brokers.
    :ivar classpath: a Java argument file with the class path of Kafka's tools.
    """

    bootstrap: Callable[[], str]
    admin: Callable[[], AdminClient]
    tls: Tls
    classpath: Path

    def reassign_tool(self) -> Tool:
        """Return Kafka's tool that moves replicas."""
        return JavaTool(self.bootstrap(), self.tls, self.classpath, REASSIGN)

    def configs_tool(self) -> Tool:
        """Return Kafka's tool that sets quotas, which confluent-kafka cannot."""
        return JavaTool(self.bootstrap(), self.tls, self.classpath, CONFIGS)
