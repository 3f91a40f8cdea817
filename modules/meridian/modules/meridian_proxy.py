"""
The proxy of this node: where its addresses lead to.
"""

from pathlib import Path

from meridian.services.discovery.haproxy import RuntimeApi, parse

_SOCKET = Path("/run/meridian-proxy/admin.sock")


def servers() -> dict[str, dict[str, str]]:
    """
    Return by backend the servers that it leads to, as ``address:port`` → ``up`` or ``down``. Slots out of use
    are left out.

    CLI Example:

    .. code-block:: bash

        salt 'services-1.us-east.local' meridian_proxy.servers
    """
    found: dict[str, dict[str, str]] = {}
    for slot in parse(RuntimeApi(_SOCKET).state()):
        backend = found.setdefault(slot.backend, {})
        if slot.ready and slot.endpoint is not None:
            backend[str(slot.endpoint)] = "up" if slot.up else "down"
    return found
