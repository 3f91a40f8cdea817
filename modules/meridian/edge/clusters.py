"""A cluster's brokers as runners reach them: by their minions, or by the scheduler whose tasks they are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import salt.client

from meridian import paths, secrets
from meridian.errors import MeridianError
from meridian.scheduler.client import SchedulerClient
from meridian.scheduler.services import BROKERS, NODES, Service
from meridian.tls import Tls
from meridian.topology.model import Region, Topology

_RESTART_SECONDS = 240
# Section of pillar, and where Marathon may start it.
_SCHEDULERS = {
    BROKERS: ("kafka_scheduler", "mesos-agent"),
    NODES: ("elasticsearch_scheduler", "elasticsearch"),
}


class Brokers(Protocol):
    """The brokers of one cluster.

    :ivar nodes: broker id → id of the node that it is on.
    :ivar tls: the operator's identity.
    """

    @property
    def nodes(self) -> Mapping[int, str]:
        """Broker id → node id."""

    @property
    def tls(self) -> Tls:
        """The operator's identity."""

    def restart(self, node: str) -> None:
        """Restart the broker of a node."""

    def last_words(self, node: str) -> str:
        """Return the last line of its log; never raises."""


def brokers(opts: dict[str, Any], topology: Topology, region: Region) -> Brokers:
    """Return a region's brokers.

    :raises MeridianError: the scheduler does not say where they are.
    """
    tls = Tls.of_operator(paths.secrets(topology.environment) / "client")
    if region.runtime == "mesos":
        return _Tasks.of(scheduler(topology, region), tls)
    nodes = {node.kafka_id: node.id for node in region.with_role("kafka") if node.kafka_id is not None}
    return _Units(nodes, tls, Minions(opts))


def scheduler(topology: Topology, region: Region, service: Service = BROKERS) -> SchedulerClient:
    """Return a client of a region's scheduler.

    :param service: what it runs.
    :raises MeridianError: the secrets file is damaged.
    """
    folder = paths.secrets(topology.environment)
    section, role = _SCHEDULERS[service]
    password = secrets.load(folder).get(section.replace("_", "-"), {}).get("api", "")
    port = region.settings[section]["port"]
    addresses = [f"https://{node.addresses.external}:{port}" for node in region.with_role(role)]
    return SchedulerClient(addresses, password, folder / "client" / "ca.pem", service)


class Minions:
    """Nodes, asked by Salt.

    :param opts: the master's options.
    """

    def __init__(self, opts: dict[str, Any]) -> None:
        self._opts = opts

    def pending(self, nodes: list[str]) -> Mapping[str, dict[str, Any]]:
        """Return what each broker or controller would read anew.

        :raises MeridianError: a node does not answer, or cannot say.
        """
        return self._dictionaries(nodes, "kafka_broker.pending")

    def quorum(self, nodes: list[str]) -> Mapping[str, dict[str, Any]]:
        """Return how controllers are.

        :raises MeridianError: a node does not answer, or cannot say.
        """
        return self._dictionaries(nodes, "kafka_broker.quorum")

    def restart(self, node: str) -> None:
        """Restart the broker or controller of a node.

        :raises MeridianError: its unit does not start.
        """
        answer = self.ask([node], "kafka_broker.restart", timeout=_RESTART_SECONDS)[node]
        if answer is not True:
            raise MeridianError(f"{node}: meridian-kafka was not restarted: {answer}")

    def last_words(self, node: str) -> str:
        """Return the last line of a broker's log."""
        try:
            return str(self.ask([node], "kafka_broker.log")[node]) or "nothing"
        except MeridianError as error:
            return str(error)

    def ask(self, nodes: list[str], function: str, timeout: int = 60) -> dict[str, Any]:
        """Run a function on nodes.

        :raises MeridianError: one does not answer.
        """
        with salt.client.get_local_client(mopts=self._opts) as local:
            answers = local.cmd(nodes, function, tgt_type="list", timeout=timeout)
        silent = sorted(set(nodes) - set(answers))
        if silent:
            raise MeridianError(
                f"no answer from the minions of {', '.join(silent)}; see journalctl -u salt-minion there"
            )
        return dict(answers)

    def _dictionaries(self, nodes: list[str], function: str) -> Mapping[str, dict[str, Any]]:
        answers = self.ask(nodes, function)
        for node, answer in answers.items():
            if not isinstance(answer, dict):
                raise MeridianError(f"{node}: {function} failed: {answer}")
        return answers


@dataclass(frozen=True)
class _Units:
    """Brokers that are systemd units of their nodes."""

    nodes: Mapping[int, str]
    tls: Tls
    minions: Minions

    def restart(self, node: str) -> None:
        self.minions.restart(node)

    def last_words(self, node: str) -> str:
        return self.minions.last_words(node)


@dataclass(frozen=True)
class _Tasks:
    """Brokers that are Mesos tasks."""

    nodes: Mapping[int, str]
    tls: Tls
    scheduler: SchedulerClient
    _ids: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, scheduler: SchedulerClient, tls: Tls) -> "_Tasks":
        known = scheduler.instances()
        nodes = {int(one["id"]): str(one["task"]["hostname"]) for one in known if one.get("task")}
        return cls(nodes, tls, scheduler, {node: broker for broker, node in nodes.items()})

    def restart(self, node: str) -> None:
        answer = self.scheduler.ask(
            "/api/broker/restart",
            {
                "broker": str(self._ids[node]),
                "timeout": f"{_RESTART_SECONDS}s",
                "noWaitForReplication": "true",
            },
            _RESTART_SECONDS,
        )
        if answer.get("status") != "restarted":
            raise MeridianError(f"broker {self._ids[node]} was not restarted: {answer.get('message')}")

    def last_words(self, node: str) -> str:
        try:
            answer = self.scheduler.ask("/api/broker/log", {"broker": str(self._ids[node]), "lines": "1"})
            return str(answer["content"]).strip() or "nothing"
        except MeridianError as error:
            return str(error)
