"""Listening TCP sockets, who holds them, and whether they speak TLS."""

import socket
import ssl
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

_LISTEN = "0A"
_TIMEOUT_SECONDS = 3.0


@dataclass(frozen=True)
class Listener:
    """One listening socket.

    :ivar address: as bound; ``0.0.0.0`` or ``::`` for all.
    :ivar uid: owner of the socket.
    :ivar pid: a process that holds it; ``None`` when it belongs to another container or the kernel.
    """

    address: str
    port: int
    uid: int
    pid: int | None


def read(proc: Path = Path("/proc")) -> list[Listener]:
    """Return the TCP sockets that listen, without those of Docker's own resolver (127.0.0.11)."""
    owners = _owners(proc)
    found = set()
    for name in ("tcp", "tcp6"):
        table = proc / "net" / name
        for line in table.read_text().splitlines()[1:] if table.exists() else ():
            fields = line.split()
            if fields[3] == _LISTEN:
                address, port = decode(fields[1])
                found.add(Listener(address, port, int(fields[7]), owners.get(fields[9])))
    return sorted(
        (listener for listener in found if listener.address != "127.0.0.11"),
        key=lambda listener: (listener.port, listener.address),
    )


def decode(text: str) -> tuple[str, int]:
    """Read an address of ``/proc/net/tcp``: 32-bit words in the machine's (little-endian) order.

    :param text: for example ``0100007F:2384``.
    """
    raw, port = text.split(":")
    data = bytes.fromhex(raw)
    words = b"".join(data[start : start + 4][::-1] for start in range(0, len(data), 4))
    family = socket.AF_INET if len(words) == 4 else socket.AF_INET6
    address = socket.inet_ntop(family, words)
    return address.removeprefix("::ffff:") if "." in address else address, int(port, 16)


def _owners(proc: Path) -> Mapping[str, int]:
    owners = {}
    for link in proc.glob("[0-9]*/fd/*"):
        try:
            target = str(link.readlink())
        except OSError:  # the process has ended meanwhile
            continue
        if target.startswith("socket:["):
            owners[target[8:-1]] = int(link.parts[-3])
    return owners


def with_tls(listeners: list[Listener]) -> list[dict[str, Any]]:
    """Try a TLS handshake with each listener.

    :return: each listener's fields, ``tls`` (protocol version, ``None`` for a listener that does not speak
        TLS) and ``certificate`` (PEM, empty likewise).
    """
    with ThreadPoolExecutor(max_workers=8) as pool:
        return [
            asdict(listener) | found
            for listener, found in zip(listeners, pool.map(handshake, listeners), strict=True)
        ]


def handshake(listener: Listener) -> dict[str, str | None]:
    """Shake hands with a listener, trusting whatever certificate it shows: this only looks."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    # A socket bound to :: serves IPv4 too, which is all that some machines have.
    addresses = {"0.0.0.0": ["127.0.0.1"], "::": ["127.0.0.1", "::1"]}
    for address in addresses.get(listener.address, [listener.address]):
        try:
            with (
                socket.create_connection((address, listener.port), timeout=_TIMEOUT_SECONDS) as plain,
                context.wrap_socket(plain) as secured,
            ):
                shown = secured.getpeercert(binary_form=True)
                return {
                    "tls": secured.version(),
                    "certificate": ssl.DER_cert_to_PEM_cert(shown) if shown else "",
                }
        except OSError:  # ssl.SSLError is one
            continue
    return {"tls": None, "certificate": ""}
