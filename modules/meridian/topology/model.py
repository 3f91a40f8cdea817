"""The platform as data: what :func:`meridian.topology.expand` makes of the pillar, and all else reads.

Everything here is immutable and free of I/O.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from meridian.topology.kafka_mode import ZOOKEEPER

#: Value of the tag ``meridian-platform``, which everything that we make at a provider carries.
PLATFORM = "meridian"
#: What libcloud calls our own provider.
LOCAL = "local"


@dataclass(frozen=True)
class Addresses:
    """Where a node can be reached.

    :ivar management: address on the network that Salt speaks over.
    :ivar region: address inside the region's own network; brokers advertise it on ``INTERNAL``.
    :ivar external: address that clients outside the region use; brokers advertise it on ``EXTERNAL``.

    Each is an IP address or resolvable name. On a cloud that chooses addresses itself they are the node's
    id until the node exists.
    """

    management: str
    region: str
    external: str

    @classmethod
    def given(cls, private: Sequence[str], public: Sequence[str]) -> "Addresses":
        """Return where a machine can be reached whose addresses the cloud chose.

        :param private: its addresses inside the region, as the provider tells them.
        :param public: those that the world reaches it by. One of both has at least one.
        """
        inside, outside = [*private, *public][0], [*public, *private][0]
        return cls(outside, inside, outside)


@dataclass(frozen=True)
class Volume:
    """A disk for data, apart from the one that the machine starts from.

    :ivar name: ``<role>-<name>``, e.g. ``kafka-data``; unique on a node.
    :ivar size_gb: GiB.
    :ivar type: the provider's own name of a kind of disk, e.g. ``gp3``; empty for what it makes by default.
    :ivar mount: absolute path of the folder that it is mounted on.
    """

    name: str
    size_gb: int
    type: str
    mount: str


@dataclass(frozen=True)
class PortRule:
    """A port that is open, and to whom; all others are closed.

    :ivar protocol: ``tcp`` or ``udp``.
    :ivar sources: ``region`` (nodes of the same region), ``platform`` (nodes of the environment) and
        ``operator`` (the addresses that pillar's ``firewall.operator`` names).
    """

    port: int
    protocol: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Node:
    """A machine (VM or local container).

    :ivar id: minion id and host name, ``<name>.<region>.<environment>``, e.g. ``kafka-1.us-east.local``.
    :ivar name: ``<group>-<index>``, e.g. ``kafka-1``.
    :ivar group: the key under ``nodes:`` that it comes from.
    :ivar index: 1-based within its group.
    :ivar zone: availability zone, as the provider calls it there; Kafka's rack.
    :ivar roles: what runs on it, see :mod:`meridian.topology.roles`.
    :ivar profile: name of the salt-cloud profile, ``<provider>-<size>``.
    :ivar kafka_id: KRaft ``node.id``, unique within the region; ``None`` where the node itself is neither
        broker nor controller, as the hosts of brokers that are Mesos tasks.
    :ivar provider: alias of the provider that makes it, a key in ``cloud.providers.d/``.
    :ivar size: key of ``sizes``.
    :ivar volumes: its disks for data, those of all its roles.
    :ivar open_ports: what its firewall lets in, in order of ports; each port and protocol once.
    """

    id: str
    name: str
    group: str
    index: int
    environment: str
    region: str
    zone: str
    roles: tuple[str, ...]
    profile: str
    addresses: Addresses
    kafka_id: int | None = None
    provider: str = ""
    size: str = ""
    volumes: tuple[Volume, ...] = ()
    open_ports: tuple[PortRule, ...] = ()

    @property
    def tags(self) -> dict[str, str]:
        """What marks the machine as ours at its provider; each value is of ``[a-z0-9_+.-]``."""
        return {
            "meridian-platform": PLATFORM,
            "meridian-environment": self.environment,
            "meridian-region": self.region,
            "meridian-role": "+".join(self.roles),
        }


@dataclass(frozen=True)
class Flow:
    """A mirror flow: MirrorMaker 2 from a source cluster to a target cluster.

    :ivar name: what its connectors and their positions are kept by, see :func:`meridian.topology.names.flow`.
    :ivar settings: the flow's validated pillar (topics, naming, filter, tasks, …), see the schema.
    """

    name: str
    source: str
    target: str
    settings: Mapping[str, Any]


@dataclass(frozen=True)
class Region:
    """A place with one Kafka cluster.

    :ivar index: position in the environment, from 0; decides its network in the local cloud.
    :ivar settings: the region's whole merged and validated pillar with every default filled in, keyed by
        section (``kafka``, ``connect``, ``archive``, ``objectstore``, ``topics``, ``pki``, …). Plain data.
    :ivar kafka_bootstrap_internal: ``host:port,…`` for clients inside the region.
    :ivar kafka_bootstrap_external: ``host:port,…`` for clients elsewhere, the operator's among them.
    :ivar provider: alias of the provider that makes its machines, a key in ``cloud.providers.d/``.
    :ivar kind: what libcloud calls that provider, e.g. ``ec2``; ``local`` is ours.
    :ivar location: the provider's name of the place, e.g. ``us-east-1``; empty when pillar names none.
    """

    name: str
    index: int
    zones: tuple[str, ...]
    is_central: bool
    nodes: tuple[Node, ...]
    settings: Mapping[str, Any]
    kafka_bootstrap_internal: str
    kafka_bootstrap_external: str
    provider: str = ""
    kind: str = ""
    location: str = ""

    @property
    def is_local(self) -> bool:
        """Whether its machines are the local cloud's containers."""
        return self.kind == LOCAL

    def with_role(self, role: str) -> tuple[Node, ...]:
        """Return the region's nodes that carry a role, in order of their ids."""
        return tuple(node for node in self.nodes if role in node.roles)

    @property
    def runtime(self) -> str:
        """What brokers run under: ``systemd`` or ``mesos``."""
        return str(self.settings["kafka"]["runtime"])

    @property
    def search(self) -> str:
        """What nodes of Elasticsearch run under: ``systemd`` or ``mesos``; empty where there are none."""
        return str(self.settings["elasticsearch"]["runtime"]) if self.with_role("elasticsearch") else ""

    @property
    def on_mesos(self) -> bool:
        """Whether any service of it is tasks of Mesos."""
        return "mesos" in (self.runtime, self.search)

    @property
    def controllers(self) -> tuple[Node, ...]:
        """The KRaft quorum's nodes: those of the role, else the brokers themselves; none with ZooKeeper."""
        if self.settings["kafka"]["mode"] == ZOOKEEPER:
            return ()
        return self.with_role("kafka-controller") or self.with_role("kafka")

    @property
    def kafka_nodes(self) -> tuple[Node, ...]:
        """The nodes that brokers or controllers run on."""
        return tuple(node for node in self.nodes if {"kafka", "kafka-controller"} & set(node.roles))

    @property
    def proxied(self) -> bool:
        """Whether its nodes reach services of the region through a proxy of their own."""
        wanted = self.settings.get("proxy", {}).get("enabled", False)
        return self.on_mesos if wanted == "auto" else bool(wanted)

    @property
    def entries(self) -> tuple[Node, ...]:
        """The nodes whose proxies clients of other regions begin with."""
        return self.with_role("kafka") if self.proxied else ()

    @property
    def broker_ids(self) -> tuple[int, ...]:
        """The ids of all brokers; as Mesos tasks they are on any of the nodes with the role ``kafka``."""
        hosts = self.with_role("kafka")
        if self.runtime != "mesos":
            return tuple(node.kafka_id for node in hosts if node.kafka_id is not None)
        first = self.settings["kafka"]["ids"]["brokers"]
        return tuple(range(first, first + (self.settings["kafka"]["brokers"] or len(hosts))))


@dataclass(frozen=True)
class Topology:
    """One whole environment.

    :ivar provider: alias of the provider of all regions that name no other.
    :ivar settings: validated settings of the environment itself (``environment`` and ``local`` sections).
    :ivar object_store: ``https://host:port`` of the platform's object store, empty when it has none.
    :ivar object_store_region: the region's name in its signatures; clients have to use the same.
    """

    environment: str
    provider: str
    central: str
    regions: tuple[Region, ...]
    flows: tuple[Flow, ...]
    settings: Mapping[str, Any] = field(default_factory=dict)
    object_store: str = ""
    object_store_region: str = ""

    @property
    def nodes(self) -> tuple[Node, ...]:
        """All nodes of all regions."""
        return tuple(node for region in self.regions for node in region.nodes)

    @property
    def providers(self) -> tuple[str, ...]:
        """Aliases of all providers, each once, in order of the regions."""
        return tuple(dict.fromkeys(region.provider for region in self.regions))

    @property
    def is_local(self) -> bool:
        """Whether any region is in the local cloud."""
        return any(region.is_local for region in self.regions)

    @property
    def is_remote(self) -> bool:
        """Whether any region is at a provider beyond this machine."""
        return not all(region.is_local for region in self.regions)

    def region(self, name: str) -> Region:
        """Return the region of that name.

        :raises KeyError: when the environment has no such region.
        """
        for region in self.regions:
            if region.name == name:
                return region
        raise KeyError(name)

    def node(self, node_id: str) -> Node:
        """Return the node of that id.

        :raises KeyError: when the environment has no such node.
        """
        for node in self.nodes:
            if node.id == node_id:
                return node
        raise KeyError(node_id)
