"""The four-letter word ``srvr``: the one question that a server answers to whoever has a certificate."""

import socket
import ssl
from dataclasses import dataclass

from meridian.common.errors import MeridianError
from meridian.common.tls import Tls

_ANSWER_BYTES = 65536
_LEADER = "leader"
_STANDALONE = "standalone"


@dataclass(frozen=True)
class Answer:
    """What a server says of itself.

    :ivar mode: ``leader``, ``follower``, ``observer``, ``standalone``; empty while it serves nobody, be it
        for want of a quorum or because it has not caught up with the leader yet.
    :ivar zxid: number of the last transaction that it has.
    :ivar connections: clients connected, the one that asks among them.
    """

    mode: str = ""
    zxid: int = 0
    connections: int = 0

    @property
    def serves(self) -> bool:
        """Whether it serves clients: it is part of a quorum and has what the leader had when it joined."""
        return bool(self.mode)

    @property
    def leads(self) -> bool:
        """Whether it is the leader."""
        return self.mode in (_LEADER, _STANDALONE)


def parse(text: str) -> Answer:
    """Read a server's answer. Pure.

    :param text: lines of ``Name: value``, or one sentence when it serves nobody.
    """
    pairs = dict(line.split(": ", 1) for line in text.splitlines() if ": " in line)
    if "Mode" not in pairs:
        return Answer()
    return Answer(
        mode=pairs["Mode"].strip(),
        zxid=int(pairs.get("Zxid", "0x0"), 16),
        connections=int(pairs.get("Connections", "0")),
    )


def ask(host: str, port: int, tls: Tls, timeout: float = 5.0) -> Answer:
    """Ask a server over TLS.

    :param port: its port for clients.
    :param tls: identity of the one who asks.
    :param timeout: seconds for all of it.
    :raises MeridianError: nobody listens, or the two do not trust each other.
    """
    try:
        context = ssl.create_default_context(cafile=str(tls.ca))
        context.load_cert_chain(tls.certificate, tls.key)
        with (
            socket.create_connection((host, port), timeout) as plain,
            context.wrap_socket(plain, server_hostname=host) as connection,
        ):
            connection.sendall(b"srvr")
            return parse(_read(connection))
    except OSError as error:
        raise MeridianError(f"ZooKeeper at {host}:{port}: {error.strerror or error}") from error


def _read(connection: ssl.SSLSocket) -> str:
    parts: list[bytes] = []
    while sum(map(len, parts)) < _ANSWER_BYTES and (part := connection.recv(4096)):
        parts.append(part)
    return b"".join(parts).decode("utf-8", errors="replace")
