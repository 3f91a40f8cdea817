"""Static addresses of the local cloud: which network is whose, and who has which address in it."""

import ipaddress
from dataclasses import dataclass

from meridian.common.errors import MeridianError

DEFAULT_NETWORK = "10.213.0.0/16"
SLOTS = 15
REGIONS = 16
#: Nodes of one region at most.
NODES = 15
_FIRST = 10


@dataclass(frozen=True)
class LocalNetwork:
    """The addresses of one environment in one clone's /16.

    The first /20 is the management network; region networks are /24s behind it, sixteen for each slot.

    :ivar network: a /16, e.g. ``10.213.0.0/16``.
    :ivar slot: 0 to 14, one for each environment that a clone has up.
    :raises MeridianError: when the network is not a /16 or the slot does not exist.
    """

    network: str = DEFAULT_NETWORK
    slot: int = 0

    def __post_init__(self) -> None:
        expected = f"expected an IPv4 /16 such as {DEFAULT_NETWORK}, found {self.network}"
        try:
            prefix = ipaddress.IPv4Network(self.network).prefixlen
        except ValueError as error:
            raise MeridianError(expected) from error
        if prefix != 16:
            raise MeridianError(expected)
        if not 0 <= self.slot < SLOTS:
            raise MeridianError(f"a clone has room for {SLOTS} local environments; destroy one first")

    def _at(self, third: int, fourth: int) -> str:
        base = int(ipaddress.IPv4Network(self.network).network_address)
        return str(ipaddress.IPv4Address(base + (third << 8) + fourth))

    @property
    def management_network(self) -> str:
        """The network that Salt speaks over, shared by a clone's environments (CIDR)."""
        return f"{self._at(0, 0)}/20"

    @property
    def management_gateway(self) -> str:
        """The host's own address there, which the Salt master listens on."""
        return self._at(0, 1)

    def node_management(self, region: int, index: int) -> str:
        """Return a node's management address. Nodes added to a region move those of no other.

        :param region: 0-based index of the region in its environment.
        :param index: 0-based position of the node in its region, below :data:`NODES`.
        """
        return self._at(self.slot, _FIRST + REGIONS * index + region)

    def region_network(self, region: int) -> str:
        """Return a region's network (CIDR).

        :param region: 0-based index of the region in its environment.
        """
        return f"{self._at(self._third(region), 0)}/24"

    def region_gateway(self, region: int) -> str:
        """Return the host's own address in a region's network."""
        return self._at(self._third(region), 1)

    def wan_gateway(self, region: int) -> str:
        """Return the WAN gateway's address in a region's network: the next hop to all other regions."""
        return self._at(self._third(region), 2)

    def wan_gateway_management(self, region: int) -> str:
        """Return the WAN gateway's address on the management network."""
        return self._at(15, _FIRST + REGIONS * self.slot + region)

    def node_region(self, region: int, index: int) -> str:
        """Return a node's address in its region's network.

        :param index: 0-based position of the node in its region.
        """
        return self._at(self._third(region), _FIRST + index)

    def _third(self, region: int) -> int:
        return 16 * (self.slot + 1) + region
