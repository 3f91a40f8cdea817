"""Nodes that leave their Mesos cluster and come back, as runners have them do it."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from meridian.common import paths
from meridian.common.errors import MeridianError
from meridian.operations import clusters, mesos_clusters
from meridian.salt_api import minions
from meridian.services.kafka import client as kafka_client
from meridian.services.kafka import roll as kafka_roll
from meridian.services.mesos import departure
from meridian.services.mesos.away import REMOVED, Record
from meridian.services.mesos.operator import OperatorClient
from meridian.services.mesos.scheduler.hosted import HostedBrokers
from meridian.topology.model import Region, Topology

_ASK_SECONDS = 60
_RENEW_SECONDS = 240

Say = Callable[[str], None]


def record_file(environment: str) -> Path:
    """Return the file that says which nodes of an environment are out of service."""
    return paths.state() / "away" / f"{environment}.json"


def record(environment: str) -> Record:
    """Return the record of an environment's nodes that are out of service."""
    return Record(record_file(environment))


class NodeDrains:
    """A region's nodes.

    :param opts: the master's options.
    :param topology: the environment.
    :param region: one with Mesos masters.
    :param seconds: for each wait.
    :param say: told what is going on.
    """

    def __init__(
        self, opts: dict[str, Any], topology: Topology, region: Region, seconds: float, say: Say
    ) -> None:
        self._opts, self._topology, self._region = opts, topology, region
        self._seconds, self._say = seconds, say
        self._record = record(topology.environment)

    def leave(self, node: str) -> bool:
        """Take a node out of service; return whether anything was done."""
        return departure.leave(
            self._client(), self._brokers(node), node, self._record, self._seconds, self._say
        )

    def come_back(self, node: str) -> bool:
        """Take a node back into service; return whether it was out of it."""
        client, brokers = self._client(), self._brokers(node)
        return departure.come_back(client, brokers, node, self._record, self._seconds, self._say)

    def removed(self, node: str) -> None:
        """Say that a node's machine is gone for ever."""
        departure.removed(self._client(), self._brokers(node), node, self._record, self._say)

    def refuse_without_quorum(self, node: str) -> None:
        """Refuse to take a master away that the others need.

        :raises MeridianError: they have no quorum without it; with what is wrong with them.
        """
        masters = {one.id: one for one in self._region.with_role("mesos-master")}
        if node in masters:
            port = self._region.settings["mesos"]["ports"]["master"]
            leaving = f"https://{masters[node].addresses.management}:{port}"
            if why := departure.masters_objection(self._client().health(), leaving):
                raise MeridianError(f"{node} must not go now: {why}")

    def roll(self) -> dict[str, str]:
        """Have every agent run with the flags that its node's file has now; one node after the other.

        1. Nodes on record are taken back: a run was interrupted, or their machine was made anew. 2. Agents
        whose changed flags make new agents of them: the node leaves, its agent starts anew, it comes back.

        :return: what was done, by node.
        """
        nodes = [node.id for node in self._region.with_role("mesos-agent")]
        done = {}
        held = self._record.all()
        for node in [name for name, one in held.items() if one.state == REMOVED and name not in nodes]:
            if mesos_clusters.region_of(self._topology, node) == self._region:
                # The pillar names it no more: nothing is made anew.
                self._record.forget(node)
        for node in sorted(held.keys() & set(nodes)):
            self.come_back(node)
            done[node] = "taken back into service"
        for node, reasons in minions.ask(self._opts, nodes, "mesos.pending", _ASK_SECONDS).items():
            if not reasons:
                continue
            why = "; ".join(reasons)
            self._say(f"{node}: drained and started as a new agent: {why}")
            self.leave(node)
            minions.ask(self._opts, [node], "mesos.renew", _RENEW_SECONDS)
            self.come_back(node)
            done[node] = why
        return done

    def _client(self) -> OperatorClient:
        return mesos_clusters.operator(self._topology, self._region)

    def _brokers(self, node: str) -> HostedBrokers | None:
        known = {one.id: one for one in self._region.nodes}
        hosts = node not in known or "kafka" in known[node].roles
        if self._region.runtime != "mesos" or not hosts:
            return None
        return HostedBrokers(clusters.scheduler(self._topology, self._region), self._wait_in_sync)

    def _wait_in_sync(self, seconds: float) -> None:
        _wait_in_sync(self._opts, self._topology, self._region, seconds)


def _wait_in_sync(opts: dict[str, Any], topology: Topology, region: Region, seconds: float) -> None:
    brokers = clusters.brokers(opts, topology, region)
    admin = kafka_client.admin(region.kafka_bootstrap_external, brokers.tls)
    kafka_roll.wait(admin, brokers.nodes, brokers.last_log_line, seconds)


def of_node(
    opts: dict[str, Any], topology: Topology, node: str, seconds: float, say: Say
) -> NodeDrains | None:
    """Return the departures of a node's region; ``None`` where no Mesos is."""
    region = mesos_clusters.region_of(topology, node)
    return None if region is None else NodeDrains(opts, topology, region, seconds, say)


def remove(
    opts: dict[str, Any],
    topology: Topology,
    node: str,
    take_away: Callable[[], None],
    lost: bool,
    seconds: float,
    say: Say,
) -> list[str]:
    """Remove one node of a living environment: it leaves, its machine goes, and its cluster is told.

    :param take_away: removes the machine.
    :param lost: nothing is drained: the machine is dead.
    :return: what was changed; nothing when an earlier run has removed it, and it was not made anew since.
    :raises MeridianError: it cannot leave, or the machine is not removed; how to go on is on record.
    """
    known = record(topology.environment)
    held = known.find(node)
    if held is not None and held.state == REMOVED:
        return []
    region = of_node(opts, topology, node, seconds, say)
    changes: list[str] = []
    if region is not None:
        region.refuse_without_quorum(node)
        if not lost and region.leave(node):
            changes.append(f"{node} drained")
    for one in topology.regions:
        if not lost and _may_have_unit(one, node):
            say(f"{node}: goes when every replica of {one.name} is in sync")
            _wait_in_sync(opts, topology, one, seconds)
    take_away()
    changes.append(f"{node} removed")
    if region is not None:
        region.removed(node)
        if node not in {one.id for one in topology.nodes}:
            known.forget(node)
    return changes


def _may_have_unit(region: Region, node: str) -> bool:
    """Return whether a node has a broker that is a unit of its own, or had one when the pillar named it."""
    if region.runtime != "systemd" or node.split(".")[-2:-1] != [region.name]:
        return False
    roles = {one.id: one.roles for one in region.nodes}
    return bool(region.with_role("kafka")) and "kafka" in roles.get(node, ("kafka",))


def shown(environment: str) -> dict[str, Mapping[str, Any]]:
    """Return the nodes that are out of service, each with why and how to go on."""
    return {
        name: {"state": one.state, "brokers": list(one.brokers), "why": one.why, "next": one.next}
        for name, one in sorted(record(environment).all().items())
    }
