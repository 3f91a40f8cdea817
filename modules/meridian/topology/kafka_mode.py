"""What follows from ``kafka.mode``: where brokers keep their metadata. The one place that says so. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mode:
    """A way to keep metadata.

    :ivar artifact: the artifact with the broker's jars.
    :ivar further: artifacts that go with it.
    :ivar versions: how Kafka's versions begin that know this mode and that we have.
    :ivar shipped: the version of the artifact.
    """

    artifact: str
    further: tuple[str, ...]
    versions: str
    shipped: str

    @property
    def artifacts(self) -> tuple[str, ...]:
        """All artifacts of a broker."""
        return (self.artifact, *self.further)


KRAFT = "kraft"
ZOOKEEPER = "zookeeper"
#: ``kafka.mode`` → what follows from it.
MODES = {
    KRAFT: Mode("kafka", ("kafka-cds",), "4.", "4.3.1"),
    # The last releases that know ZooKeeper.
    ZOOKEEPER: Mode("kafka-3.9", (), "3.9.", "3.9.2"),
}
