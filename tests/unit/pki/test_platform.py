"""Certificates of a platform: there, right, renewed in time, and otherwise left alone."""

import stat
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from meridian import pki
from meridian.common.errors import MeridianError
from meridian.pki import authority
from meridian.topology import Addresses, Node, Region, Topology

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
LIFE = {"pki": {"validity_days": 365, "renew_before_days": 30}}


def node(name: str, region: str, number: int, *roles: str) -> Node:
    address = f"10.213.16.{number}"
    return Node(
        id=f"{name}.{region}.test",
        name=name,
        group=name.split("-")[0],
        index=1,
        environment="test",
        region=region,
        zone="a",
        roles=roles,
        profile="local-small",
        addresses=Addresses(f"10.213.0.{number}", address, address),
    )


def platform(*nodes: Node) -> Topology:
    region = Region("here", 0, ("a",), True, nodes, LIFE, "", "")
    return Topology("test", "local", "here", (region,), ())


BROKER = node("kafka-1", "here", 10, "kafka", "connect")
SERVICES = node("services-1", "here", 11, "archive", "objectstore")
TWO = platform(BROKER, SERVICES)
NAMES = {
    "operator",
    "kafka.kafka-1.here.test",
    "connect.kafka-1.here.test",
    "connect-supervisor.kafka-1.here.test",
    "archive.services-1.here.test",
    "objectstore.services-1.here.test",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Secrets folder with everything made at ``NOW``."""
    folder = tmp_path / "secrets"
    pki.ensure(TWO, folder, NOW)
    return folder


def test_everything_is_made_once(tmp_path: Path) -> None:
    first = pki.ensure(TWO, tmp_path, NOW)
    assert first.as_dict() == dict.fromkeys({"ca", *NAMES}, "new")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.*") if path.is_file()}
    assert not pki.ensure(TWO, tmp_path, NOW + timedelta(days=1))
    assert before == {path: path.read_bytes() for path in tmp_path.rglob("*.*") if path.is_file()}


def test_a_certificate_says_who_and_where(folder: Path) -> None:
    pem = pki.certificates_for(BROKER, folder)["certificates"]["kafka"]["certificate"]
    certificate = x509.load_pem_x509_certificate(pem.encode())
    assert certificate.subject.rfc4514_string() == "CN=kafka.kafka-1.here.test"
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert {str(name.value) for name in names} == {
        "kafka-1.here.test", "kafka-1", "10.213.0.10", "10.213.16.10", "localhost", "127.0.0.1",
        "bootstrap.kafka.here.test",
    }  # fmt: skip
    usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert set(usage) == {ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH}
    assert certificate.not_valid_after_utc == NOW + timedelta(days=365)


def test_openssl_believes_servers_and_the_operator(tmp_path: Path) -> None:
    pki.ensure(TWO, tmp_path)
    client = tmp_path / "client"
    broker = tmp_path / "pki" / "nodes" / BROKER.id / "kafka.pem"
    for purpose, certificate in (
        ("sslserver", broker),
        ("sslclient", broker),
        ("sslclient", client / "operator.pem"),
    ):
        command = [
            "openssl",
            "verify",
            "-x509_strict",
            "-purpose",
            purpose,
            "-CAfile",
            client / "ca.pem",
            certificate,
        ]
        assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    refused = [
        "openssl",
        "verify",
        "-purpose",
        "sslserver",
        "-CAfile",
        client / "ca.pem",
        client / "operator.pem",
    ]
    assert subprocess.run(refused, capture_output=True, check=False).returncode != 0


def test_keys_are_pkcs8_and_private(folder: Path) -> None:
    key = pki.certificates_for(BROKER, folder)["certificates"]["connect"]["key"]
    assert key.startswith("-----BEGIN PRIVATE KEY-----")
    for path in folder.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_a_node_gets_its_own_services_only(folder: Path) -> None:
    assert set(pki.certificates_for(BROKER, folder)["certificates"]) == {
        "kafka",
        "connect",
        "connect-supervisor",
    }
    assert set(pki.certificates_for(SERVICES, folder)["certificates"]) == {"archive", "objectstore"}
    assert pki.certificates_for(node("kafka-9", "here", 19, "kafka"), folder)["certificates"] == {}


def test_before_the_first_deployment_there_is_nothing(tmp_path: Path) -> None:
    assert pki.certificates_for(BROKER, tmp_path) == {}
    with pytest.raises(MeridianError, match="deploy makes it"):
        pki.expiry(TWO, tmp_path, NOW)


@pytest.mark.parametrize(
    ("days", "reason"), [(334, ""), (336, "29 days left"), (400, "expired on 2027-11-21")]
)
def test_certificates_are_renewed_before_they_expire(folder: Path, days: int, reason: str) -> None:
    then = NOW + timedelta(days=days)
    assert pki.ensure(TWO, folder, then).as_dict() == (dict.fromkeys(NAMES, reason) if reason else {})
    assert not pki.ensure(TWO, folder, then)
    assert min(pki.expiry(TWO, folder, then).values()) >= 31


def test_new_addresses_need_new_certificates(folder: Path) -> None:
    moved = replace(BROKER, addresses=Addresses("10.213.0.10", "10.213.17.10", "10.213.17.10"))
    assert pki.ensure(platform(moved, SERVICES), folder, NOW).as_dict() == {
        "kafka.kafka-1.here.test": "its names changed",
        "connect.kafka-1.here.test": "its names changed",
        "connect-supervisor.kafka-1.here.test": "its names changed",
    }


def test_certificates_of_nodes_that_are_no_more_are_removed(folder: Path) -> None:
    changes = pki.ensure(platform(BROKER), folder, NOW).as_dict()
    assert changes == {
        "archive.services-1.here.test": "removed",
        "objectstore.services-1.here.test": "removed",
    }
    assert [path.name for path in (folder / "pki" / "nodes").iterdir()] == [BROKER.id]


def spoil_key(files: Path) -> None:
    (files / "kafka.key").write_text((files / "connect.key").read_text())


def spoil_certificate(files: Path) -> None:
    (files / "kafka.pem").write_text("-----BEGIN CERTIFICATE-----\nhalf")


def lose_key(files: Path) -> None:
    (files / "kafka.key").unlink()


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [(spoil_key, "its key did not fit"), (spoil_certificate, "unreadable"), (lose_key, "new")],
)
def test_a_run_goes_on_from_what_a_killed_one_left(
    folder: Path, spoil: Callable[[Path], None], reason: str
) -> None:
    spoil(folder / "pki" / "nodes" / BROKER.id)
    assert pki.ensure(TWO, folder, NOW).as_dict() == {"kafka.kafka-1.here.test": reason}
    assert not pki.ensure(TWO, folder, NOW)


def test_another_authority_signs_everything_anew(folder: Path) -> None:
    for name in ("ca.pem", "ca.key"):
        (folder / "pki" / name).unlink()
    changes = pki.ensure(TWO, folder, NOW).as_dict()
    assert changes == {"ca": "new", **dict.fromkeys(NAMES, "signed by another authority")}
    assert (folder / "client" / "ca.pem").read_text() == (folder / "pki" / "ca.pem").read_text()


def test_an_authority_near_its_end_does_not_renew_on_every_run(folder: Path) -> None:
    near = NOW + authority.VALIDITY - timedelta(days=10)
    assert pki.ensure(TWO, folder, near)
    assert not pki.ensure(TWO, folder, near + timedelta(hours=1))


def expired(folder: Path) -> datetime:
    return NOW + authority.VALIDITY + timedelta(days=1)


def without_key(folder: Path) -> datetime:
    (folder / "ca.key").unlink()
    return NOW


def with_another_key(folder: Path) -> datetime:
    (folder / "ca.key").write_text((folder / "nodes" / BROKER.id / "kafka.key").read_text())
    return NOW


def with_a_leaf(folder: Path) -> datetime:
    (folder / "ca.pem").write_text((folder / "nodes" / BROKER.id / "kafka.pem").read_text())
    return NOW


def with_nonsense(folder: Path) -> datetime:
    (folder / "ca.pem").write_text("nonsense")
    return NOW


def too_early(folder: Path) -> datetime:
    return NOW - timedelta(days=1)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (expired, r"pki/ca\.pem: the CA expired on 2036-11-20; put a valid ca\.pem and ca\.key into "),
        (without_key, r"pki/ca\.key: missing beside its other half; put "),
        (with_another_key, r"pki/ca\.key: not the key of ca\.pem; put "),
        (with_a_leaf, r"pki/ca\.pem: not the certificate of a CA; put "),
        (with_nonsense, r"pki/ca\.pem: no CA certificate with a plain PEM key"),
        (too_early, r"pki/ca\.pem: the CA is not valid before 2026-11-21 11:00 UTC; check the clock"),
    ],
)
def test_an_authority_that_cannot_sign_is_told_and_kept(
    folder: Path, spoil: Callable[[Path], datetime], message: str
) -> None:
    then = spoil(folder / "pki")
    before = {path.name: path.read_text() for path in (folder / "pki").glob("ca.*")}
    with pytest.raises(MeridianError, match=message) as caught:
        pki.ensure(TWO, folder, then)
    assert len(str(caught.value).splitlines()) == 1
    assert {path.name: path.read_text() for path in (folder / "pki").glob("ca.*")} == before


def test_a_given_intermediate_authority_is_used_and_sent_along(tmp_path: Path) -> None:
    given = tmp_path / "pki"
    given.mkdir()
    for name, extra in (("root", ["-x509"]), ("ca", ["-x509", "-CA", "root.pem", "-CAkey", "root.key"])):
        request = [
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-subj",
            f"/CN={name}",
            "-days",
            "900",
        ]
        files = ["-nodes", "-keyout", f"{name}.key", "-out", f"{name}.pem"]
        subprocess.run(
            ["openssl", "req", *extra, *request, *files], cwd=given, check=True, capture_output=True
        )
    root = (given / "root.pem").read_text()
    (given / "ca.pem").write_text((given / "ca.pem").read_text() + root)
    assert "ca" not in pki.ensure(TWO, tmp_path).made
    sent = pki.certificates_for(BROKER, tmp_path)["certificates"]["kafka"]["certificate"]
    assert sent.count("BEGIN CERTIFICATE") == 2
    assert root not in sent
    (tmp_path / "sent.pem").write_text(sent)
    command = ["openssl", "verify", "-CAfile", "pki/root.pem", "-untrusted", "sent.pem", "sent.pem"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
