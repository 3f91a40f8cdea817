"""
PKCS 12 stores made from PEM files: Connect's REST server (Jetty) reads no PEM, unlike Kafka's own listeners.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12

from meridian.common.errors import MeridianError

# The format demands a password; what protects the files is their mode, as with the PEM key beside them.
PASSWORD = "meridian"
_ENCRYPTION = serialization.BestAvailableEncryption(PASSWORD.encode())


@dataclass(frozen=True)
class Stores:
    """Where the PEM files of a service are, and the stores made from them.

    :ivar pki: folder with ``ca.pem``, ``<service>.pem`` and ``<service>.key``.
    :ivar folder: folder of ``keystore.p12`` and ``truststore.p12``.
    """

    service: str
    pki: Path
    folder: Path

    @property
    def keystore(self) -> Path:
        """Store with the service's key and certificate chain."""
        return self.folder / "keystore.p12"

    @property
    def truststore(self) -> Path:
        """Store with the authorities that the service trusts, marked as Java wants it."""
        return self.folder / "truststore.p12"

    def outdated(self) -> list[str]:
        """Return the stores that are missing or hold something else than the PEM files.

        :raises MeridianError: when a PEM file is missing or unreadable.
        """
        chain, authorities = self._chain(), self._authorities()
        return [
            str(path)
            for path, wanted in ((self.keystore, chain), (self.truststore, authorities))
            if _certificates(path) != {_fingerprint(certificate) for certificate in wanted}
        ]

    def write(self, group: int) -> None:
        """Write both stores, readable by root and a group.

        :param group: group id.
        """
        chain = self._chain()
        key = serialization.load_pem_private_key(self._read(self.pki / f"{self.service}.key"), None)
        keystore = pkcs12.serialize_key_and_certificates(
            self.service.encode(),
            key,  # type: ignore[arg-type]
            chain[0],
            chain[1:],
            _ENCRYPTION,
        )
        trusted = [
            pkcs12.PKCS12Certificate(certificate, f"ca-{index}".encode())
            for index, certificate in enumerate(self._authorities())
        ]
        _write(self.keystore, keystore, group)
        _write(self.truststore, pkcs12.serialize_java_truststore(trusted, _ENCRYPTION), group)

    def _chain(self) -> list[x509.Certificate]:
        return self._pem(self.pki / f"{self.service}.pem")

    def _authorities(self) -> list[x509.Certificate]:
        return self._pem(self.pki / "ca.pem")

    def _pem(self, path: Path) -> list[x509.Certificate]:
        try:
            return x509.load_pem_x509_certificates(self._read(path))
        except ValueError as error:
            raise MeridianError(f"{path}: no PEM certificate ({error}); run the pki states again") from error

    @staticmethod
    def _read(path: Path) -> bytes:
        try:
            return path.read_bytes()
        except OSError as error:
            raise MeridianError(f"{path}: {error.strerror}; run the pki states first") from error


def _certificates(path: Path) -> set[bytes]:
    try:
        store = pkcs12.load_pkcs12(path.read_bytes(), PASSWORD.encode())
    except (OSError, ValueError):
        return set()
    held = [store.cert, *store.additional_certs]
    return {_fingerprint(entry.certificate) for entry in held if entry is not None}


def _fingerprint(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.DER)


def _write(path: Path, content: bytes, group: int) -> None:
    fresh = path.with_suffix(".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(content)
    os.chown(fresh, 0, group)
    os.chmod(fresh, 0o640)
    fresh.replace(path)
