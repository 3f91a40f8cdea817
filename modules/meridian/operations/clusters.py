"""A cluster's brokers as runners reach them: by their minions, or by the scheduler whose tasks they are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from meridian.common import paths, secrets
from meridian.common.errors import MeridianError
from meridian.common.tls import Tls
from meridian.salt_api.units import Units
from meridian.services.mesos.scheduler.client import SchedulerClient
from meridian.services.mesos.scheduler.services import BROKERS, NODES, Service
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

    def last_log_line(self, node: str) -> str:
        """Return the last line of its log; never raises."""


def brokers(opts: dict[str, Any], topology: Topology, region: Region) -> Brokers:
    """Return a region's brokers.

    :raises MeridianError: the scheduler does not say where they are.
    """
    tls = Tls.of_operator(paths.secrets(topology.environment) / "client")
    if region.runtime == "mesos":
        return _Tasks.of(scheduler(topology, region), tls)
    nodes = {node.kafka_id: node.id for node in region.with_role("kafka") if node.kafka_id is not None}
    return _Units(nodes, tls, minions(opts))


def minions(opts: dict[str, Any]) -> Units:
    """Return the nodes whose units are brokers and controllers."""
    return Units(opts, "kafka_broker", "meridian-kafka")


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


@dataclass(frozen=True)
class _Units:
    """Brokers that are systemd units of their nodes."""

    nodes: Mapping[int, str]
    tls: Tls
    minions: Units

    def restart(self, node: str) -> None:
        self.minions.restart(node)

    def last_log_line(self, node: str) -> str:
        return self.minions.last_log_line(node)


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

    def last_log_line(self, node: str) -> str:
        try:
            answer = self.scheduler.ask("/api/broker/log", {"broker": str(self._ids[node]), "lines": "1"})
            return str(answer["content"]).strip() or "nothing"
        except MeridianError as error:
            return str(error)
