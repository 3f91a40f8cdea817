"""
Elasticsearch clusters of an environment: wait for their nodes, restart them one by one.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import salt.client

from meridian import paths, secrets
from meridian.edge import clusters, progress
from meridian.edge.pillar_source import load_topology
from meridian.elasticsearch import health
from meridian.elasticsearch import roll as rolling
from meridian.elasticsearch.access import ElasticAccess
from meridian.elasticsearch.client import ElasticClient
from meridian.elasticsearch.tasks import Tasks
from meridian.errors import MeridianError
from meridian.scheduler.services import NODES
from meridian.topology.model import Region, Topology

# The loader puts this in. A default of our own would break it: it compares before it is ready to.
if TYPE_CHECKING:
    __opts__: dict[str, Any]


def status(environment: str = "local") -> dict[str, Any]:
    """
    Return for each region that has Elasticsearch its health, nodes and indices.

    environment
        Name of the environment.

    CLI Example:

    .. code-block:: bash

        salt-run elasticsearch.status environment=local
    """
    topology = load_topology(__opts__, environment)
    found: dict[str, Any] = {}
    for region in _regions(topology):
        client = _client(topology, region)
        found[region.name] = {**client.health(), "nodes": client.nodes(), "indices": client.indices()}
    return found


def wait(environment: str = "local", timeout: float = 240) -> dict[str, Any]:
    """
    Wait until all nodes of all clusters are there, and every replica is allocated.

    environment
        Name of the environment.
    timeout
        Seconds to wait for each cluster.

    CLI Example:

    .. code-block:: bash

        salt-run elasticsearch.wait environment=local
    """
    topology = load_topology(__opts__, environment)
    count = 0
    for region in _regions(topology):
        nodes = [node.id for node in region.with_role("elasticsearch")]
        health.wait(_client(topology, region, patience=0), nodes, "green", float(timeout))
        count += len(nodes)
    return {"ok": True, "comment": f"{count} nodes are up"}


def roll(environment: str = "local", timeout: float = 240) -> dict[str, Any]:
    """
    Wait for all nodes, and restart those whose configuration, certificate, passwords or software changed
    since they were started: one after the other, replicas held in place meanwhile, each when all is green
    again.

    environment
        Name of the environment.
    timeout
        Seconds for each wait.

    Returns ``{"changes": {node: reason}, "comment": "..."}``; raises when a node does not come back.

    CLI Example:

    .. code-block:: bash

        salt-run elasticsearch.roll environment=local
    """
    topology = load_topology(__opts__, environment)
    restarted: dict[str, str] = {}
    for region in _regions(topology):
        nodes = [node.id for node in region.with_role("elasticsearch")]
        restarted |= rolling.roll(
            _client(topology, region),
            *_restarting(topology, region, nodes),
            lambda message: progress.report(__opts__, "elasticsearch", "note", message=message),
            float(timeout),
        )
    comment = f"{len(restarted)} nodes restarted" if restarted else "no node needed a restart"
    return {"ok": True, "changes": restarted, "comment": comment}


def _regions(topology: Topology) -> list[Region]:
    return [region for region in topology.regions if region.search]


def _client(topology: Topology, region: Region, patience: float = 30) -> ElasticClient:
    folder: Path = paths.secrets(topology.environment)
    password = secrets.load(folder).get("elasticsearch", {}).get("elastic")
    if not password:
        raise MeridianError(
            f"{folder}: no password of Elasticsearch; deploy {topology.environment}, it makes one"
        )
    port = region.settings["elasticsearch"]["ports"]["http"]
    urls = tuple(f"https://{node.addresses.management}:{port}" for node in region.with_role("elasticsearch"))
    access = ElasticAccess(urls, str(folder / "client" / "ca.pem"), keys=("elastic", password))
    return ElasticClient(access, patience=patience)


def _restarting(
    topology: Topology, region: Region, nodes: list[str]
) -> tuple[dict[str, list[str]], Callable[[str], None]]:
    """Return node → what it would read anew, and what restarts one."""
    answers = _pending(nodes)
    if region.search != "mesos":
        return answers, _restart
    tasks = Tasks.of(clusters.scheduler(topology, region, NODES))
    return tasks.pending(answers), tasks.restart


def _pending(nodes: list[str]) -> dict[str, list[str]]:
    answers = _ask(nodes, "elasticsearch.pending")
    for node, answer in answers.items():
        if not isinstance(answer, list):
            raise MeridianError(f"{node}: elasticsearch.pending failed: {answer}")
    return answers


def _restart(node: str) -> None:
    answer = _ask([node], "elasticsearch.restart", timeout=240)[node]
    if answer is not True:
        raise MeridianError(f"{node}: meridian-elasticsearch was not restarted: {answer}")


def _ask(nodes: list[str], function: str, timeout: int = 60) -> dict[str, Any]:
    with salt.client.get_local_client(mopts=__opts__) as client:
        answers = client.cmd(nodes, function, tgt_type="list", timeout=timeout)
    silent = sorted(set(nodes) - set(answers))
    if silent:
        raise MeridianError(
            f"no answer from the minions of {', '.join(silent)}; see journalctl -u salt-minion there"
        )
    return dict(answers)
