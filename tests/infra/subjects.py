"""What the infrastructure tests look at: nodes, their roles' services, and the environment they belong to."""

import functools
import os
from dataclasses import dataclass

import pytest
from meridian.topology import names, roles
from meridian.topology.model import Node, Region, Topology
from meridian.topology.roles import Role


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


_QUORUM = ("kafka.ports.controller",)


@functools.cache
def the_topology() -> Topology:
    """Expand the environment under test."""
    from meridian.salt_api import master
    from meridian.salt_api.pillar_files import load_topology

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


def services_of(subject: Subject) -> list[Role]:
    """Return the services of a node: one for each role, but for what Mesos tasks do."""
    tasks: set[str] = set()
    if subject.node is not None:
        region = settings_of(subject)
        runtimes = {"kafka": region.runtime, "elasticsearch": region.search}
        tasks = {role for role, runtime in runtimes.items() if runtime == "mesos"}
    return [roles.TABLE[role] for role in subject.roles if role not in tasks]


def ports_of(subject: Subject, service: Role) -> set[int]:
    """Return the ports that a service has to listen on."""
    if subject.node is None:
        return {9092, 9093, 9094} if service.service == "kafka" else set()
    region = settings_of(subject)
    names = list(service.ports)
    if service is roles.TABLE["kafka"] and subject.node in region.controllers:
        names += _QUORUM
    return {functools.reduce(lambda at, key: at[key], name.split("."), region.settings) for name in names}


def bootstrap_of(subject: Subject) -> str:
    """Return the name of the Kafka cluster of a node's region."""
    assert subject.node is not None
    return names.bootstrap(subject.node.region, subject.node.environment)


def entry_of(subject: Subject) -> int | None:
    """Return the port by which a node leads clients of other regions to any broker, if it does."""
    if subject.node is None or subject.node not in settings_of(subject).entries:
        return None
    return int(settings_of(subject).settings["proxy"]["ports"]["external"])
