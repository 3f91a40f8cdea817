"""
ZooKeeper ensembles of an environment: their members, and restarts one by one.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import salt.client

from meridian.edge import progress
from meridian.edge.pillar_source import load_topology
from meridian.errors import MeridianError
from meridian.topology.model import Region, Topology
from meridian.zookeeper import roll as zookeeper_roll
from meridian.zookeeper.members import Member, Membership, Step

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
        region.name: _ask([node.id for node in region.with_role("zookeeper")], "zookeeper.status")
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

    def one(region: Region) -> dict[str, str]:
        ensemble = _Minions(region)
        zookeeper_roll.wait(ensemble, ensemble.wanted, timeout)
        return {}

    regions = _regions(load_topology(__opts__, environment))
    _each(regions, one)
    count = sum(len(region.with_role("zookeeper")) for region in regions)
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
        ensemble = _Minions(region)

        def note(message: str) -> None:
            progress.report(__opts__, "zookeeper", "note", region=region.name, message=message)

        return zookeeper_roll.roll(ensemble, ensemble.wanted, note, timeout)

    changes = _each(_regions(load_topology(__opts__, environment)), one)
    comment = f"{len(changes)} servers of ZooKeeper changed" if changes else "nothing to change"
    return {"ok": True, "changes": changes, "comment": comment}


class _Minions:
    """A region's ensemble, through the minions of its nodes: it is open to its own region only."""

    def __init__(self, region: Region) -> None:
        ports = region.settings["zookeeper"]["ports"]
        self._nodes = {number: one.id for number, one in enumerate(region.with_role("zookeeper"), start=1)}
        self.wanted = {
            number: Member(number, node, ports["quorum"], ports["election"])
            for number, node in self._nodes.items()
        }

    def name(self, server: int) -> str:
        return self._nodes.get(server, f"server {server}")

    def status(self) -> Mapping[int, zookeeper_roll.Status]:
        answers = _ask(list(self._nodes.values()), "zookeeper.status")
        return {
            number: zookeeper_roll.Status(answers[node]["mode"], tuple(answers[node]["restart"]))
            for number, node in self._nodes.items()
        }

    def membership(self, server: int) -> Membership:
        return _membership(_ask([self.name(server)], "zookeeper.members")[self.name(server)])

    def change(self, server: int, step: Step, version: int) -> Membership:
        node = self.name(server)
        if step.joining is not None:
            answers = _ask([node], "zookeeper.join", [step.joining.id, version])
        else:
            answers = _ask([node], "zookeeper.leave", [step.leaving, version])
        return _membership(answers[node])

    def restart(self, server: int) -> None:
        node = self.name(server)
        answer = _ask([node], "zookeeper.restart", wanted=bool)[node]
        if answer is not True:
            raise MeridianError(f"{node}: meridian-zookeeper was not restarted: {answer}")

    def last_words(self, server: int) -> str:
        try:
            return str(_ask([self.name(server)], "zookeeper.log", wanted=str)[self.name(server)]) or "nothing"
        except MeridianError as error:
            return str(error)


def _membership(answer: Mapping[str, Any]) -> Membership:
    members = {}
    for number, address in answer["members"].items():
        host, quorum, election = address.rsplit(":", 2)
        members[int(number)] = Member(int(number), host, int(quorum), int(election))
    return Membership(int(answer["version"]), members)


def _regions(topology: Topology) -> list[Region]:
    return [region for region in topology.regions if region.with_role("zookeeper")]


def _each(regions: list[Region], act: Callable[[Region], dict[str, str]]) -> dict[str, str]:
    """Act on all ensembles at once; when some fail, the others are finished before that is told."""
    done: dict[str, str] = {}
    failed = []
    with ThreadPoolExecutor(max_workers=max(1, len(regions))) as pool:
        futures = {region.name: pool.submit(act, region) for region in regions}
        for name, future in futures.items():
            try:
                done |= future.result()
            except MeridianError as error:
                failed.append(f"ZooKeeper of {name}: {error}")
    if failed:
        raise MeridianError("; ".join(failed))
    return done


def _ask(nodes: list[str], function: str, arg: Any = (), wanted: type = dict) -> dict[str, Any]:
    with salt.client.get_local_client(mopts=__opts__) as local:
        answers = local.cmd(nodes, function, arg, tgt_type="list", timeout=120)
    silent = sorted(set(nodes) - set(answers))
    if silent:
        raise MeridianError(
            f"no answer from the minions of {', '.join(silent)}; see journalctl -u salt-minion there"
        )
    for node, answer in answers.items():
        if not isinstance(answer, wanted):
            raise MeridianError(f"{node}: {function} failed: {answer}")
    return dict(answers)
