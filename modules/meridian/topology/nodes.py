"""A region's machines, of its groups of alike ones."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from meridian.topology import checks, firewall, volumes
from meridian.topology.addressing import LocalNetwork
from meridian.topology.model import Addresses, Node
from meridian.topology.schema import RegionSettings


@dataclass(frozen=True)
class AddressPlan:
    """Where a region is in the local cloud.

    :ivar index: position of the region in its environment, from 0.
    :ivar wan: whether regions reach one another through WAN gateways.
    """

    network: LocalNetwork
    index: int
    wan: bool

    def addresses(self, index: int) -> Addresses:
        """Return the addresses of a node.

        :param index: 0-based position of the node in its region.
        """
        management = self.network.node_management(self.index, index)
        regional = self.network.node_region(self.index, index)
        return Addresses(management, regional, regional if self.wan else management)


def of_region(
    environment: str,
    region: str,
    provider: str,
    kind: str,
    pillar: RegionSettings,
    place: AddressPlan | None,
    known: Mapping[str, Addresses],
) -> tuple[Node, ...]:
    """Return the nodes of a region.

    :param provider: alias of the provider that makes them.
    :param kind: what libcloud calls it.
    :param place: where the region is in the local cloud; ``None`` where the cloud chooses addresses.
    :param known: by node id, the addresses that a cloud has chosen so far.
    """
    nodes: list[Node] = []
    brokers = controllers = 0
    for group, wanted in pillar.nodes.items():
        disks = volumes.of_roles(pillar, wanted.roles, kind)
        ports = firewall.open_ports(pillar, wanted.roles)
        for index, zone in enumerate(checks.group_zones(wanted, pillar, kind), start=1):
            brokers += "kafka" in wanted.roles
            controllers += "kafka-controller" in wanted.roles
            node_id = f"{group}-{index}.{region}.{environment}"
            unknown = Addresses(node_id, node_id, node_id)
            nodes.append(
                Node(
                    id=node_id,
                    name=f"{group}-{index}",
                    group=group,
                    index=index,
                    environment=environment,
                    region=region,
                    zone=zone,
                    roles=tuple(wanted.roles),
                    profile=f"{provider}-{wanted.size}",
                    addresses=place.addresses(len(nodes)) if place else known.get(node_id, unknown),
                    kafka_id=_kafka_id(pillar, wanted.roles, brokers, controllers),
                    provider=provider,
                    size=wanted.size,
                    volumes=disks,
                    open_ports=ports,
                )
            )
    return tuple(nodes)


def _kafka_id(pillar: RegionSettings, roles: Iterable[str], brokers: int, controllers: int) -> int | None:
    if "kafka-controller" in roles:
        return pillar.kafka.ids.controllers + controllers - 1
    own = "kafka" in roles and pillar.kafka.runtime == "systemd"
    return pillar.kafka.ids.brokers + brokers - 1 if own else None
