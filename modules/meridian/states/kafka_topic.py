"""
Topics of the Kafka cluster that this node is a broker of.
"""

from typing import TYPE_CHECKING, Any

from meridian.common.errors import MeridianError

if TYPE_CHECKING:
    __salt__: dict[str, Any]
    __opts__: dict[str, Any]


def present(
    name: str,
    partitions: int,
    replication_factor: int = 3,
    min_insync_replicas: int = 2,
    config: dict[str, Any] | None = None,
    throttle_mb: int = 50,
) -> dict[str, Any]:
    """
    Have a topic as described. Partitions are added and never taken away; a topic is never deleted. Another
    replication factor moves replicas, bounded in traffic, and is verified.

    name
        The topic.
    partitions
        How many.
    replication_factor
        Replicas of each partition.
    min_insync_replicas
        Replicas that must have a record before ``acks=all`` is answered.
    config
        Further settings by Kafka's own key. A setting that is not given goes back to the brokers' default.
    throttle_mb
        Bound of the traffic that moving replicas causes, MiB per second and broker.

    .. code-block:: yaml

        flights:
          kafka_topic.present:
            - partitions: 6
    """
    ret: dict[str, Any] = {"name": name, "result": False, "changes": {}, "comment": ""}
    what = (name, partitions, replication_factor, min_insync_replicas, config)
    try:
        changes = __salt__["kafka_topic.plan"](*what)
        if not changes:
            return {**ret, "result": True, "comment": f"topic {name} is as it should be"}
        if __opts__.get("test"):
            return {**ret, "result": None, "changes": changes, "comment": f"topic {name} would be changed"}
        changes = __salt__["kafka_topic.present"](*what, throttle_mb=throttle_mb)
    except MeridianError as error:
        return {**ret, "comment": str(error)}
    return {**ret, "result": True, "changes": changes, "comment": f"topic {name} was changed"}
