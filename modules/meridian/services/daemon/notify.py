"""systemd's notification protocol: a datagram to the socket that it names."""

import os
import socket


def notify(*lines: str) -> None:
    """Tell systemd something, for example ``READY=1``; without systemd nothing happens."""
    path = os.environ.get("NOTIFY_SOCKET")
    if not path:
        return
    address = "\0" + path[1:] if path.startswith("@") else path
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
        try:
            channel.sendto("\n".join(lines).encode(), address)
        except OSError:
            # A notification that systemd does not take must not end the service; its watchdog may.
            return
