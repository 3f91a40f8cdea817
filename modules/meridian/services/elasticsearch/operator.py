"""A region's search cluster as the operator reaches it from here, and what it says of itself."""

from pathlib import Path
from typing import Any

from meridian.common import paths, secrets
from meridian.common.errors import MeridianError
from meridian.services.elasticsearch.access import ElasticAccess
from meridian.services.elasticsearch.client import ElasticClient
from meridian.topology.model import Region, Topology


def client(topology: Topology, region: Region, patience: float = 30) -> ElasticClient:
    """Return a client that may do everything.

    :param patience: seconds over which a request that meets no node is repeated.
    :raises MeridianError: the password was never made.
    """
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


def of_topology(topology: Topology) -> dict[str, dict[str, Any]]:
    """Return for each region that has Elasticsearch ``health``, ``nodes`` that are up, and ``documents``.

    :raises MeridianError: a cluster does not answer.
    """
    found = {}
    for region in topology.regions:
        if region.search:
            asked = client(topology, region, patience=0)
            health = asked.health()
            found[region.name] = {
                "health": health["status"],
                "nodes": health["number_of_nodes"],
                "documents": sum(index["documents"] for index in asked.indices().values()),
            }
    return found
