"""The cost of a platform: of each node, of its volumes, and of all."""

from dataclasses import dataclass

from meridian.cloud.catalogue import Catalogue, Offer
from meridian.cloud.prices import HOURS_PER_MONTH, Prices
from meridian.topology.model import Node, Topology


@dataclass(frozen=True)
class Cost:
    """What a platform costs.

    :ivar per_month: sum of what is known, ``None`` when nothing is.
    :ivar per_hour: likewise.
    :ivar unknown: ids of nodes, and of volumes (``<node>/<volume>``), that no price is known of.
    """

    per_month: float | None
    per_hour: float | None
    currency: str
    unknown: tuple[str, ...] = ()


class Costs:
    """Costs of an environment as the pillar describes it.

    :param catalogue: profiles and providers.
    :raises MeridianError: a node's profile is not configured.
    """

    def __init__(self, topology: Topology, catalogue: Catalogue, prices: Prices) -> None:
        self.currency = prices.currency
        self._hourly: dict[str, float | None] = {}
        self._unknown: list[str] = []
        offers: dict[tuple[str, str], Offer] = {}
        for region in topology.regions:
            for node in region.nodes:
                key = (node.profile, region.location)
                if key not in offers:
                    offers[key] = catalogue.offer(*key)
                self._count(node, offers[key], prices)

    def _count(self, node: Node, offer: Offer, prices: Prices) -> None:
        cost = prices.machine(offer)
        if cost is None:
            self._unknown.append(node.id)
        for volume in node.volumes:
            price = prices.volume(offer, volume.type, volume.size_gb)
            if price is None:
                self._unknown.append(f"{node.id}/{volume.name}")
            elif cost is not None:
                cost += price
        # A disk's price alone would look like a machine's.
        self._hourly[node.id] = cost

    def per_month(self, node: str) -> float | None:
        """Return a node's cost per month, with its volumes as far as known; ``None`` when its own is not."""
        hourly = self._hourly[node]
        return None if hourly is None else round(hourly * HOURS_PER_MONTH, 2)

    def total(self) -> Cost:
        """Return the cost of all nodes."""
        known = [price for price in self._hourly.values() if price is not None]
        unknown = tuple(self._unknown)
        if not known:
            return Cost(None, None, self.currency, unknown)
        whole = sum(known)
        return Cost(round(whole * HOURS_PER_MONTH, 2), round(whole, 4), self.currency, unknown)
