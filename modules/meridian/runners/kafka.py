"""
Kafka clusters of an environment: wait for their brokers, restart them one by one.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import salt.client

from meridian import paths
from meridian.edge import progress
from meridian.edge.pillar_source import load_topology
from meridian.errors import MeridianError
from meridian.kafka import client
from meridian.kafka import roll as kafka_roll
from meridian.tls import Tls
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
    tls = _tls(environment)

    def one(region: Region) -> dict[str, str]:
        admin = client.admin(region.kafka_bootstrap_external, tls)
        kafka_roll.wait(admin, _brokers(region), _last_words, timeout)
        return {}

    _each(topology, one)
    return {"ok": True, "comment": f"{len(_nodes(topology))} brokers are up"}


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
    tls = _tls(environment)
    answers = _pending(_nodes(topology))

    def one(region: Region) -> dict[str, str]:
        nodes = _brokers(region)
        return kafka_roll.roll(
            client.admin(region.kafka_bootstrap_external, tls),
            nodes,
            {broker: answers[node] for broker, node in nodes.items()},
            _restart,
            _last_words,
            lambda message: progress.report(__opts__, "brokers", "note", region=region.name, message=message),
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


def _brokers(region: Region) -> dict[int, str]:
    return {node.kafka_id: node.id for node in region.with_role("kafka") if node.kafka_id is not None}


def _nodes(topology: Topology) -> list[str]:
    return [node for region in topology.regions for node in _brokers(region).values()]


def _tls(environment: str) -> Tls:
    return Tls.of_operator(paths.secrets(environment) / "client")


def _pending(nodes: list[str]) -> Mapping[str, dict[str, Any]]:
    answers = _ask(nodes, "kafka_broker.pending")
    for node, answer in answers.items():
        if not isinstance(answer, dict):
            raise MeridianError(f"{node}: kafka_broker.pending failed: {answer}")
    return answers


def _restart(node: str) -> None:
    answer = _ask([node], "kafka_broker.restart", timeout=240)[node]
    if answer is not True:
        raise MeridianError(f"{node}: meridian-kafka was not restarted: {answer}")


def _last_words(node: str) -> str:
    try:
        return str(_ask([node], "kafka_broker.log")[node]) or "nothing"
    except MeridianError as error:
        return str(error)


def _ask(nodes: list[str], function: str, timeout: int = 60) -> dict[str, Any]:
    with salt.client.get_local_client(mopts=__opts__) as local:
        answers = local.cmd(nodes, function, tgt_type="list", timeout=timeout)
    silent = sorted(set(nodes) - set(answers))
    if silent:
        raise MeridianError(
            f"no answer from the minions of {', '.join(silent)}; see journalctl -u salt-minion there"
        )
    return dict(answers)
