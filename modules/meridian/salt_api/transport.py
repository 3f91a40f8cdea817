"""TLS between the Salt master and its minions: Salt's transport ``tcp``, both sides show a certificate.

Salt proves identities by its own keys already; this hides from the wire what they say, and turns away whoever
has no certificate before Salt reads a byte. One master serves all environments of a clone, so the authority
is the clone's own and not that of an environment. ``ws``, Salt's other transport with TLS, makes a connection
for each message, waits for answers without end, and its minions log a traceback for each job (3008.3).
"""

import ipaddress
import os
import shutil
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509

from meridian.common import paths
from meridian.common.errors import MeridianError
from meridian.pki import authority, names, pairs

_VALIDITY, _RENEW = timedelta(days=825), timedelta(days=60)
_LOOPBACK = ("127.0.0.1", "localhost")


@dataclass(frozen=True)
class Credentials:
    """What a minion needs to speak TLS with the master, all PEM.

    :ivar ca: certificate of the CA that signed the master's.
    :ivar certificate: the minion's own.
    :ivar key: its private key.
    """

    ca: str
    certificate: str
    key: str


def folder() -> Path:
    """Return the folder that holds the CA, the master's certificate and those of minions."""
    return paths.state() / "transport"


def wanted(minions: Path) -> bool:
    """Return whether the master is to speak TLS: always, but for nodes of before that only know ZeroMQ.

    :param minions: the master's folder of accepted keys.
    """
    return (folder() / "ca.pem").exists() or not (minions.is_dir() and os.listdir(minions))


def master_options(addresses: Iterable[str], now: datetime | None = None) -> dict[str, Any]:
    """Ensure the master's certificate, and return the options that make it speak TLS.

    :param addresses: IP addresses and names that minions know the master by.
    :param now: what time it is; for tests.
    :raises MeridianError: the authority cannot sign.
    """
    now = now or datetime.now(UTC)
    signer, _ = authority.ensure(folder(), "Salt transport", now)
    # Never fewer: an environment that nobody asks about now goes on under its own address.
    found = tuple(sorted({*_LOOPBACK, *addresses, *_held()}))
    pair = _pair("salt-master", "master", found, server=True)
    pairs.ensure(signer, pair, now)
    return {
        "transport": "tcp",
        "ssl": {
            "certfile": str(pair.certificate_file),
            "keyfile": str(pair.key_file),
            "ca_certs": str(folder() / "ca.pem"),
            "cert_reqs": "CERT_REQUIRED",
        },
        # Salt 3008.3 speaks TLS to its own worker pools too, which do not.
        "worker_pools_enabled": False,
    }


def certificate() -> bytes:
    """Return the master's certificate, which it reads when it starts; nothing where there is none."""
    file = folder() / "master.pem"
    return file.read_bytes() if file.exists() else b""


def minion(node: str, opts: Mapping[str, Any], now: datetime | None = None) -> Credentials | None:
    """Ensure a minion's credentials, and return them; ``None`` where the master does not speak TLS.

    :param node: node id.
    :param opts: the master's options.
    :param now: what time it is; for tests.
    """
    ensure([node], opts, now)
    return credentials(node) if opts.get("ssl") else None


def ensure(nodes: Iterable[str], opts: Mapping[str, Any], now: datetime | None = None) -> dict[str, str]:
    """Ensure the credentials of nodes; nothing where the master does not speak TLS.

    :return: what was made or renewed, ``{"salt.<node id>": reason}``.
    """
    if not opts.get("ssl"):
        return {}
    now = now or datetime.now(UTC)
    signer = authority.load(folder(), now)
    made = {}
    for node in nodes:
        if why := pairs.ensure(signer, _of_minion(node), now):
            made[f"salt.{node}"] = why
    return made


def credentials(node: str) -> Credentials | None:
    """Return a minion's credentials; ``None`` before :func:`minion` or :func:`ensure` made them."""
    pair = _of_minion(node)
    if not (pair.certificate_file.exists() and pair.key_file.exists()):
        return None
    ca = (folder() / "ca.pem").read_text()
    return Credentials(ca, pair.certificate_file.read_text(), pair.key_file.read_text())


def forget(node: str) -> None:
    """Remove a minion's credentials, if there are any."""
    shutil.rmtree(folder() / "minions" / node, ignore_errors=True)


def check(address: str, opts: Mapping[str, Any]) -> None:
    """Refuse an address that the running master's certificate does not name: no minion would believe it.

    :param address: what minions are told.
    :param opts: the master's options.
    :raises MeridianError: with what to do.
    """
    if not opts.get("ssl"):
        return
    if missing := set(resolved(address)) - _held():
        raise MeridianError(
            f"the Salt master's certificate does not name {', '.join(sorted(missing))}, which minions "
            "are told (minion: master): deploy by ./meridian, which renews it and starts the master with it"
        )


def resolved(address: str) -> tuple[str, ...]:
    """Return a name and the IP addresses behind it: a minion resolves it and asks for the address.

    :param address: IP address or host name.
    """
    try:
        return (str(ipaddress.ip_address(address)),)
    except ValueError:
        pass
    try:
        found = {str(entry[4][0]) for entry in socket.getaddrinfo(address, None, proto=socket.IPPROTO_TCP)}
    except OSError:
        found = set()
    return (address, *sorted(found))


def _held() -> frozenset[str]:
    text = certificate()
    return names.of_certificate(x509.load_pem_x509_certificate(text)) if text else frozenset()


def _of_minion(node: str) -> pairs.Pair:
    return _pair(node, f"minions/{node}/minion", (node,), server=False)


def _pair(name: str, stem: str, good_for: tuple[str, ...], *, server: bool) -> pairs.Pair:
    file = folder() / stem
    return pairs.Pair(
        name, Path(f"{file}.pem"), Path(f"{file}.key"), good_for, _VALIDITY, _RENEW, server=server
    )
