"""The Kafka scheduler, an app of Marathon's, on the brokers' hosts."""

from collections.abc import Mapping
from typing import Any

from meridian.topology.model import Node, Region, Topology
from meridian.topology.slices.common import given


def of(topology: Topology, region: Region, node: Node, secrets: Mapping[str, Any]) -> dict[str, Any]:
    """Return the pillar of the scheduler; nothing where brokers are no Mesos tasks.

    Only the brokers' hosts, which run it, have its passwords; Marathon's servers know what its app is like.
    """
    if region.runtime != "mesos":
        return {}
    section = {**given(region.settings["kafka_scheduler"]), "broker_ids": list(region.broker_ids)}
    if "kafka" in node.roles:
        section |= {
            "zookeeper_password": secrets.get("zookeeper", {}).get("kafka-scheduler", ""),
            "mesos_password": secrets.get("mesos", {}).get("kafka-scheduler", ""),
            "password": secrets.get("kafka-scheduler", {}).get("api", ""),
            "reader_password": secrets.get("kafka-scheduler", {}).get("reader", ""),
            "bootstrap": region.kafka_bootstrap_internal,
        }
    return {"kafka_scheduler": section}
