"""What differs between the schedulers of our two services, as they are asked."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Service:
    """A service that a scheduler runs.

    :ivar name: what its scheduler is called; ``noun``: one of its instances.
    :ivar prefix: of the paths of its instances, such as ``/api/broker``.
    """

    name: str
    noun: str
    prefix: str

    @property
    def plural(self) -> str:
        """Several instances, which answers list under this name."""
        return f"{self.noun}s"


BROKERS = Service("Kafka scheduler", "broker", "/api/broker")
NODES = Service("scheduler of Elasticsearch", "node", "/v1/elasticsearch/node")
