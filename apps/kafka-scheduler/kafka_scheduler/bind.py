"""Where a server listens: a name, an address, a pattern of addresses, or an interface."""

import fcntl
import fnmatch
import socket
import struct

from meridian.common.errors import MeridianError

_SIOCGIFADDR = 0x8915


def resolve(text: str) -> str:
    """Return the address that ``0.0.0.0``, a name, ``192.168.50.*`` or ``if:eth1`` stands for.

    :raises MeridianError: this machine has no such address.
    """
    if not text:
        return "0.0.0.0"
    if text.startswith("if:"):
        found = addresses().get(text.removeprefix("if:"))
        if found is None:
            raise MeridianError(f"bind-address {text}: there is no such interface, or it has no IPv4 address")
        return found
    if "*" in text:
        matching = [one for one in addresses().values() if fnmatch.fnmatch(one, text)]
        if not matching:
            raise MeridianError(f"bind-address {text}: this machine has no such address")
        return matching[0]
    return text


def addresses() -> dict[str, str]:
    """Return interface → IPv4 address."""
    found = {}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        for _, name in socket.if_nameindex():
            try:
                answer = fcntl.ioctl(asked.fileno(), _SIOCGIFADDR, struct.pack("256s", name.encode()[:15]))
            except OSError:
                continue
            found[name] = socket.inet_ntoa(answer[20:24])
    return found
