"""Which of this machine's addresses to listen on."""

import fcntl
import socket
import struct
from collections.abc import Mapping
from fnmatch import fnmatchcase

from meridian.errors import MeridianError

_SIOCGIFADDR = 0x8915


def resolve(text: str, interfaces: Mapping[str, str] | None = None) -> str:
    """Return the address that a name, an address, a pattern (``192.168.50.*``) or ``if:eth1`` means.

    :param interfaces: interface → its address; default: this machine's.
    :raises MeridianError: no interface is called so, or has such an address.
    """
    if not text.startswith("if:") and "*" not in text:
        return text
    found = addresses() if interfaces is None else interfaces
    if text.startswith("if:"):
        if text[3:] not in found:
            raise MeridianError(f"bind-address {text}: there is no such interface with an address")
        return found[text[3:]]
    for address in found.values():
        if fnmatchcase(address, text):
            return address
    raise MeridianError(f"bind-address {text}: no interface has such an address")


def addresses() -> dict[str, str]:
    """Return this machine's interfaces that are up, each with its first IPv4 address."""
    found = {}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        for _, name in socket.if_nameindex():
            try:
                answer = fcntl.ioctl(one.fileno(), _SIOCGIFADDR, struct.pack("256s", name.encode()[:15]))
            except OSError:
                continue
            found[name] = socket.inet_ntoa(answer[20:24])
    return found
