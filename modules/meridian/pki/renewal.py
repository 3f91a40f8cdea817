"""The decision whether a certificate must be made anew, and why."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization

from meridian.pki import names
from meridian.pki.authority import Authority

# An authority near its own end can give no longer life; asking again each run would change files for nothing.
_WORTH_IT = timedelta(days=1)


def reason(
    authority: Authority,
    certificate_file: Path,
    key_file: Path,
    wanted_names: Iterable[str],
    until: datetime,
    renew_before: timedelta,
    now: datetime,
) -> str:
    """Return why a certificate must be made anew, empty when it is good.

    :param until: end of validity that a new one would have.
    :param renew_before: remaining life below which it is renewed.
    """
    try:
        certificate = x509.load_pem_x509_certificate(certificate_file.read_bytes())
        key = serialization.load_pem_private_key(key_file.read_bytes(), None)
    except FileNotFoundError:
        return "new"
    except (ValueError, TypeError):
        return "unreadable"
    if key.public_key() != certificate.public_key():
        return "its key did not fit"
    try:
        certificate.verify_directly_issued_by(authority.certificate)
    except (ValueError, TypeError, InvalidSignature):
        return "signed by another authority"
    end = certificate.not_valid_after_utc
    if end <= now:
        return f"expired on {end:%Y-%m-%d}"
    if end - now < renew_before and until - end > _WORTH_IT:
        return f"{(end - now).days} days left"
    if names.of_certificate(certificate) != frozenset(wanted_names):
        return "its names changed"
    return ""
