"""The scheduler of Elasticsearch, an app of Marathon's, on the hosts of its nodes."""

from collections.abc import Mapping
from typing import Any

from meridian.topology.model import Node, Region, Topology
from meridian.topology.slices.common import given

_SCHEDULER = "elasticsearch-scheduler"


def of(topology: Topology, region: Region, node: Node, secrets: Mapping[str, Any]) -> dict[str, Any]:
    """Return the pillar of the scheduler; nothing where nodes of Elasticsearch are no Mesos tasks.

    Only their hosts, which run it, have its passwords; Marathon's servers know what its app is like.
    """
    if region.search != "mesos":
        return {}
    section = dict(given(region.settings["elasticsearch_scheduler"]))
    if "elasticsearch" in node.roles:
        section |= {
            "zookeeper_password": secrets.get("zookeeper", {}).get(_SCHEDULER, ""),
            "mesos_password": secrets.get("mesos", {}).get(_SCHEDULER, ""),
            "password": secrets.get(_SCHEDULER, {}).get("api", ""),
            "elastic_password": secrets.get("elasticsearch", {}).get("elastic", ""),
        }
    return {"elasticsearch_scheduler": section}
