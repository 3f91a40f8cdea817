import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from meridian.common import paths
from meridian.salt_api import transport

NOW = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(paths, "state", lambda: tmp_path)
    return tmp_path


def test_master_and_minion_accept_each_other(tmp_path: Path) -> None:
    # Real time: OpenSSL looks at the clock.
    options = transport.master_options("127.0.0.1")
    found = transport.minion("kafka-1.east.local", options)
    assert found is not None
    for name, text in (("ca", found.ca), ("certificate", found.certificate), ("key", found.key)):
        (tmp_path / name).write_text(text)
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=options["ssl"]["ca_certs"])
    server.load_cert_chain(options["ssl"]["certfile"], options["ssl"]["keyfile"])
    server.verify_mode = ssl.CERT_REQUIRED
    client = ssl.create_default_context(cafile=str(tmp_path / "ca"))
    client.load_cert_chain(tmp_path / "certificate", tmp_path / "key")
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    one = client.wrap_bio(to_client, to_server, server_hostname="127.0.0.1")
    other = server.wrap_bio(to_server, to_client, server_side=True)
    for side in (one, other, one, other):
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            continue
    seen = other.getpeercert(binary_form=True)
    assert seen is not None
    assert x509.load_der_x509_certificate(seen).subject.rfc4514_string() == "CN=kafka-1.east.local"


def test_certificate_stays_until_address_or_time_want_another() -> None:
    def serial(address: str, now: datetime) -> int:
        path = transport.master_options(address, now)["ssl"]["certfile"]
        return x509.load_pem_x509_certificate(Path(path).read_bytes()).serial_number

    first = serial("10.213.0.1", NOW)
    assert serial("10.213.0.1", NOW + timedelta(days=300)) == first
    assert serial("10.214.0.1", NOW) != first


def test_keys_are_private() -> None:
    transport.master_options("10.213.0.1", NOW)
    assert {path.stat().st_mode & 0o077 for path in transport.folder().glob("*.key")} == {0}


def test_plain_master_gives_minions_no_certificates() -> None:
    assert transport.minion("n", {"transport": "zeromq", "ssl": None}) is None
