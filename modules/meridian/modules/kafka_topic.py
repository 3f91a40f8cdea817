"""
Topics of the Kafka cluster that this node is a broker of.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from confluent_kafka.admin import AdminClient

from meridian.common.errors import MeridianError
from meridian.common.tls import Tls
from meridian.services.kafka import client, cluster, reassignment, topics
from meridian.services.kafka import transactions as kafka_transactions
from meridian.services.kafka.java import TRANSACTIONS, JavaTool
from meridian.topology.kafka_mode import KRAFT, MODES

# The loader puts these in. A default of our own would break it: it compares before it is ready to.
if TYPE_CHECKING:
    __pillar__: dict[str, Any]
    __context__: dict[str, Any]

__func_alias__ = {"list_": "list"}


def list_() -> dict[str, dict[str, int]]:
    """
    Return all topics, Kafka's own among them, each with ``partitions``, ``replication_factor`` and
    ``under_replicated`` (partitions with a replica that is not in sync).

    CLI Example:

    .. code-block:: bash

        salt kafka-1.us-east.local kafka_topic.list
    """
    found: dict[str, dict[str, int]] = {}
    for part in cluster.describe(_admin()).partitions:
        empty = {"partitions": 0, "replication_factor": len(part.replicas), "under_replicated": 0}
        row = found.setdefault(part.topic, empty)
        row["partitions"] += 1
        row["replication_factor"] = min(row["replication_factor"], len(part.replicas))
        row["under_replicated"] += len(part.in_sync) < len(part.replicas)
    return found


def describe(name: str) -> dict[str, Any]:
    """
    Return a topic's ``partitions`` (number → leader, replicas, in_sync) and the ``config`` of its own; empty
    when there is no such topic.

    name
        The topic.

    CLI Example:

    .. code-block:: bash

        salt kafka-1.us-east.local kafka_topic.describe flights
    """
    topic = topics.read(_admin(), name)
    if topic is None:
        return {}
    seen = [part for part in cluster.describe(_admin()).partitions if part.topic == name]
    partitions = {
        part.number: {"leader": part.leader, "replicas": list(part.replicas), "in_sync": list(part.in_sync)}
        for part in seen
    }
    return {"partitions": partitions, "config": dict(topic.config)}


def plan(
    name: str,
    partitions: int,
    replication_factor: int = 3,
    min_insync_replicas: int = 2,
    config: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """
    Return what would change for a topic to be as wanted: what → ``{old, new}``; empty when nothing would.

    name
        The topic.
    partitions
        How many; they are never taken away.
    replication_factor
        Replicas of each partition.
    min_insync_replicas
        Replicas that must have a record before ``acks=all`` is answered.
    config
        Further settings by Kafka's own key. A setting that is not given goes back to the brokers' default.

    CLI Example:

    .. code-block:: bash

        salt kafka-1.us-east.local kafka_topic.plan flights 12
    """
    topic = topics.wanted(name, partitions, replication_factor, min_insync_replicas, config)
    return topics.plan_now(_admin(), topic).changes()


def present(
    name: str,
    partitions: int,
    replication_factor: int = 3,
    min_insync_replicas: int = 2,
    config: dict[str, Any] | None = None,
    throttle_mb: int = 50,
) -> dict[str, Any]:
    """
    Make a topic as wanted and return what was changed, once it is to be seen: the topic is created, its
    replicas are moved, its partitions grow, its settings change. Arguments as for ``kafka_topic.plan``.

    throttle_mb
        Bound of the traffic that moving replicas causes, MiB per second and broker.

    CLI Example:

    .. code-block:: bash

        salt kafka-1.us-east.local kafka_topic.present flights 12
    """
    admin = _admin()
    topic = topics.wanted(name, partitions, replication_factor, min_insync_replicas, config)
    todo = topics.plan_now(admin, topic)
    if todo:
        tool = reassignment.JavaTool(_bootstrap(), _tls(), _classpath())
        topics.apply(
            admin,
            todo,
            lambda one, replicas: reassignment.reassign(admin, tool, one, replicas, throttle_mb * 2**20),
        )
    return todo.changes()


def transactions(name: str, partition: int) -> list[dict[str, Any]]:
    """
    Return the open transactions of a partition, which hold back all readers from ``start_offset`` on:
    ``producer_id``, ``producer_epoch``, ``start_offset``, ``last_timestamp`` (milliseconds).

    name
        The topic.
    partition
        Its number.

    CLI Example:

    .. code-block:: bash

        salt kafka-1.us-east.local kafka_topic.transactions flights 0
    """
    return kafka_transactions.open_transactions(_transactions_tool(), name, int(partition))


def abort_transaction(name: str, partition: int, start_offset: int, confirm: str = "") -> bool:
    """
    Abort an open transaction whose producer is gone. What it wrote is never read; a producer that still lives
    fails with its next commit.

    name
        The topic.
    partition
        Its number.
    start_offset
        Where the transaction begins, as ``kafka_topic.transactions`` and ``./meridian status`` say.
    confirm
        ``<topic>/<partition>`` once more.

    CLI Example:

    .. code-block:: bash

        salt kafka-1.us-east.local kafka_topic.abort_transaction flights 0 1207 confirm=flights/0
    """
    return kafka_transactions.abort(_transactions_tool(), name, int(partition), int(start_offset), confirm)


def _transactions_tool() -> JavaTool:
    return JavaTool(_bootstrap(), _tls(), _classpath(), TRANSACTIONS)


def delete(name: str, confirm: str = "") -> bool:
    """
    Delete a topic with all its records. No state ever does.

    name
        The topic.
    confirm
        Its name once more.

    CLI Example:

    .. code-block:: bash

        salt kafka-1.us-east.local kafka_topic.delete old confirm=old
    """
    topics.delete(_admin(), name, confirm)
    return True


def _admin() -> AdminClient:
    """Return one client for all topics of a run."""
    known: dict[str, AdminClient] = __context__.setdefault("kafka_topic.admin", {})
    if _bootstrap() not in known:
        known[_bootstrap()] = client.admin(_bootstrap(), _tls())
    return known[_bootstrap()]


def _bootstrap() -> str:
    bootstrap = (__pillar__.get("kafka") or {}).get("bootstrap_internal")
    if not bootstrap:
        raise MeridianError("this node is no broker (pillar kafka:bootstrap_internal is empty)")
    return str(bootstrap)


def _classpath() -> Path:
    artifact = (__pillar__.get("kafka") or {}).get("artifact", MODES[KRAFT].artifact)
    return Path(f"/opt/meridian/{artifact}/current/classpath.args")


def _tls() -> Tls:
    return Tls.of_service("kafka")
