"""
Kafka clusters of an environment: wait for their brokers, restart them one by one.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from confluent_kafka.admin import AdminClient

from meridian.common.errors import MeridianError
from meridian.operations import clusters, migration, regions
from meridian.salt_api import progress, told
from meridian.salt_api.pillar_files import load_topology
from meridian.salt_api.units import Units
from meridian.services.kafka import client, cluster, quorum
from meridian.services.kafka import roll as kafka_roll
from meridian.topology.model import Region, Topology

__opts__: dict[str, Any] = {}


def wait(environment: str = "local", timeout: float = 180) -> dict[str, Any]:
    """
    Wait until all brokers of all clusters are registered and every replica is in sync.

    environment
        Name of the environment.
    timeout
        Seconds to wait for the clusters.

    Raises when they are not, with the nodes and the last line of their logs.

    CLI Example:

    .. code-block:: bash

        salt-run kafka.wait environment=local
    """
    topology = load_topology(__opts__, environment)

    def one(region: Region) -> None:
        brokers = clusters.brokers(__opts__, topology, region)
        admin = client.admin(region.kafka_bootstrap_external, brokers.tls)
        kafka_roll.wait(admin, brokers.nodes, brokers.last_log_line, timeout)

    regions.each(_regions(topology), one, "cluster")
    count = sum(len(region.broker_ids) for region in topology.regions)
    return {"ok": True, "comment": f"{count} brokers are up"}


def roll(environment: str = "local", timeout: float = 180) -> dict[str, Any]:
    """
    Wait for all brokers, and bring them to what their files say now: settings that Kafka can change in a
    running broker are set there, brokers with other changes are restarted; in each cluster one after the
    other, each when every replica is in sync again.

    environment
        Name of the environment.
    timeout
        Seconds for each wait.

    Returns ``{"changes": {node: what was set, reason of its restart}, "comment": "..."}``; raises when a
    broker does not come back, with its node and the last line of its log.

    CLI Example:

    .. code-block:: bash

        salt-run kafka.roll environment=local
    """
    topology = load_topology(__opts__, environment)
    minions = clusters.minions(__opts__)
    nodes = [node.id for region in topology.regions for node in region.kafka_nodes]
    answers = minions.pending(nodes, dict)

    def one(region: Region) -> dict[str, str]:
        report = progress.notes(__opts__, "brokers", region=region.name)
        brokers = clusters.brokers(__opts__, topology, region)
        admin = client.admin(region.kafka_bootstrap_external, brokers.tls)
        done = _controllers(region, admin, minions, answers, report, timeout)
        return done | kafka_roll.roll(
            admin,
            brokers.nodes,
            {broker: answers[node] for broker, node in brokers.nodes.items()},
            brokers.restart,
            brokers.last_log_line,
            report,
            timeout,
            region.settings["kafka"]["mode"],
        )

    return regions.rolled(regions.each(_regions(topology), one, "cluster"), "brokers changed")


def migrate(
    region: str,
    environment: str = "local",
    old: list[int] | str | None = None,
    new: list[int] | str | None = None,
    undo: bool = False,
    dry_run: bool = False,
    batch: int = 20,
    throttle_mb: int = 50,
    timeout: float = 3600,
) -> dict[str, Any]:
    """
    Move all partitions of a region from its old brokers to new ones that have joined, batch by batch within a
    bound of traffic. Clients go on; brokers are neither started nor stopped. What was interrupted, the next
    run goes on with.

    region
        Name of the region.
    environment
        Name of the environment.
    old
        Ids of the brokers that are to hold nothing any more; default: all registered ones but the new ones.
    new
        Ids of those that take their place; default: those that the topology wants.
    undo
        Move everything back to the old brokers; a move under way is cancelled.
    dry_run
        Only tell what is left to do.
    batch
        Most partitions that move at a time.
    throttle_mb
        Bound of the traffic of moving replicas, MiB per second and broker.
    timeout
        Seconds that a batch may take.

    Returns ``{"changes": {...}, "comment": "...", "left": {...}}``; ``left`` has a line for each step that is
    left, as stopping the old brokers and ``kafka.retire``.

    CLI Example:

    .. code-block:: bash

        salt-run kafka.migrate us-east dry_run=true
        salt-run kafka.migrate us-east old=1,2,3 new=4,5,6
    """
    place = migration.region(load_topology(__opts__, environment), region)

    move = migration.Migration(migration.Node(__opts__, place), place, old, new, undo)
    if dry_run:
        todo = move.plan(batch)
        return {"ok": True, "changes": {}, "comment": "\n".join(todo["steps"]) or "nothing", "left": todo}
    report = progress.notes(__opts__, "migration", region=region)
    moved, todo = move.run(batch, throttle_mb, timeout, report)
    comment = f"{moved} partitions were moved" if moved else "no partition had to be moved"
    return {"ok": True, "changes": {"moved": moved} if moved else {}, "comment": comment, "left": todo}


def retire(region: str, environment: str = "local", brokers: list[int] | str | None = None) -> dict[str, Any]:
    """
    Make a region's controllers forget brokers that hold no partition and run no more, as the last step of a
    migration; one that holds or runs is refused.

    region
        Name of the region.
    environment
        Name of the environment.
    brokers
        Ids of the brokers; default: all registered ones that the topology does not want.

    CLI Example:

    .. code-block:: bash

        salt-run kafka.retire us-east brokers=1,2,3
    """
    place = migration.region(load_topology(__opts__, environment), region)
    node = migration.Node(__opts__, place)
    if brokers is None:
        brokers = [one for one in node.registered() if one not in place.broker_ids]
    done = node.retire(migration.ids(brokers))
    comment = f"unregistered: {', '.join(map(str, done))}" if done else "none of them is registered"
    return {"ok": True, "changes": {"unregistered": done} if done else {}, "comment": comment}


def _controllers(
    region: Region,
    admin: AdminClient,
    minions: Units,
    answers: Mapping[str, Mapping[str, Any]],
    report: Callable[[str], None],
    timeout: float,
) -> dict[str, str]:
    """Roll the controllers that are no brokers; return node id to reason."""
    nodes = {
        node.kafka_id: node.id for node in region.with_role("kafka-controller") if node.kafka_id is not None
    }
    if not nodes:
        return {}
    own = {one: answers[node] for one, node in nodes.items()}
    pending = [one for one, answer in own.items() if answer["restart"]]
    held = quorum.still_broker(cluster.describe(admin), nodes, pending) if pending else {}
    if held:
        counts = ", ".join(f"{node} has {count}" for node, count in held.items())
        raise MeridianError(
            f"brokers would become mere controllers and take their replicas with them: {counts}; "
            f"salt-run state.orchestrate platform.migrate pillar='{{region: {region.name}}}' moves them first"
        )
    return quorum.roll(nodes, own, partial(minions.ask, "quorum"), minions.restart, report, timeout)


def _regions(topology: Topology) -> list[Region]:
    return [region for region in topology.regions if region.with_role("kafka")]


told.in_one_line(globals())
