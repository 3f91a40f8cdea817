"""Which IPv4 networks this host uses already."""

import socket
import struct
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any


def routes(text: str | None = None) -> list[IPv4Network]:
    """Return the networks that the host has routes to, without the default route.

    :param text: text of ``/proc/net/route``; read when not given.
    """
    table = Path("/proc/net/route").read_text() if text is None else text
    found = []
    for line in table.splitlines()[1:]:
        fields = line.split()
        if len(fields) < 8 or fields[7] == "00000000":
            continue
        address, mask = (socket.inet_ntoa(struct.pack("<L", int(fields[n], 16))) for n in (1, 7))
        found.append(IPv4Network(f"{address}/{mask}", strict=False))
    return found


def by_docker(client: Any) -> list[IPv4Network]:
    """Return the IPv4 subnets of all Docker networks.

    :param client: Docker client.
    """
    return [
        IPv4Network(subnet, strict=False)
        for network in client.networks.list()
        for subnet in subnets(network)
        if ":" not in subnet
    ]


def subnets(network: Any) -> list[str]:
    """Return the subnets of one Docker network, as Docker writes them."""
    pools = (network.attrs.get("IPAM") or {}).get("Config") or []
    return [str(pool["Subnet"]) for pool in pools if pool.get("Subnet")]
