"""The certificate authority of an environment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from meridian.common.errors import MeridianError
from meridian.common.files import write_private
from meridian.pki.names import subject_alternative_names

VALIDITY = timedelta(days=3652)
# Clocks of nodes may be behind the controller's.
_BACKDATE = timedelta(hours=1)

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True)
class Authority:
    """A CA that can sign.

    :ivar certificate: the signing certificate.
    :ivar pem: its file as it is: what nodes trust, with further certificates of a given chain.
    """

    certificate: x509.Certificate
    key: PrivateKey
    pem: str

    @property
    def intermediates(self) -> str:
        """Certificates that a service must send with its own: all of the chain that sign themselves not."""
        chain = x509.load_pem_x509_certificates(self.pem.encode())
        return "".join(pem(one) for one in chain if one.subject != one.issuer)

    def issue(
        self, common_name: str, names: Sequence[str], until: datetime, now: datetime, *, server: bool
    ) -> tuple[str, str]:
        """Sign a new certificate with a new key (EC P-256).

        :param names: DNS names and IP addresses that it is good for.
        :param until: end of its validity.
        :param server: good for servers as well as for clients.
        :return: certificate with intermediates, and PKCS8 key, both PEM.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        usages = [ExtendedKeyUsageOID.SERVER_AUTH] if server else []
        builder = (
            x509.CertificateBuilder()
            .subject_name(_name(common_name))
            .issuer_name(self.certificate.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - _BACKDATE)
            .not_valid_after(until)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(sign_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([*usages, ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False
            )
        )
        if names:
            builder = builder.add_extension(subject_alternative_names(names), critical=False)
        return pem(builder.sign(self.key, hashes.SHA256())) + self.intermediates, key_pem(key)


def ensure(folder: Path, environment: str, now: datetime) -> tuple[Authority, bool]:
    """Load the authority, or make one when there is none.

    :param folder: holds ``ca.pem`` and ``ca.key``.
    :return: the authority, and whether it was made now.
    :raises MeridianError: when what is there cannot sign: expired, not a CA, wrong or missing key.
    """
    certificate_file, key_file = folder / "ca.pem", folder / "ca.key"
    if not certificate_file.exists() and not key_file.exists():
        _make(certificate_file, key_file, environment, now)
        return load(folder, now), True
    return load(folder, now), False


def load(folder: Path, now: datetime) -> Authority:
    """Load the authority and check that it can sign now.

    :raises MeridianError: with the file at fault and what to do.
    """
    certificate_file, key_file = folder / "ca.pem", folder / "ca.key"
    remedy = f"put a valid ca.pem and ca.key into {folder}, or remove both to have new ones made"
    for path in (certificate_file, key_file):
        if not path.exists():
            raise MeridianError(f"{path}: missing beside its other half; {remedy}")
    try:
        text = certificate_file.read_text()
        certificate = x509.load_pem_x509_certificate(text.encode())
        key = serialization.load_pem_private_key(key_file.read_bytes(), None)
        is_ca = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (ValueError, TypeError, x509.ExtensionNotFound) as error:
        raise MeridianError(
            f"{certificate_file}: no CA certificate with a plain PEM key ({error}); {remedy}"
        ) from error
    if not is_ca:
        raise MeridianError(f"{certificate_file}: not the certificate of a CA; {remedy}")
    if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise MeridianError(f"{key_file}: neither an EC nor an RSA key; {remedy}")
    if key.public_key() != certificate.public_key():
        raise MeridianError(f"{key_file}: not the key of ca.pem; {remedy}")
    if certificate.not_valid_after_utc <= now:
        raise MeridianError(
            f"{certificate_file}: the CA expired on {certificate.not_valid_after_utc:%Y-%m-%d}; {remedy}"
        )
    if certificate.not_valid_before_utc > now:
        start = f"{certificate.not_valid_before_utc:%Y-%m-%d %H:%M} UTC"
        raise MeridianError(
            f"{certificate_file}: the CA is not valid before {start}; check the clock, or {remedy}"
        )
    return Authority(certificate, key, text)


def _make(certificate_file: Path, key_file: Path, environment: str, now: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(f"Meridian {environment} CA")
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BACKDATE)
        .not_valid_after(now + VALIDITY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(sign_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    write_private(key_file, key_pem(key))
    write_private(certificate_file, pem(certificate))


def pem(certificate: x509.Certificate) -> str:
    """Return a certificate as PEM."""
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def key_pem(key: PrivateKey) -> str:
    """Return a key as unencrypted PKCS8 PEM, the only form that Kafka reads without a password."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _key_usage(*, sign_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not sign_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=sign_certificates,
        crl_sign=sign_certificates,
        encipher_only=False,
        decipher_only=False,
    )
