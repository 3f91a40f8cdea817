"""
Kafka Connect clusters of an environment: wait for their workers, restart them one by one.
"""

from typing import Any

import salt.client

from meridian import paths
from meridian.connect import health
from meridian.connect.roll import roll as roll_workers
from meridian.edge import progress
from meridian.edge.pillar_source import load_topology
from meridian.errors import MeridianError
from meridian.mirror.status import operator_client, worker_urls
from meridian.tls import Tls
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
    restarted: dict[str, str] = {}
    for region in _regions(topology):
        nodes = region.with_role("connect")
        workers = dict(zip((node.id for node in nodes), worker_urls(topology, region.name), strict=True))
        restarted |= roll_workers(
            operator_client(topology, region.name, _tls(environment)),
            workers,
            _pending(list(workers)),
            _restart,
            lambda message: progress.report(__opts__, "workers", "note", message=message),
            deadline,
        )
    comment = f"{len(restarted)} workers restarted" if restarted else "no worker needed a restart"
    return {"ok": True, "changes": restarted, "comment": comment}


def _regions(topology: Topology) -> list[Region]:
    return [region for region in topology.regions if region.with_role("connect")]


def _tls(environment: str) -> Tls:
    return Tls.of_operator(paths.secrets(environment) / "client")


def _pending(nodes: list[str]) -> dict[str, list[str]]:
    answers = _ask(nodes, "connect_worker.pending")
    for node, answer in answers.items():
        if not isinstance(answer, list):
            raise MeridianError(f"{node}: connect_worker.pending failed: {answer}")
    return answers


def _restart(node: str) -> None:
    answer = _ask([node], "connect_worker.restart")[node]
    if answer is not True:
        raise MeridianError(f"{node}: meridian-connect was not restarted: {answer}")


def _ask(nodes: list[str], function: str) -> dict[str, Any]:
    with salt.client.get_local_client(mopts=__opts__) as client:
        answers = client.cmd(nodes, function, tgt_type="list", timeout=60)
    silent = sorted(set(nodes) - set(answers))
    if silent:
        raise MeridianError(
            f"no answer from the minions of {', '.join(silent)}; see journalctl -u salt-minion there"
        )
    return dict(answers)
