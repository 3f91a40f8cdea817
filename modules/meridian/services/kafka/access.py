"""How a service talks to a Kafka cluster. Standard library only: Salt's own Python reads it too."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class KafkaAccess:
    """How to talk to one Kafka cluster.

    :ivar bootstrap: ``host:port,…``.
    :ivar ca: file of the CA certificate, empty for a cluster without TLS.
    :ivar certificate: file of the client's certificate.
    :ivar key: file of the client's private key.
    """

    bootstrap: str
    ca: str = ""
    certificate: str = ""
    key: str = ""

    def client(self) -> dict[str, Any]:
        """Return librdkafka's settings for it."""
        settings: dict[str, Any] = {"bootstrap.servers": self.bootstrap}
        if self.ca:
            settings |= {
                "security.protocol": "ssl",
                "ssl.ca.location": self.ca,
                "ssl.certificate.location": self.certificate,
                "ssl.key.location": self.key,
            }
        return settings
