"""Is the cluster well? Waited for, with a reason when it does not come."""

import time
from collections.abc import Collection
from typing import Any

from meridian.common.errors import MeridianError
from meridian.services.elasticsearch.client import ElasticClient, ElasticError

_POLL = 0.5
_RANK = {"red": 0, "yellow": 1, "green": 2}


def missing(health: dict[str, Any], names: Collection[str], nodes: Collection[str], status: str) -> str:
    """Return what a cluster lacks, empty when it lacks nothing. Pure.

    :param health: what :meth:`ElasticClient.health` returned.
    :param names: nodes that are in the cluster.
    :param nodes: nodes that shall be.
    :param status: ``yellow`` (every primary is there) or ``green`` (every replica as well).
    """
    absent = sorted(set(nodes) - set(names))
    if absent:
        return f"{', '.join(absent)} not in the cluster"
    if _RANK.get(str(health["status"]), 0) < _RANK[status]:
        return (
            f"it is {health['status']}, with {health['unassigned_shards']} unassigned and "
            f"{health['initializing_shards']} initializing shards"
        )
    return ""


def wait(
    client: ElasticClient, nodes: Collection[str], status: str = "green", deadline: float = 120
) -> dict[str, Any]:
    """Wait until all nodes are in the cluster and its shards are allocated.

    :param client: client of the cluster, with little patience of its own.
    :param nodes: names of the nodes.
    :param status: ``yellow`` or ``green``.
    :param deadline: seconds to wait at most.
    :return: the cluster's health.
    :raises MeridianError: with what was missing at last; at once when user or password are refused.
    """
    until = time.monotonic() + deadline
    while True:
        try:
            health = client.health()
            why = missing(health, list(client.nodes()), nodes, status)
            if not why:
                return health
        except ElasticError as error:
            # Right after the first start a node knows its users, but has no master to ask.
            if error.status in (401, 403) or not error.passing:
                raise
            why = str(error)
        if time.monotonic() > until:
            raise MeridianError(f"Elasticsearch is not {status} after {deadline:.0f} s: {why}")
        time.sleep(_POLL)
