"""Ports for servers that are started later."""

import random
import socket

# Below the range of outgoing connections' ports (32768 on): one of those may be gone before its server is
# there. Mesos' own for tasks (31000) lie apart.
_RANGE = range(15_000, 28_000)


def free(count: int, address: str = "127.0.0.1") -> list[int]:
    """Return ports that nobody listens on.

    :param address: where the servers will listen.
    """
    held: list[socket.socket] = []
    try:
        while len(held) < count:
            try:
                held.append(socket.create_server((address, random.choice(_RANGE))))
            except OSError:
                continue
        return [int(one.getsockname()[1]) for one in held]
    finally:
        for one in held:
            one.close()
