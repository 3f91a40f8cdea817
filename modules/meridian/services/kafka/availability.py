"""May this broker go down now? Pure."""

from collections.abc import Collection, Mapping

from meridian.services.kafka.cluster import Cluster


def why_not_stop(
    cluster: Cluster, broker: int, controllers: Collection[int], minimum: Mapping[str, int]
) -> str:
    """Return why a broker must stay up; empty when it may go down.

    A broker that is down already may always be restarted. Else every partition that it holds must still take
    writes without it, and the controllers that are left must be a majority.

    :param cluster: the cluster now.
    :param broker: id of the broker and controller that would stop.
    :param controllers: ids of all controllers of the quorum.
    :param minimum: topic → its min.insync.replicas.
    """
    if broker not in cluster.brokers:
        return ""
    left = [one for one in controllers if one != broker and one in cluster.brokers]
    if len(controllers) > 1 and len(left) <= len(controllers) // 2:
        return f"without it {len(left)} of {len(controllers)} controllers are left, which is no majority"
    for part in cluster.partitions:
        if broker not in part.in_sync:
            continue
        others = len(part.in_sync) - 1
        # A partition of one replica is away for the time of a restart, whatever we do.
        needed = min(minimum.get(part.topic, 1), len(part.replicas) - 1)
        if others < needed:
            return f"{part} would have {others} replicas in sync, and needs {needed}"
    return ""
