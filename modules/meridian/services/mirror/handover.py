"""A flow goes on where connectors before it have read to: renamed, or with a topic that another one carried.

A source connector keeps its position under its own name. Under another one it would begin at the start, and
all that was mirrored would arrive once more. So a flow that comes to carry a topic takes over what others
have read of it, by Connect's REST interface for offsets (KIP-875):

1. Stop the connectors that have read it, and the flow's own if there is one; wait until their tasks are gone.
2. Make the flow's connector, stopped, or give it its new settings.
3. Write the furthest position of each partition to it. From here on the others' no longer matter.
4. Who called this sets the flow going, and those that go on with other topics, by their settings of today.

Killed in between, the same is found again: the others are stopped, the flow's own is missing, or stopped and
behind them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from meridian.common.errors import MeridianError
from meridian.common.retry import until
from meridian.services.connect.client import ConnectClient, ConnectError
from meridian.services.mirror import ownership
from meridian.services.mirror.flow import HEARTBEATS, FlowSpec
from meridian.services.mirror.ownership import Seen
from meridian.topology.patterns import common, matches

_STOP_SECONDS = 90.0
_DELETE_SECONDS = 20.0
_POLL = 0.3

Partition = tuple[str, int]


@dataclass(frozen=True)
class Handover:
    """What a flow takes over.

    :ivar sources: the connectors that it takes it from; all of them are stopped first.
    :ivar positions: offset of the last record read, by topic and partition.
    """

    sources: tuple[str, ...] = ()
    positions: Mapping[Partition, int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.sources)

    def __str__(self) -> str:
        return f"taken over from {', '.join(self.sources)}"


def predecessors(flow: FlowSpec, seen: Seen, flows: Iterable[FlowSpec]) -> dict[str, FlowSpec | None]:
    """Return source connectors of ours, other than the flow's, that write one cluster's topics as it does.

    :param seen: what :meth:`ConnectClient.connectors` returns.
    :param flows: all flows of the pillar into the region.
    :return: by connector the flow that has it, ``None`` for one that no flow has.
    """
    managed = {one.connectors["source"]: one for one in flows}
    found = {}
    for name, entry in seen.items():
        config = entry["config"]
        ours = ownership.owner(name, config) is not None and ownership.kind(config) == "source"
        ends = (config.get("source.cluster.alias"), config.get("target.cluster.alias"))
        naming = config.get("replication.policy.class")
        same = ends == (flow.source, flow.target) and naming == flow.policy
        if ours and same and name != flow.connectors["source"]:
            found[name] = managed.get(name)
    return found


def plan(client: ConnectClient, flow: FlowSpec, seen: Seen, flows: Iterable[FlowSpec]) -> Handover:
    """Return what a flow has to take over before it may run; false when it is nothing.

    :param seen: what :meth:`ConnectClient.connectors` returns.
    :param flows: all flows of the pillar into the region.
    """
    others = predecessors(flow, seen, flows)
    if not any(_may_concern(flow, seen, name, other) for name, other in others.items()):
        return Handover()
    own = _own_positions(client, flow, seen)
    sources: list[str] = []
    positions: dict[Partition, int] = {}
    for name, other in others.items():
        live = other is None and not ownership.idle(ownership.state(seen[name]))
        for (topic, number), offset in read(client.offsets(name)).items():
            if not flow.carries(topic) or (other is not None and other.carries(topic)):
                continue
            behind = _new(flow, seen, topic) and own.get((topic, number), -1) < offset
            # What it carries now; it has positions of what it carried once, too.
            if behind or (live and _has(seen[name], topic)):
                positions[topic, number] = max(offset, positions.get((topic, number), -1))
                sources.append(name)
    return Handover(tuple(dict.fromkeys(sources)), positions)


def expected(flow: FlowSpec, seen: Seen, flows: Iterable[FlowSpec]) -> list[str]:
    """Return the connectors that a flow will take over from, as far as their settings tell."""
    found = []
    for name, other in predecessors(flow, seen, flows).items():
        topic = common(_topics(seen[name]), flow.topics)
        if topic is not None and not (other is not None and other.carries(topic)):
            found.append(name)
    return found


def carry_out(
    client: ConnectClient,
    flow: FlowSpec,
    config: Mapping[str, str],
    todo: Handover,
    seen: Seen,
) -> None:
    """Take over; the flow's source connector is there then, stopped, with its settings and its position.

    :param config: of the flow's source connector.
    :param seen: what :meth:`ConnectClient.connectors` returns.
    :raises MeridianError: a connector does not stop.
    """
    own = flow.connectors["source"]
    for name in todo.sources:
        client.stop(name)
    if own in seen:
        client.stop(own)
    else:
        client.create(own, config, stopped=True)
    for name in (*todo.sources, own):
        if not await_stop(client, name):
            raise MeridianError(
                f"connector {name} did not stop within {_STOP_SECONDS:.0f} s: no position can be taken over; "
                "see journalctl -u meridian-connect, then deploy again: it goes on from here"
            )
    if own in seen:
        client.update(own, config)
    entries = _furthest([entry for name in (own, *todo.sources) for entry in client.offsets(name)])
    topics = {topic for topic, _ in todo.positions}
    client.set_offsets(own, [entry for (topic, _), entry in entries.items() if topic in topics])


def read(committed: Iterable[Mapping[str, Any]]) -> dict[Partition, int]:
    """Return the offset of the last record read per partition, from a connector's committed offsets."""
    return {
        (str(entry["partition"]["topic"]), int(entry["partition"]["partition"])): int(
            entry["offset"]["offset"]
        )
        for entry in committed
        if entry.get("offset")
    }


def _furthest(committed: Iterable[Mapping[str, Any]]) -> dict[Partition, Mapping[str, Any]]:
    found: dict[Partition, Mapping[str, Any]] = {}
    for entry in committed:
        for at, offset in read([entry]).items():
            if at not in found or offset > read([found[at]])[at]:
                found[at] = entry
    return found


def _may_concern(flow: FlowSpec, seen: Seen, name: str, other: FlowSpec | None) -> bool:
    """Return whether positions have to be asked for at all: most flows run, alone and unchanged."""
    if other is None and not ownership.idle(ownership.state(seen[name])):
        return True
    own = seen.get(flow.connectors["source"])
    if own is None or ownership.state(own) == "STOPPED":
        return True
    return set(flow.topics) - set(_topics(own)) != set() or _beats(own) != flow.heartbeats


def _new(flow: FlowSpec, seen: Seen, topic: str) -> bool:
    """Return whether a flow comes to carry a topic that it carries by its settings."""
    own = seen.get(flow.connectors["source"])
    if own is None or ownership.state(own) == "STOPPED":
        return True
    return not _has(own, topic)


def _has(entry: Mapping[str, Any], topic: str) -> bool:
    """Return whether a source connector, as it is set, carries a topic."""
    return matches(_topics(entry), topic) or (topic == HEARTBEATS and _beats(entry))


def _topics(entry: Mapping[str, Any]) -> list[str]:
    return str(entry["config"].get("topics", "")).split(",")


def _beats(entry: Mapping[str, Any]) -> bool:
    return bool(entry["config"].get("heartbeats.replication.enabled", "true") == "true")


def _own_positions(client: ConnectClient, flow: FlowSpec, seen: Seen) -> dict[Partition, int]:
    name = flow.connectors["source"]
    return read(client.offsets(name)) if name in seen else {}


def await_stop(client: ConnectClient, name: str, seconds: float = _STOP_SECONDS) -> bool:
    """Wait until a connector that was told to stop has no task left; return whether it came to that in time.

    :param seconds: how long to wait at most.
    """

    def stopped() -> bool:
        try:
            status = client.status(name)
        except ConnectError as error:
            # The worker that is asked may not have read yet that there is one of that name.
            if error.status != 404:
                raise
            return False
        return (status.get("connector") or {}).get("state") == "STOPPED" and not status.get("tasks")

    return until(stopped, seconds, _POLL)


def delete(client: ConnectClient, names: Iterable[str]) -> None:
    """Delete connectors, each once it has stopped.

    Connect 4.3 cannot start the tasks of a connector whose predecessor of that name was deleted while they
    were being fenced, until the worker is restarted ("The start() method must be invoked …").
    """
    names = list(names)
    for name in names:
        client.stop(name)
    for name in names:
        await_stop(client, name, _DELETE_SECONDS)
        client.delete(name)
