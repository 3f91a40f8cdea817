"""
Elasticsearch clusters of an environment: wait for their nodes, restart them one by one.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from meridian.operations import clusters, regions
from meridian.salt_api import progress, told
from meridian.salt_api.pillar_files import load_topology
from meridian.salt_api.units import Units
from meridian.services.elasticsearch import health, operator
from meridian.services.elasticsearch import roll as rolling
from meridian.services.elasticsearch.tasks import Tasks
from meridian.services.mesos.scheduler.services import NODES
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
        client = operator.client(topology, region)
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
        health.wait(operator.client(topology, region, patience=0), nodes, "green", float(timeout))
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
    done = []
    for region in _regions(topology):
        nodes = [node.id for node in region.with_role("elasticsearch")]
        one = rolling.roll(
            operator.client(topology, region),
            *_restarting(topology, region, nodes),
            progress.notes(__opts__, "elasticsearch"),
            float(timeout),
        )
        done.append(one)
    return regions.rolled(done, "nodes restarted")


def _regions(topology: Topology) -> list[Region]:
    return [region for region in topology.regions if region.search]


def _restarting(
    topology: Topology, region: Region, nodes: list[str]
) -> tuple[dict[str, list[str]], Callable[[str], None]]:
    """Return node → what it would read anew, and what restarts one."""
    minions = Units(__opts__, "elasticsearch", "meridian-elasticsearch")
    answers = minions.pending(nodes)
    if region.search != "mesos":
        return answers, minions.restart
    tasks = Tasks.of(clusters.scheduler(topology, region, NODES))
    return tasks.pending(answers), tasks.restart


told.in_one_line(globals())
