"""What was seen of the world, as plain data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from meridian.services.kafka.topics import Topic


@dataclass(frozen=True)
class Service:
    """A broker, Connect worker or node of Elasticsearch that runs, beside what its files say.

    :ivar name: ``broker``, ``worker`` or ``elasticsearch``.
    :ivar restart: what it was started with in another version: settings, files, artifacts.
    :ivar settings: settings to be set while it runs: value of its file, and value now (``None``: no own one).
    :ivar by_hand: settings that were set in the running broker and that its file does not state.
    :ivar problem: why nobody knows, empty when all is known.
    """

    name: str
    restart: tuple[str, ...] = ()
    settings: Mapping[str, tuple[str, str | None]] = field(default_factory=dict)
    by_hand: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""


@dataclass(frozen=True)
class Firewall:
    """What a machine's firewall at its provider shall let in.

    :ivar rules: ``{port, protocol, sources: [cidr]}``.
    :ivar others: the machine has groups beside ours, whose rules are theirs.
    """

    rules: tuple[Mapping[str, Any], ...]
    others: bool = False


@dataclass(frozen=True)
class World:
    """An environment as it is. An empty one is that of ``--offline``: nothing is there.

    Where a text stands in place of data, it says why there are none.

    :ivar nodes: machines that the pillar names and that exist whole, by name: ``state``, ``size``, ``tags``,
        ``firewall``, … as ``list_nodes_full`` of the driver gives them.
    :ivar incomplete: machines that the pillar names and that were never finished.
    :ivar unmanaged: machines of the environment that the pillar does not name.
    :ivar replace: why one of ``nodes`` must give way to a new one to be as wanted, by name.
    :ivar firewalls: what the provider's firewall of each machine shall let in, by name; those that have one.
    :ivar states: what ``state.highstate`` with ``test=True`` returned, by name of the node.
    :ivar services: what :class:`Service` says of the broker and the worker of a node, by name of the node.
    :ivar topics: topics of a region's cluster by name, ``None`` for one that is not there.
    :ivar connectors: connectors of a region's Connect cluster, with ``config`` and ``status``.
    """

    nodes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    incomplete: frozenset[str] = frozenset()
    unmanaged: tuple[str, ...] = ()
    replace: Mapping[str, str] = field(default_factory=dict)
    firewalls: Mapping[str, "Firewall"] = field(default_factory=dict)
    states: Mapping[str, Mapping[str, Any] | str] = field(default_factory=dict)
    services: Mapping[str, tuple["Service", ...]] = field(default_factory=dict)
    topics: Mapping[str, Mapping[str, Topic | None] | str] = field(default_factory=dict)
    connectors: Mapping[str, Mapping[str, Mapping[str, Any]] | str] = field(default_factory=dict)
