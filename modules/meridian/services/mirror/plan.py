"""What would change of a flow's connectors, as data, and the change itself."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from meridian.common.errors import MeridianError
from meridian.common.retry import until
from meridian.common.tls import Tls
from meridian.services.connect import kinds
from meridian.services.connect.client import ConnectClient
from meridian.services.kafka import values
from meridian.services.mirror import handover, ownership
from meridian.services.mirror.connectors import configurations
from meridian.services.mirror.flow import KINDS, FlowSpec, connector_name
from meridian.services.mirror.handover import Handover

_SETTLE = 15.0
_POLL = 0.2


@dataclass(frozen=True)
class Plan:
    """The difference between a flow in pillar and on the workers; false when there is none.

    :ivar create: connectors to make, with their whole configuration.
    :ivar update: per connector, each differing key with its old and new value.
    :ivar delete: connectors of the flow that its settings no longer ask for (offset sync, heartbeats).
    :ivar resume: connectors to set going.
    :ivar pause: connectors to pause.
    :ivar position: what the source connector takes over from others before it may run.
    """

    create: dict[str, dict[str, str]] = field(default_factory=dict)
    update: dict[str, dict[str, dict[str, str | None]]] = field(default_factory=dict)
    delete: tuple[str, ...] = ()
    resume: tuple[str, ...] = ()
    pause: tuple[str, ...] = ()
    position: Handover = field(default_factory=Handover)

    def __bool__(self) -> bool:
        return any((self.create, self.update, self.delete, self.resume, self.pause, self.position))

    def changes(self) -> dict[str, Any]:
        """Return the plan as a Salt state reports it: per connector what was and what is."""
        told: dict[str, Any] = {name: {"old": None, "new": config} for name, config in self.create.items()}
        told |= {name: dict(keys) for name, keys in self.update.items()}
        told |= {name: {"old": "present", "new": None} for name in self.delete}
        for verb, names in (("resumed", self.resume), ("paused", self.pause)):
            for name in names:
                told.setdefault(name, {})["state"] = verb
        if self.position:
            told["position"] = str(self.position)
        return told


def plan(client: ConnectClient, flow: FlowSpec, tls: Tls | None, flows: Iterable[FlowSpec] = ()) -> Plan:
    """Return what has to be done for a flow to be as its settings say.

    :param tls: PEM files on the workers; ``None`` for plaintext.
    :param flows: all flows of the pillar into the region. What runs beside them is of a flow that was renamed
        or taken out of pillar.
    """
    seen = client.connectors()
    todo = compare(configurations(flow, tls), seen, flow)
    return replace(todo, position=handover.plan(client, flow, seen, flows))


def compare(
    wanted: Mapping[str, Mapping[str, str]], seen: Mapping[str, Mapping[str, Any]], flow: FlowSpec
) -> Plan:
    """Compare wanted configurations with those seen.

    :param seen: what :meth:`ConnectClient.connectors` returns.
    """
    create, update, resume, pause = {}, {}, [], []
    for name, config in wanted.items():
        if name not in seen:
            create[name] = dict(config)
            continue
        now = seen[name]["config"]
        keys = {
            key: {"old": now.get(key), "new": config.get(key)}
            for key in sorted({*now, *config})
            if not values.same(key, now.get(key), config.get(key), kinds.of(key))
        }
        if keys:
            update[name] = keys
        idle = ownership.idle(ownership.state(seen[name]))
        if flow.enabled and idle:
            resume.append(name)
        if not flow.enabled and not idle:
            pause.append(name)
    leftover = [connector_name(flow.name, kind) for kind in KINDS]
    delete = tuple(name for name in leftover if name in seen and name not in wanted)
    return Plan(create, update, delete, tuple(resume), tuple(pause))


def apply(
    client: ConnectClient, flow: FlowSpec, tls: Tls | None, todo: Plan, flows: Iterable[FlowSpec] = ()
) -> None:
    """Carry out a plan, and wait until it shows. Only connectors that it names are touched.

    :param flows: all flows of the pillar into the region.
    :raises ConnectError: when Connect refuses a configuration, with its reason.
    :raises MeridianError: when a connector whose position is taken over does not stop.
    """
    wanted = configurations(flow, tls)
    flows = list(flows)
    if todo.position:
        source = flow.connectors["source"]
        handover.carry_out(client, flow, wanted[source], todo.position, client.connectors())
        for other in flows:
            _go_on(client, other, tls, todo.position)
        left = compare(wanted, client.connectors(), flow)
        # Whatever a worker shows that has not read of it yet: it is there, as wanted, and stopped.
        create = {name: config for name, config in left.create.items() if name != source}
        resume = {*left.resume, source} if flow.enabled else ()
        todo = replace(left, create=create, resume=tuple(sorted(resume)))
    for name in todo.delete:
        client.delete(name)
    for name in todo.create:
        client.create(name, wanted[name], paused=not flow.enabled)
    for name in todo.update:
        client.update(name, wanted[name])
    for name in todo.pause:
        client.pause(name)
    for name in todo.resume:
        client.resume(name)
    # The worker that is asked next may not have read yet what the group's leader wrote.
    until(lambda: not plan(client, flow, tls, flows), _SETTLE, _POLL)


def _go_on(client: ConnectClient, other: FlowSpec, tls: Tls | None, done: Handover) -> None:
    """Set a flow going that was stopped to take topics from it; without them from now on."""
    source = other.connectors["source"]
    if source in done.sources:
        client.update(source, configurations(other, tls)[source])
        if other.enabled:
            client.resume(source)


def unmanaged_flows(client: ConnectClient, flows: Mapping[str, Any]) -> list[str]:
    """Return flows that run on the workers and are not in pillar."""
    seen = client.connectors()
    owners = {ownership.owner(name, seen[name]["config"]) for name in ownership.unmanaged(seen, flows)}
    return sorted(owner for owner in owners if owner)


def remove(client: ConnectClient, name: str, confirm: str) -> list[str]:
    """Delete a flow's connectors. Mirrored topics and their records stay.

    :param name: the flow's, or that of a single connector of ours.
    :param confirm: the name once more.
    :return: the connectors deleted.
    :raises MeridianError: when the names differ, or there is no such flow.
    """
    if confirm != name:
        raise MeridianError(f"flow {name} was not removed: give its name again as confirm={name}")
    seen = client.connectors()
    names = [connector_name(name, kind) for kind in KINDS if connector_name(name, kind) in seen]
    if not names and name in seen and ownership.owner(name, seen[name]["config"]) is not None:
        names = [name]
    if not names:
        raise MeridianError(f"no flow {name} runs on {client.workers[0]}")
    handover.delete(client, names)
    return names


def set_paused(client: ConnectClient, name: str, paused: bool) -> list[str]:
    """Pause or resume all connectors of a flow until the next deployment of its pillar.

    :raises MeridianError: when there is no such flow.
    """
    seen = client.connectors()
    names = [connector_name(name, kind) for kind in KINDS if connector_name(name, kind) in seen]
    if not names:
        raise MeridianError(f"no flow {name} runs on {client.workers[0]}")
    for connector in names:
        (client.pause if paused else client.resume)(connector)
    return names
