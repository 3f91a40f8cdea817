"""
Schedulers of an environment: brokers, and nodes of Elasticsearch, that are Mesos tasks.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from meridian.edge import clusters, progress
from meridian.edge.pillar_source import load_topology
from meridian.errors import MeridianError
from meridian.scheduler import placing
from meridian.scheduler.services import BROKERS, NODES, Service
from meridian.topology.model import Region, Topology

if TYPE_CHECKING:
    __opts__: dict[str, Any]


def place(environment: str = "local", timeout: float = 180) -> dict[str, Any]:
    """
    Have the brokers of all regions with the runtime mesos run: tell them to the region's scheduler, start
    those that are idle, and wait.

    environment
        Name of the environment.
    timeout
        Seconds for each wait.

    Returns ``{"changes": [...], "comment": "..."}``; raises when brokers do not run, with the scheduler's
    reasons.

    CLI Example:

    .. code-block:: bash

        salt-run scheduler.place environment=local-mesos
    """
    topology = load_topology(__opts__, environment)
    regions = [region for region in topology.regions if region.runtime == "mesos"]
    changes = _place(topology, regions, BROKERS, timeout)
    count = sum(len(region.broker_ids) for region in regions)
    return {"ok": True, "changes": changes, "comment": f"{count} brokers run"}


def search(environment: str = "local", timeout: float = 180) -> dict[str, Any]:
    """
    Have the nodes of Elasticsearch of all regions where they are Mesos tasks run: tell them to the region's
    scheduler, start those that are idle, and wait.

    environment
        Name of the environment.
    timeout
        Seconds for each wait.

    Returns ``{"changes": [...], "comment": "..."}``; raises when nodes do not run, with the scheduler's
    reasons.

    CLI Example:

    .. code-block:: bash

        salt-run scheduler.search environment=local-mesos
    """
    topology = load_topology(__opts__, environment)
    regions = [region for region in topology.regions if region.search == "mesos"]
    changes = _place(topology, regions, NODES, timeout)
    count = sum(len(region.with_role("elasticsearch")) for region in regions)
    return {"ok": True, "changes": changes, "comment": f"{count} nodes of Elasticsearch run"}


def _place(topology: Topology, regions: list[Region], service: Service, timeout: float) -> list[str]:
    def one(region: Region) -> list[str]:
        def report(message: str) -> None:
            progress.report(__opts__, "scheduler", "note", region=region.name, message=message)

        return placing.place(clusters.scheduler(topology, region, service), region, report, timeout)

    changes: list[str] = []
    failed = []
    with ThreadPoolExecutor(max_workers=max(1, len(regions))) as pool:
        for future in [pool.submit(one, region) for region in regions]:
            try:
                changes += future.result()
            except MeridianError as error:
                failed.append(str(error))
    if failed:
        raise MeridianError("; ".join(failed))
    return changes
