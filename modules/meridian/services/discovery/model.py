"""Servers as sources tell them, and the places that the proxy has for them."""

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from meridian.common.errors import MeridianError


class DiscoveryError(MeridianError):
    """A source or the proxy does not answer, or not as expected; the text is one line."""


@dataclass(frozen=True, order=True)
class Endpoint:
    """Where a server listens.

    :ivar address: an IP address; the proxy takes no names while it runs.
    """

    address: str
    port: int

    def __post_init__(self) -> None:
        # What others tell becomes part of a command: an address and a number, and nothing besides.
        try:
            ipaddress.ip_address(self.address)
        except ValueError as error:
            raise DiscoveryError(f"expected an IP address, found {self.address!r}") from error
        if isinstance(self.port, bool) or not isinstance(self.port, int) or not 0 < self.port < 65536:
            raise DiscoveryError(f"expected a port, found {self.port!r}")

    def __str__(self) -> str:
        return f"[{self.address}]:{self.port}" if ":" in self.address else f"{self.address}:{self.port}"


@dataclass(frozen=True)
class Slot:
    """A server of one of the proxy's backends.

    :ivar endpoint: ``None`` while it was never given one.
    :ivar ready: it takes connections when its health checks let it; else it is in maintenance.
    :ivar up: its health checks let it.
    """

    backend: str
    name: str
    endpoint: Endpoint | None
    ready: bool
    up: bool = False


#: By backend, the servers that it shall lead to.
Wanted = Mapping[str, Sequence[Endpoint]]


class Source(Protocol):
    """Who knows where servers are."""

    #: What it is called in log lines.
    name: str

    def wanted(self) -> Wanted:
        """Ask once.

        :raises DiscoveryError: it does not answer, or not as expected.
        """
