"""PEM files that a client of the platform authenticates with."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Tls:
    """A client's identity.

    :ivar ca: the platform's CA certificate.
    :ivar certificate: the client's certificate chain.
    :ivar key: its private key, PKCS 8 without passphrase.
    :ivar keystore: key and chain in one file, as Kafka's Java clients want it; only nodes have one.
    """

    ca: Path
    certificate: Path
    key: Path
    keystore: Path | None = None

    @classmethod
    def of_service(cls, service: str, folder: Path = Path("/etc/meridian/pki")) -> "Tls":
        """Return the identity that the pki formula wrote for a service of this node."""
        return cls(
            folder / "ca.pem",
            folder / f"{service}.pem",
            folder / f"{service}.key",
            folder / f"{service}.keystore.pem",
        )

    @classmethod
    def of_operator(cls, folder: Path) -> "Tls":
        """Return the operator's identity on the controller.

        :param folder: ``meridian.common.paths.secrets(environment) / "client"``.
        """
        return cls(folder / "ca.pem", folder / "operator.pem", folder / "operator.key")

    def librdkafka(self) -> dict[str, str]:
        """Return the settings of a confluent-kafka client that speak TLS with this identity."""
        return {
            "security.protocol": "ssl",
            "ssl.ca.location": str(self.ca),
            "ssl.certificate.location": str(self.certificate),
            "ssl.key.location": str(self.key),
        }

    def java(self) -> dict[str, str]:
        """Return the settings of a Java client that speak TLS with this identity.

        :raises ValueError: when the identity has no keystore.
        """
        if self.keystore is None:
            raise ValueError("identity has no PEM keystore")
        return {
            "security.protocol": "SSL",
            "ssl.keystore.type": "PEM",
            "ssl.keystore.location": str(self.keystore),
            "ssl.truststore.type": "PEM",
            "ssl.truststore.location": str(self.ca),
        }
