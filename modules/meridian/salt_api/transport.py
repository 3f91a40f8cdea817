"""TLS between the Salt master and its minions: a small CA of the clone's own, both sides show a certificate.

Salt proves identities by its own keys already; this hides from the wire what they say, and turns away whoever
has no certificate before Salt reads a byte. Publishing demands one of every minion, so each gets its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509

from meridian.common import paths
from meridian.common.files import write_private
from meridian.pki import authority, names

_RENEW = timedelta(days=60)


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
    """Return the folder that holds the CA and the master's certificate."""
    return paths.state() / "transport"


def master_options(address: str, now: datetime | None = None) -> dict[str, Any]:
    """Have the master's certificate, and return the options that make it speak TLS.

    :param address: IP address that minions know the master by.
    :param now: what time it is; for tests.
    """
    now = now or datetime.now(UTC)
    signer, _ = authority.ensure(folder(), "Salt transport", now)
    certificate, key = folder() / "master.pem", folder() / "master.key"
    if not _good(certificate, address, now):
        made = signer.issue(
            "salt-master", (address, "127.0.0.1", "localhost"), _until(signer), now, server=True
        )
        write_private(key, made[1])
        write_private(certificate, made[0])
    return {
        "transport": "tcp",
        "ssl": {
            "certfile": str(certificate),
            "keyfile": str(key),
            "ca_certs": str(folder() / "ca.pem"),
            "cert_reqs": "CERT_REQUIRED",
        },
        # Salt 3008.3 speaks TLS to its own worker pools too, which do not.
        "worker_pools_enabled": False,
    }


def minion(node: str, opts: Mapping[str, Any], now: datetime | None = None) -> Credentials | None:
    """Return a new minion's credentials; ``None`` where the master does not speak TLS.

    :param node: node id.
    :param opts: the master's options.
    :param now: what time it is; for tests.
    """
    if not opts.get("ssl"):
        return None
    now = now or datetime.now(UTC)
    signer = authority.load(Path(opts["ssl"]["ca_certs"]).parent, now)
    return Credentials(signer.pem, *signer.issue(node, (node,), _until(signer), now, server=False))


def _until(signer: authority.Authority) -> datetime:
    # A node has no way to be given a new one later, so it lasts as long as what it is trusted by.
    return signer.certificate.not_valid_after_utc


def _good(path: Path, address: str, now: datetime) -> bool:
    if not path.exists() or not path.with_suffix(".key").exists():
        return False
    held = x509.load_pem_x509_certificate(path.read_bytes())
    return address in names.of_certificate(held) and held.not_valid_after_utc - now > _RENEW
