"""All certificates of one environment, kept as its topology wants them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509

from meridian.common.errors import MeridianError
from meridian.common.files import write_private
from meridian.pki import authority as ca
from meridian.pki import names, pairs
from meridian.pki.changes import Changes
from meridian.pki.pairs import Pair
from meridian.topology import Node, Topology, roles

OPERATOR = "operator"


def ensure(topology: Topology, directory: Path, now: datetime | None = None) -> Changes:
    """Make what is missing, renew what must be, remove what no node has any more.

    1. Load the authority, or make it. 2. For each certificate wanted, decide whether it is good. 3. Make the
    others: key first, so that a run cut short leaves a pair that the next one sees does not fit.

    :param directory: the environment's secrets folder.
    :param now: the present, for tests.
    :return: what changed; falsy when nothing did.
    :raises MeridianError: when the authority cannot sign.
    """
    now = now or datetime.now(UTC)
    authority, created = ca.ensure(directory / "pki", topology.environment, now)
    made = {"ca": "new"} if created else {}
    wanted = list(_wanted(topology, directory))
    for one in wanted:
        if why := pairs.ensure(authority, one, now):
            made[one.name] = why
    trusted = directory / "client" / "ca.pem"
    if not trusted.exists() or trusted.read_text() != authority.pem:
        write_private(trusted, authority.pem)
    return Changes(made, tuple(_remove_unmanaged(directory, wanted)))


def certificates_for(node: Node, directory: Path) -> dict[str, Any]:
    """Return what a node's pillar carries of this.

    :param directory: the environment's secrets folder.
    :return: ``{"ca": PEM, "certificates": {service: {"certificate": PEM, "key": PEM}}}``; empty before
        :func:`ensure` ran, services without a certificate left out.
    """
    trusted = directory / "pki" / "ca.pem"
    if not trusted.exists():
        return {}
    certificates = {}
    for service in roles.services(node.roles):
        certificate_file, key_file = _files(directory, node.id, service)
        if certificate_file.exists() and key_file.exists():
            certificates[service] = {"certificate": certificate_file.read_text(), "key": key_file.read_text()}
    return {"ca": trusted.read_text(), "certificates": certificates}


def expiry(topology: Topology, directory: Path, now: datetime | None = None) -> dict[str, int]:
    """Return whole days that each certificate has left, negative when expired, soonest first.

    :raises MeridianError: when there are none yet.
    """
    now = now or datetime.now(UTC)
    files = {one.name: one.certificate_file for one in _wanted(topology, directory)}
    files["ca"] = directory / "pki" / "ca.pem"
    days: dict[str, int] = {}
    for name, path in files.items():
        try:
            end = x509.load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc
        except (FileNotFoundError, ValueError) as error:
            raise MeridianError(
                f"{path}: no certificate of {name} ({type(error).__name__}); deploy makes it"
            ) from error
        days[name] = (end - now).days
    return dict(sorted(days.items(), key=lambda item: item[1]))


def _wanted(topology: Topology, directory: Path) -> Iterator[Pair]:
    for region in topology.regions:
        validity, renew_before = _life(region.settings)
        for node in region.nodes:
            for service in roles.services(node.roles):
                files = _files(directory, node.id, service)
                good_for = names.of_service(region, node, service)
                yield Pair(f"{service}.{node.id}", *files, good_for, validity, renew_before)
    client = directory / "client"
    life = _life(topology.region(topology.central).settings)
    yield Pair(OPERATOR, client / f"{OPERATOR}.pem", client / f"{OPERATOR}.key", (), *life, server=False)


def _life(settings: Any) -> tuple[timedelta, timedelta]:
    section = settings["pki"]
    return timedelta(days=section["validity_days"]), timedelta(days=section["renew_before_days"])


def _files(directory: Path, node_id: str, service: str) -> tuple[Path, Path]:
    folder = directory / "pki" / "nodes" / node_id
    return folder / f"{service}.pem", folder / f"{service}.key"


def _remove_unmanaged(directory: Path, wanted: list[Pair]) -> Iterator[str]:
    """Remove key pairs of nodes or services that are no more; yield their names."""
    known = {path for one in wanted for path in (one.certificate_file, one.key_file)}
    for folder in sorted((directory / "pki" / "nodes").glob("*")):
        unmanaged = [path for path in folder.glob("*.*") if path not in known]
        for path in unmanaged:
            path.unlink()
        yield from sorted({f"{path.stem}.{folder.name}" for path in unmanaged if path.suffix == ".pem"})
        if not any(folder.iterdir()):
            folder.rmdir()
