"""Kafka clients of the operator: TLS with the certificate that the platform's CA gave to this controller."""

from typing import Any

from confluent_kafka import Consumer, Producer
from confluent_kafka.admin import AdminClient

from meridian.common import paths
from meridian.common.errors import MeridianError
from meridian.topology.model import Region, Topology


def _connection(topology: Topology, region: Region) -> dict[str, Any]:
    folder = paths.secrets(topology.environment) / "client"
    files = {
        "ssl.ca.location": folder / "ca.pem",
        "ssl.certificate.location": folder / "operator.pem",
        "ssl.key.location": folder / "operator.key",
    }
    for file in files.values():
        if not file.is_file():
            raise MeridianError(f"{file} is missing; ./meridian deploy {topology.environment} writes it")
    return {
        "bootstrap.servers": region.kafka_bootstrap_external,
        "security.protocol": "ssl",
        "client.id": "meridian-verification",
        # A broker that is down for a moment is a subject of the tests, not a line for the terminal.
        "log_level": 2,
        **{key: str(file) for key, file in files.items()},
    }


def admin(topology: Topology, region: Region) -> AdminClient:
    """Return an admin client of a region's cluster.

    :raises MeridianError: when the operator's certificate is not there.
    """
    return AdminClient(_connection(topology, region))


def producer(topology: Topology, region: Region) -> Producer:
    """Return a producer that loses nothing, doubles nothing and keeps the order within a partition.

    Delivery callbacks come for failures only: a message that has none at the end of ``flush()`` arrived.

    :raises MeridianError: when the operator's certificate is not there.
    """
    return Producer(
        _connection(topology, region)
        | {
            "acks": "all",
            "enable.idempotence": True,
            "compression.type": "lz4",
            "linger.ms": 20,
            # As Java's clients place keys, so that a record's partition does not depend on who wrote it.
            "partitioner": "murmur2_random",
            "delivery.timeout.ms": 120_000,
            "queue.buffering.max.messages": 100_000,
        }
    )


def consumer(topology: Topology, region: Region) -> Consumer:
    """Return a consumer of committed records that is assigned by hand and commits nothing.

    :raises MeridianError: when the operator's certificate is not there.
    """
    return Consumer(
        _connection(topology, region)
        | {
            "group.id": "meridian-verification",
            "enable.auto.commit": False,
            "isolation.level": "read_committed",
            "auto.offset.reset": "earliest",
            "allow.auto.create.topics": False,
            "enable.partition.eof": True,
            # The mirror makes its topics while we wait for them.
            "topic.metadata.refresh.interval.ms": 1000,
        }
    )
