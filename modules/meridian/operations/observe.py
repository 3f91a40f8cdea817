"""Looking at the world for the plan and for drift; nothing is touched."""

import functools
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from confluent_kafka.admin import AdminClient

from meridian.cloud import spec
from meridian.cloud.catalogue import Catalogue
from meridian.common import paths
from meridian.common.errors import MeridianError
from meridian.common.tls import Tls
from meridian.operations import create_machines
from meridian.plan import nodes
from meridian.plan.observed import Firewall, Service, World
from meridian.salt_api import minions as salt_minions
from meridian.salt_api.answers import Listener
from meridian.salt_api.pillar_files import pillar_root
from meridian.services.kafka import client as kafka_client
from meridian.services.kafka import cluster as kafka_cluster
from meridian.services.kafka import topics as kafka_topics
from meridian.services.kafka.changes import overrides
from meridian.services.kafka.roll import overridden
from meridian.services.mirror.status import operator_client
from meridian.topology.firewall import WITH_FIREWALL
from meridian.topology.model import Region, Topology

_ANSWER_SECONDS = 30.0
# Seconds that a node may be silent over its states before it is asked whether it still works on them.
_STATES_SECONDS = 60
_CONNECT_SECONDS = 5.0
# What bounds a reassignment's traffic while it lasts.
_THROTTLE = ".replication.throttled.rate"
# Services that tell by themselves what they were started with in another version: role, name, function.
_FINGERPRINTED = (
    ("connect", "worker", "connect_worker.pending"),
    ("elasticsearch", "elasticsearch", "elasticsearch.pending"),
)


def world(opts: dict[str, Any], topology: Topology) -> World:
    """Ask providers for machines, living nodes for states, brokers for topics, workers for connectors.

    What does not answer becomes a text that says why; the rest is told all the same.

    :param opts: the master's options.
    :param topology: the environment.
    :raises MeridianError: a provider does not answer, so that nobody knows what there is.
    """
    found = create_machines.describe(opts, topology)
    seen = World(
        nodes=found["existing"],
        incomplete=frozenset(found["incomplete"]),
        unmanaged=tuple(found["unmanaged"]),
        replace=found["replace"],
        firewalls=_firewalls(opts, topology, found["existing"]),
    )
    living = [
        node.id for node in topology.nodes if node.id in seen.nodes and nodes.is_up(seen.nodes[node.id])
    ]
    minions = _Minions(opts, living)
    with ThreadPoolExecutor(max_workers=8) as pool:
        topics = {
            region.name: pool.submit(_attempt, _topics(topology, region))
            for region in _with(topology, "kafka", living)
            if region.settings["topics"]
        }
        connectors = {
            region.name: pool.submit(_attempt, _connectors(topology, region))
            for region in _with(topology, "connect", living)
        }
        states = pool.submit(minions.states)
        services = pool.submit(_services, minions, topology)
        return replace(
            seen,
            states=states.result(),
            services=services.result(),
            topics={region: future.result() for region, future in topics.items()},
            connectors={region: future.result() for region, future in connectors.items()},
        )


def _firewalls(
    opts: Mapping[str, Any], topology: Topology, existing: Mapping[str, Mapping[str, Any]]
) -> dict[str, Firewall]:
    """Return what the provider's firewall of each machine shall let in, now that addresses are known."""
    catalogue = Catalogue.read(pillar_root(opts).parent)
    found = {}
    for region in topology.regions:
        for node in region.nodes if region.kind in WITH_FIREWALL else ():
            wanted = spec.firewall(topology, region, node, existing)
            network = catalogue.profile(node.profile).get("network") or {}
            found[node.id] = Firewall(tuple(wanted), others=bool(network.get("security_groups")))
    return found


def _with(topology: Topology, role: str, living: Iterable[str]) -> list[Region]:
    """Return the regions where a node with a role lives."""
    known = set(living)
    return [region for region in topology.regions if any(node.id in known for node in region.with_role(role))]


def _attempt(ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    except Exception as error:  # whatever a client library raises is a fact about the platform here
        return _line(error) if str(error).strip() else type(error).__name__


def _topics(topology: Topology, region: Region) -> Callable[[], Any]:
    def ask() -> dict[str, kafka_topics.Topic | None]:
        admin = kafka_client.admin(region.kafka_bootstrap_external, _operator(topology))
        return {name: kafka_topics.read(admin, name) for name in sorted(region.settings["topics"])}

    return ask


def _connectors(topology: Topology, region: Region) -> Callable[[], Any]:
    def ask() -> dict[str, dict[str, Any]]:
        return operator_client(topology, region.name, _operator(topology), _CONNECT_SECONDS).connectors()

    return ask


def _operator(topology: Topology) -> Tls:
    return Tls.of_operator(paths.secrets(topology.environment) / "client")


class _Minions:
    """Living nodes, asked for their states and for what their services were started with.

    :param opts: the master's options.
    :param living: ids of nodes whose machines run.
    """

    def __init__(self, opts: dict[str, Any], living: list[str]) -> None:
        self._opts = opts
        self._heard: list[str] = []
        self._problem = ""
        try:
            # A master that was just started has minions that are on their way back to it.
            with Listener(opts) as listener:
                silent = set(listener.silent(living, _ANSWER_SECONDS)) if living else set()
            self._heard = [node for node in living if node not in silent]
        except MeridianError as error:
            self._problem = f"the Salt master does not answer: {error}"
        self._living = living

    def states(self) -> dict[str, Mapping[str, Any] | str]:
        """Return what each node's highstate would change; one that says nothing is left out."""
        if self._problem:
            return dict.fromkeys(self._living, self._problem)
        answers = self._ask(self._heard, "state.highstate", _STATES_SECONDS, {"test": True})
        return {node: read_states(answer) for node, answer in answers.items()}

    def pending(self, topology: Topology, role: str, function: str) -> dict[str, Any]:
        """Return what a function says on each node that answers and has a role."""
        having = {node.id for node in topology.nodes if role in node.roles}
        return self._ask([node for node in self._heard if node in having], function, _ANSWER_SECONDS, {})

    def _ask(
        self, nodes: list[str], function: str, timeout: float, arguments: dict[str, Any]
    ) -> dict[str, Any]:
        try:
            return salt_minions.answers(self._opts, nodes, function, timeout, kwarg=arguments)
        except MeridianError as error:
            return dict.fromkeys(nodes, str(error))


def _services(minions: _Minions, topology: Topology) -> dict[str, tuple[Service, ...]]:
    found: dict[str, tuple[Service, ...]] = {}
    with ThreadPoolExecutor(max_workers=8) as pool:
        others = [
            (service, pool.submit(minions.pending, topology, role, function))
            for role, service, function in _FINGERPRINTED
        ]
        brokers = minions.pending(topology, "kafka", "kafka_broker.pending")
        regions = [region for region in topology.regions if any(node.id in brokers for node in region.nodes)]
        for seen in pool.map(lambda region: _brokers(topology, region, brokers), regions):
            found |= {name: (broker,) for name, broker in seen.items()}
    for service, asked in others:
        for name, reasons in asked.result().items():
            seen_there = (
                Service(service, restart=tuple(reasons))
                if isinstance(reasons, list)
                else Service(service, problem=_line(reasons))
            )
            found[name] = (*found.get(name, ()), seen_there)
    return found


def _brokers(topology: Topology, region: Region, pending: Mapping[str, Any]) -> dict[str, Service]:
    """Return a region's brokers beside what their files say.

    :param pending: what ``kafka_broker.pending`` returned on each node.
    """
    # Hosts of Mesos tasks have no broker of their own.
    asked = [node for node in region.with_role("kafka") if node.id in pending and node.kafka_id]
    admin = _attempt(lambda: kafka_client.admin(region.kafka_bootstrap_external, _operator(topology)))
    if isinstance(admin, str):
        return {node.id: Service("broker", problem=admin) for node in asked}
    seen = _attempt(functools.partial(kafka_cluster.describe, admin))
    up: Mapping[int, str] | str = seen if isinstance(seen, str) else seen.brokers
    with ThreadPoolExecutor(max_workers=8) as pool:
        found = pool.map(lambda node: _broker(admin, int(node.kafka_id or 0), up, pending[node.id]), asked)
        return {node.id: service for node, service in zip(asked, found, strict=True)}


def _broker(admin: AdminClient, broker: int, up: Mapping[int, str] | str, own: Any) -> Service:
    """Return one broker beside what its files say.

    :param up: the cluster's brokers that are up; why nobody knows them. One that is down would be waited for.
    :param own: what ``kafka_broker.pending`` returned on its node.
    """
    if not isinstance(own, Mapping):
        return Service("broker", problem=_line(own))
    if isinstance(up, str):
        return Service("broker", problem=up)
    if broker not in up:
        return Service("broker", problem=f"broker {broker} is not up")
    now = _attempt(functools.partial(overridden, admin, broker))
    if isinstance(now, str):
        return Service("broker", problem=now)
    settings = overrides(own["dynamic"], own["stated"], now)
    return Service(
        "broker",
        tuple(own["restart"]),
        {key: (value, now.get(key)) for key, value in settings.items()},
        {key: value for key, value in now.items() if _may_be_by_hand(key, own["stated"])},
    )


def _may_be_by_hand(key: str, stated: Mapping[str, str]) -> bool:
    """Tell a setting of a running broker that neither its file nor a reassignment put there."""
    return key not in stated and not key.endswith(_THROTTLE)


def read_states(answer: Any) -> Mapping[str, Any] | str:
    """Return what a node's highstate returned; the reason when there was none.

    :param answer: states by key, or whatever came instead.
    """
    if isinstance(answer, Mapping) and answer and all(isinstance(one, Mapping) for one in answer.values()):
        return answer
    return _line(answer)


def _line(answer: Any) -> str:
    lines = answer if isinstance(answer, list) else str(answer).strip().splitlines()
    return " ".join(str(lines[-1]).split()) if lines else "its minion answered nothing"
