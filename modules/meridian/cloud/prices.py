"""What machines and volumes cost: the pillar's own table first, then libcloud's price data.

The data are a file in libcloud's wheel, or the user's newer ``~/.libcloud/pricing.json``; the network is not
asked. Source: https://libcloud.readthedocs.io/en/stable/compute/pricing.html
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from libcloud.pricing import get_pricing

from meridian.cloud.catalogue import Offer

#: A month as cloud providers bill it.
HOURS_PER_MONTH = 730.0
#: The currency of libcloud's data.
_DATA_CURRENCY = "USD"
#: Providers whose machines are this computer.
_FREE = ("local",)
_ANYWHERE = "any"
# GiB of memory for each vCPU of Google's predefined machine types; the data have prices for both parts only.
# Source: https://cloud.google.com/compute/docs/machine-resource
_GCE_MEMORY = {
    "n1": {"standard": 3.75, "highmem": 6.5, "highcpu": 0.9},
    "n2": {"standard": 4.0, "highmem": 8.0, "highcpu": 1.0},
    "n2d": {"standard": 4.0, "highmem": 8.0, "highcpu": 1.0},
    "e2": {"standard": 4.0, "highmem": 8.0, "highcpu": 1.0},
    "c2": {"standard": 4.0},
}
# vCPUs and GiB of those that share a core.
_GCE_SHARED = {"e2-micro": (0.25, 1.0), "e2-small": (0.5, 2.0), "e2-medium": (1.0, 4.0)}
_GCE_DISKS = {"ssd": "SSD", "pd-ssd": "SSD", "hdd": "Standard", "pd-standard": "Standard"}


class Prices:
    """Prices in the currency that the pillar says.

    :param section: the pillar's ``prices``, validated: ``currency``, ``per_usd``, ``machines``, ``volumes``.
    """

    def __init__(self, section: Mapping[str, Any]) -> None:
        self.currency: str = section["currency"]
        self._machines = section.get("machines") or {}
        self._volumes = section.get("volumes") or {}
        rate = section.get("per_usd")
        self._rate: float | None = 1.0 if rate is None and self.currency == _DATA_CURRENCY else rate
        self._known: dict[tuple[str, ...], float | None] = {}

    def machine(self, offer: Offer) -> float | None:
        """Return what a machine costs per hour; ``None`` when nobody knows."""
        key = (offer.provider, offer.kind, offer.size, offer.location)
        if key not in self._known:
            self._known[key] = self._machine(offer)
        return self._known[key]

    def volume(self, offer: Offer, kind: str, size_gb: float) -> float | None:
        """Return what a volume costs per hour; ``None`` when nobody knows.

        :param offer: the machine that it belongs to.
        :param kind: its type, as the provider calls it.
        :param size_gb: GB.
        """
        if offer.kind in _FREE:
            return 0.0
        own = _own(self._volumes, offer, kind)
        if own is not None:
            return own * size_gb / HOURS_PER_MONTH
        if offer.kind != "gce":
            return None
        return self._converted(_gce_disk(kind, offer.location), size_gb)

    def _machine(self, offer: Offer) -> float | None:
        if offer.kind in _FREE:
            return 0.0
        own = _own(self._machines, offer, offer.size)
        if own is not None:
            return own
        look = _TABLES.get(offer.kind)
        price = look(offer.size, offer.location) if look else _flat(offer.kind, offer.size)
        return self._converted(price)

    def _converted(self, price: float | None, times: float = 1.0) -> float | None:
        return None if price is None or self._rate is None else price * self._rate * times


def is_free(offer: Offer) -> bool:
    """Return whether a provider costs nothing by its nature."""
    return offer.kind in _FREE


def _own(table: Mapping[str, Any], offer: Offer, key: str) -> float | None:
    """Return the pillar's price: the alias before the kind, the place before ``any``."""
    for provider in (offer.provider, offer.kind):
        places = (table.get(provider) or {}).get(key) or {}
        for place in (offer.location, _ANYWHERE):
            if place in places:
                return float(places[place])
    return None


def _data(name: str) -> Mapping[str, Any]:
    try:
        return get_pricing("compute", name) or {}
    except KeyError:
        return {}


def _positive(value: Any) -> float | None:
    """Return a price of the data; they say 0 where their makers found none."""
    try:
        price = float(value)
    except (TypeError, ValueError):
        return None
    return price if price > 0 else None


def _flat(kind: str, size: str) -> float | None:
    return _positive(_data(kind).get(size))


def _ec2(size: str, location: str) -> float | None:
    return _positive((_data("ec2_linux").get(size) or {}).get(location))


def _azure(size: str, location: str) -> float | None:
    plain = size.replace("_", "").lower()
    return _positive((_data("azure_linux").get(plain) or {}).get(location.replace(" ", "").lower()))


def _gce(size: str, location: str) -> float | None:
    family, _, rest = size.partition("-")
    parts = _data("gce_instances").get(family) or {}
    region = _gce_region(location)
    cpu = _on_demand(parts.get("cpu"), region)
    if family in ("f1", "g1"):
        return cpu
    memory = _on_demand(parts.get("ram"), region)
    if size in _GCE_SHARED:
        cpus, gib = _GCE_SHARED[size]
    else:
        shape, _, count = rest.partition("-")
        each = _GCE_MEMORY.get(family, {}).get(shape)
        if each is None or not count.isdigit():
            return None
        cpus, gib = float(count), each * float(count)
    return None if cpu is None or memory is None else cpus * cpu + gib * memory


def _gce_disk(kind: str, location: str) -> float | None:
    """Return the price of a GB and hour."""
    return _on_demand(_data("gce_disks").get(_GCE_DISKS.get(kind, "")), _gce_region(location))


def _gce_region(location: str) -> str:
    """Return the region of a zone, or of a region."""
    found = re.match(r"[a-z]+-[a-z]+\d+", location)
    return found.group() if found else ""


def _on_demand(entry: Mapping[str, Any] | None, region: str) -> float | None:
    return _positive((((entry or {}).get("on_demand") or {}).get(region) or {}).get("price"))


_TABLES: Mapping[str, Callable[[str, str], float | None]] = {"ec2": _ec2, "azure_arm": _azure, "gce": _gce}
