"""One certificate with its key, kept good: made when missing, renewed when its time or its names want it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from meridian.common.files import write_private
from meridian.pki import renewal
from meridian.pki.authority import Authority


@dataclass(frozen=True)
class Pair:
    """One certificate that should be there.

    :ivar name: its common name.
    :ivar names: DNS names and IP addresses that it is good for.
    :ivar validity: life of a new one; never beyond the authority's.
    :ivar renew_before: remaining life below which it is renewed.
    :ivar server: good for servers as well as for clients.
    """

    name: str
    certificate_file: Path
    key_file: Path
    names: tuple[str, ...]
    validity: timedelta
    renew_before: timedelta
    server: bool = True


def ensure(authority: Authority, pair: Pair, now: datetime) -> str:
    """Ensure that a certificate and its key are there and good.

    The key is written first, so that a run cut short leaves a pair that the next one sees does not fit.

    :return: why it was made, empty when it was good.
    """
    until = min(now + pair.validity, authority.certificate.not_valid_after_utc)
    why = renewal.reason(
        authority, pair.certificate_file, pair.key_file, pair.names, until, pair.renew_before, now
    )
    if why:
        certificate, key = authority.issue(pair.name, pair.names, until, now, server=pair.server)
        write_private(pair.key_file, key)
        write_private(pair.certificate_file, certificate)
    return why
