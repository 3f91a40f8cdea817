"""
Kafka clusters of an environment: wait for their brokers, restart them one by one.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from meridian.edge import clusters, progress
from meridian.edge.pillar_source import load_topology
from meridian.errors import MeridianError
from meridian.kafka import client, quorum
from meridian.kafka import roll as kafka_roll
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

    def one(region: Region) -> dict[str, str]:
        brokers = clusters.brokers(__opts__, topology, region)
        admin = client.admin(region.kafka_bootstrap_external, brokers.tls)
        kafka_roll.wait(admin, brokers.nodes, brokers.last_words, timeout)
        return {}

    _each(topology, one)
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
    minions = clusters.Minions(__opts__)
    answers = minions.pending([node.id for region in topology.regions for node in region.kafka_nodes])

    def one(region: Region) -> dict[str, str]:
        def report(message: str) -> None:
            progress.report(__opts__, "brokers", "note", region=region.name, message=message)

        done: dict[str, str] = {}
        controllers = {node.kafka_id: node.id for node in region.with_role("kafka-controller")}
        if controllers:
            done |= quorum.roll(
                {one: node for one, node in controllers.items() if one is not None},
                {one: answers[node] for one, node in controllers.items() if one is not None},
                minions.quorum,
                minions.restart,
                report,
                timeout,
            )
        brokers = clusters.brokers(__opts__, topology, region)
        return done | kafka_roll.roll(
            client.admin(region.kafka_bootstrap_external, brokers.tls),
            brokers.nodes,
            {broker: answers[node] for broker, node in brokers.nodes.items()},
            brokers.restart,
            brokers.last_words,
            report,
            timeout,
            region.settings["kafka"]["mode"],
        )

    done = _each(topology, one)
    changes = {what: why for region in done for what, why in region.items()}
    return {"ok": True, "changes": changes, "comment": kafka_roll.summary(done)}


def _each(topology: Topology, act: Callable[[Region], dict[str, str]]) -> list[dict[str, str]]:
    """Act on all clusters at once; when some fail, the others are finished before that is told."""
    regions = [region for region in topology.regions if region.with_role("kafka")]
    done, failed = [], []
    with ThreadPoolExecutor(max_workers=max(1, len(regions))) as pool:
        futures = {region.name: pool.submit(act, region) for region in regions}
        for name, future in futures.items():
            try:
                done.append(future.result())
            except MeridianError as error:
                failed.append(f"cluster {name}: {error}")
    if failed:
        raise MeridianError("; ".join(failed))
    return done
