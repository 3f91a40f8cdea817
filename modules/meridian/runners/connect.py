"""
Kafka Connect clusters of an environment: wait for their workers, restart them one by one.
"""

from typing import Any

from meridian.common import paths
from meridian.common.tls import Tls
from meridian.operations import regions
from meridian.salt_api import progress, told
from meridian.salt_api.pillar_files import load_topology
from meridian.salt_api.units import Units
from meridian.services.connect import health
from meridian.services.connect.roll import roll as roll_workers
from meridian.services.mirror.status import operator_client, worker_urls
from meridian.topology.model import Region, Topology

__opts__: dict[str, Any] = {}


def wait(environment: str = "local", deadline: float = 180) -> dict[str, Any]:
    """
    Wait until all Connect workers have joined their groups and serve requests.

    environment
        Name of the environment.
    deadline
        Seconds to wait for the workers of one region.

    CLI Example:

    .. code-block:: bash

        salt-run connect.wait environment=local
    """
    topology = load_topology(__opts__, environment)
    count = 0
    for region in _regions(topology):
        urls = worker_urls(topology, region.name)
        health.wait_for_workers(operator_client(topology, region.name, _tls(environment)), urls, deadline)
        count += len(urls)
    return {"ok": True, "comment": f"{count} workers are ready"}


def roll(environment: str = "local", deadline: float = 180) -> dict[str, Any]:
    """
    Wait for all Connect workers, and restart those whose configuration, certificate or jars changed since
    they were started: one after the other, each when the one before carries its connectors again.

    environment
        Name of the environment.
    deadline
        Seconds for each wait.

    Returns ``{"changes": {node: reason}, "comment": "..."}``; raises when a worker does not come back.

    CLI Example:

    .. code-block:: bash

        salt-run connect.roll environment=local
    """
    topology = load_topology(__opts__, environment)
    minions = Units(__opts__, "connect_worker", "meridian-connect")
    done = []
    for region in _regions(topology):
        nodes = region.with_role("connect")
        workers = dict(zip((node.id for node in nodes), worker_urls(topology, region.name), strict=True))
        one = roll_workers(
            operator_client(topology, region.name, _tls(environment)),
            workers,
            minions.pending(list(workers)),
            minions.restart,
            progress.notes(__opts__, "workers"),
            deadline,
        )
        done.append(one)
    return regions.rolled(done, "workers restarted")


def _regions(topology: Topology) -> list[Region]:
    return [region for region in topology.regions if region.with_role("connect")]


def _tls(environment: str) -> Tls:
    return Tls.of_operator(paths.secrets(environment) / "client")


told.in_one_line(globals())
