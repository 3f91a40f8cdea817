"""What the infrastructure tests look at: nodes, their roles' services, and the environment they belong to."""

import functools
import os
from dataclasses import dataclass

import pytest
from meridian.topology.model import Node, Region, Topology


@dataclass(frozen=True)
class Subject:
    """A node under test.

    :ivar host: how testinfra reaches it, e.g. ``salt://kafka-1.us-east.local``.
    :ivar node: its place in the topology; ``None`` for a node given on the command line.
    """

    id: str
    host: str
    roles: tuple[str, ...]
    node: Node | None = None


@dataclass(frozen=True)
class Service:
    """What a role runs.

    :ivar data: whether it keeps data under ``/var/lib/meridian``.
    """

    unit: str
    name: str
    data: bool


SERVICES = {
    "zookeeper": Service("meridian-zookeeper", "zookeeper", True),
    "kafka": Service("meridian-kafka", "kafka", True),
    "connect": Service("meridian-connect", "connect", False),
    "archive": Service("meridian-archiver", "archive", False),
    "objectstore": Service("meridian-objectstore", "objectstore", True),
}


@functools.cache
def the_topology() -> Topology:
    """Expand the environment under test."""
    from meridian.edge import master
    from meridian.edge.pillar_source import load_topology

    return load_topology(master.options(), os.environ.get("MERIDIAN_ENVIRONMENT", "local"))


def subjects(config: pytest.Config) -> list[Subject]:
    """Return the nodes under test."""
    given = config.getoption("--node")
    if given:
        pairs = [text.partition("=") for text in given]
        return [Subject(host.split("://")[-1], host, tuple(roles.split(","))) for host, _, roles in pairs]
    return [Subject(node.id, f"salt://{node.id}", node.roles, node) for node in the_topology().nodes]


def settings_of(subject: Subject) -> Region:
    """Return the region of a node of the environment."""
    assert subject.node is not None
    return the_topology().region(subject.node.region)
