"""
ZooKeeper ensembles of an environment: their members, and restarts one by one.
"""

from collections.abc import Mapping
from typing import Any

from meridian.operations import regions
from meridian.salt_api import progress, told
from meridian.salt_api.pillar_files import load_topology
from meridian.salt_api.units import Units
from meridian.services.zookeeper import roll as zookeeper_roll
from meridian.services.zookeeper.members import Member, Membership, Step
from meridian.topology.model import Region, Topology

__opts__: dict[str, Any] = {}


def status(environment: str = "local") -> dict[str, Any]:
    """
    Return what each server says, by region and node: ``mode``, ``zxid``, and ``restart`` (reasons).

    environment
        Name of the environment.

    CLI Example:

    .. code-block:: bash

        salt-run zookeeper.status environment=local-mesos
    """
    topology = load_topology(__opts__, environment)
    return {
        region.name: _minions().ask("status", [node.id for node in region.with_role("zookeeper")])
        for region in _regions(topology)
    }


def wait(environment: str = "local", timeout: float = 180) -> dict[str, Any]:
    """
    Wait until all servers of all ensembles serve clients.

    environment
        Name of the environment.
    timeout
        Seconds to wait for them.

    Raises when they do not, with the nodes and the last line of their logs.

    CLI Example:

    .. code-block:: bash

        salt-run zookeeper.wait environment=local-mesos
    """

    def one(region: Region) -> int:
        ensemble = _Ensemble(region)
        zookeeper_roll.wait(ensemble, ensemble.wanted, timeout)
        return len(ensemble.wanted)

    count = sum(regions.each(_regions(load_topology(__opts__, environment)), one, "ZooKeeper of"))
    return {"ok": True, "comment": f"{count} servers of ZooKeeper serve"}


def roll(environment: str = "local", timeout: float = 180) -> dict[str, Any]:
    """
    Bring all ensembles to what pillar says: servers that came join, those that are gone leave, one in each
    change; servers whose configuration, certificate or jars changed are restarted, one after the other, the
    leader last, each when all others serve.

    environment
        Name of the environment.
    timeout
        Seconds for each wait.

    Returns ``{"changes": {node: what was done}, "comment": "..."}``; raises when a server does not come back,
    with its node and the last line of its log.

    CLI Example:

    .. code-block:: bash

        salt-run zookeeper.roll environment=local-mesos
    """

    def one(region: Region) -> dict[str, str]:
        ensemble = _Ensemble(region)
        report = progress.notes(__opts__, "zookeeper", region=region.name)
        return zookeeper_roll.roll(ensemble, ensemble.wanted, report, timeout)

    done = regions.each(_regions(load_topology(__opts__, environment)), one, "ZooKeeper of")
    return regions.rolled(done, "servers of ZooKeeper changed")


class _Ensemble:
    """A region's ensemble, through the minions of its nodes: it is open to its own region only."""

    def __init__(self, region: Region) -> None:
        self._minions = _minions()
        ports = region.settings["zookeeper"]["ports"]
        self._nodes = {number: one.id for number, one in enumerate(region.with_role("zookeeper"), start=1)}
        self.wanted = {
            number: Member(number, node, ports["quorum"], ports["election"])
            for number, node in self._nodes.items()
        }

    def name(self, server: int) -> str:
        return self._nodes.get(server, f"server {server}")

    def status(self) -> Mapping[int, zookeeper_roll.Status]:
        answers = self._minions.ask("status", list(self._nodes.values()))
        return {
            number: zookeeper_roll.Status(answers[node]["mode"], tuple(answers[node]["restart"]))
            for number, node in self._nodes.items()
        }

    def membership(self, server: int) -> Membership:
        node = self.name(server)
        return _membership(self._minions.ask("members", [node])[node])

    def change(self, server: int, step: Step, version: int) -> Membership:
        node = self.name(server)
        if step.joining is not None:
            answers = self._minions.ask("join", [node], [step.joining.id, version])
        else:
            answers = self._minions.ask("leave", [node], [step.leaving, version])
        return _membership(answers[node])

    def restart(self, server: int) -> None:
        self._minions.restart(self.name(server))

    def last_log_line(self, server: int) -> str:
        return self._minions.last_log_line(self.name(server))


def _membership(answer: Mapping[str, Any]) -> Membership:
    members = {}
    for number, address in answer["members"].items():
        host, quorum, election = address.rsplit(":", 2)
        members[int(number)] = Member(int(number), host, int(quorum), int(election))
    return Membership(int(answer["version"]), members)


def _minions() -> Units:
    return Units(__opts__, "zookeeper", "meridian-zookeeper", seconds=120)


def _regions(topology: Topology) -> list[Region]:
    return [region for region in topology.regions if region.with_role("zookeeper")]


told.in_one_line(globals())
