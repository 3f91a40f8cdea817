"""Names to addresses, as this node resolves them."""

import socket
from collections.abc import Callable

from meridian.services.discovery.model import DiscoveryError, Endpoint

#: A host's name → its address.
Resolve = Callable[[str], str]


def resolve(host: str) -> str:
    """Return the address of a host, IPv4 where it has one.

    :raises DiscoveryError: nobody knows it.
    """
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError as error:
        raise DiscoveryError(f"host {host} is not known here: {error}") from error
    return str(min(found, key=lambda one: one[0] != socket.AF_INET)[4][0])


def endpoint(host: str, port: object, resolve_host: Resolve) -> Endpoint:
    """Return where a server listens.

    :raises DiscoveryError: the port is none, or nobody knows the host.
    """
    if not isinstance(port, int):
        raise DiscoveryError(f"host {host}: expected a port, found {port!r}")
    return Endpoint(resolve_host(host), port)
