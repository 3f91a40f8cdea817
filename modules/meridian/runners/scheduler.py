"""
Schedulers of an environment: brokers, and nodes of Elasticsearch, that are Mesos tasks.
"""

from typing import TYPE_CHECKING, Any

from meridian.operations import clusters, regions
from meridian.salt_api import progress, told
from meridian.salt_api.pillar_files import load_topology
from meridian.services.mesos.scheduler import placing
from meridian.services.mesos.scheduler.services import BROKERS, NODES, Service
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
    own = [region for region in topology.regions if region.runtime == "mesos"]
    count = sum(len(region.broker_ids) for region in own)
    return _place(topology, own, BROKERS, timeout, f"{count} brokers run")


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
    own = [region for region in topology.regions if region.search == "mesos"]
    count = sum(len(region.with_role("elasticsearch")) for region in own)
    return _place(topology, own, NODES, timeout, f"{count} nodes of Elasticsearch run")


def _place(
    topology: Topology, own: list[Region], service: Service, timeout: float, comment: str
) -> dict[str, Any]:
    def one(region: Region) -> list[str]:
        report = progress.notes(__opts__, "scheduler", region=region.name)
        return placing.place(clusters.scheduler(topology, region, service), region, report, timeout)

    changes = [change for done in regions.each(own, one, "region") for change in done]
    return {"ok": True, "changes": changes, "comment": comment}


told.in_one_line(globals())
