"""
Moving the partitions of this node's Kafka cluster from old brokers to new ones.

``salt-run kafka.migrate`` uses these on one node of a region; each function looks at the cluster anew.
"""

from typing import TYPE_CHECKING, Any

from meridian.common.errors import MeridianError
from meridian.common.tls import Tls
from meridian.services.kafka import client
from meridian.services.kafka.java import JavaTool
from meridian.services.kafka.migration import act
from meridian.services.kafka.migration.registration import ClusterTool

if TYPE_CHECKING:
    __pillar__: dict[str, Any]


def registered() -> list[int]:
    """
    Return the ids of all brokers that the controllers know, those that are down among them.

    CLI Example:

    .. code-block:: bash

        salt 'kafka-1.us-east.local' kafka_migration.registered
    """
    return sorted(_access().registry.registered())


def plan(old: list[int], new: list[int], batch: int = 20) -> dict[str, Any]:
    """
    Return what is left to do until old brokers hold nothing: ``missing`` new brokers, number of moves to
    ``cancel`` and of ``moves``, topics to ``settle``, old brokers to ``stop`` and ``unregister``, and a line
    for each in ``steps``.

    old
        Ids of the old brokers.
    new
        Ids of the new ones.
    batch
        Most partitions that move at a time.

    CLI Example:

    .. code-block:: bash

        salt 'kafka-1.us-east.local' kafka_migration.plan '[1, 2, 3]' '[4, 5, 6]'
    """
    return act.left(_access(), old, new, act.Bounds(batch)).as_dict()


def step(
    old: list[int], new: list[int], batch: int = 20, throttle_mb: int = 50, seconds: float = 3600
) -> dict[str, Any]:
    """
    Move one batch of partitions, wait until all its replicas are in sync, and return what is left then, as
    ``kafka_migration.plan`` does.

    old
        Ids of the old brokers.
    new
        Ids of the new ones.
    batch
        Most partitions that move at a time.
    throttle_mb
        Bound of the traffic of moving replicas, MiB per second and broker.
    seconds
        How long it may take.

    CLI Example:

    .. code-block:: bash

        salt --timeout=3600 'kafka-1.us-east.local' kafka_migration.step '[1, 2, 3]' '[4, 5, 6]'
    """
    bounds = act.Bounds(batch, throttle_mb * 2**20, seconds)
    return act.step(_access(), old, new, bounds).as_dict()


def retire(brokers: list[int]) -> list[int]:
    """
    Make the controllers forget brokers that hold no partition and run no more; return those that they knew.

    brokers
        Their ids.

    CLI Example:

    .. code-block:: bash

        salt 'kafka-1.us-east.local' kafka_migration.retire '[1, 2, 3]'
    """
    return act.retire(_access(), brokers)


def _access() -> act.Access:
    bootstrap = (__pillar__.get("kafka") or {}).get("bootstrap_internal")
    if not bootstrap:
        raise MeridianError("this node has nothing of Kafka (pillar kafka:bootstrap_internal is empty)")
    tls = Tls.of_service("kafka")
    registry = ClusterTool(bootstrap, tls)
    return act.Access(client.admin(bootstrap, tls), JavaTool(bootstrap, tls), registry)
