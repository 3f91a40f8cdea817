import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from meridian.common import paths
from meridian.common.errors import MeridianError
from meridian.salt_api import transport

NOW = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(paths, "state", lambda: tmp_path)
    return tmp_path


def test_master_and_minion_accept_each_other(tmp_path: Path) -> None:
    # Real time: OpenSSL looks at the clock.
    options = transport.master_options([])
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
        path = transport.master_options([address], now)["ssl"]["certfile"]
        return x509.load_pem_x509_certificate(Path(path).read_bytes()).serial_number

    first = serial("10.213.0.1", NOW)
    assert serial("10.213.0.1", NOW + timedelta(days=300)) == first
    second = serial("10.214.0.1", NOW)
    assert second != first
    # Of both environments; neither takes the master's name from the other.
    assert serial("10.213.0.1", NOW) == second
    assert serial("10.213.0.1", NOW + timedelta(days=800)) != second


def test_keys_are_private() -> None:
    transport.master_options(["10.213.0.1"], NOW)
    transport.minion("n", {"ssl": {}} | transport.master_options([], NOW), NOW)
    assert {path.stat().st_mode & 0o077 for path in transport.folder().rglob("*.key")} == {0}


def test_plain_master_gives_minions_no_certificates() -> None:
    assert transport.minion("n", {"transport": "zeromq", "ssl": None}) is None


def test_nodes_certificates_are_renewed_with_the_others_and_forgotten_with_the_node() -> None:
    opts = transport.master_options([], NOW)
    assert transport.ensure(["a", "b"], opts, NOW) == {"salt.a": "new", "salt.b": "new"}
    before = transport.credentials("a")
    assert transport.ensure(["a", "b"], opts, NOW + timedelta(days=100)) == {}
    assert transport.ensure(["a"], opts, NOW + timedelta(days=800)) == {"salt.a": "25 days left"}
    assert transport.credentials("a") != before
    transport.forget("a")
    assert transport.credentials("a") is None
    assert transport.credentials("b") is not None


def test_nodes_of_before_keep_their_transport(tmp_path: Path) -> None:
    keys = tmp_path / "minions"
    assert transport.wanted(keys)
    keys.mkdir()
    assert transport.wanted(keys)
    (keys / "kafka-1.east.local").touch()
    assert not transport.wanted(keys)
    # But once it is switched on, it stays.
    (keys / "kafka-1.east.local").unlink()
    transport.master_options([], NOW)
    (keys / "kafka-1.east.local").touch()
    assert transport.wanted(keys)


def test_address_that_the_certificate_does_not_name_is_refused() -> None:
    opts = transport.master_options(["203.0.113.5"], NOW)
    transport.check("203.0.113.5", opts)
    with pytest.raises(MeridianError, match=r"does not name 203\.0\.113\.6"):
        transport.check("203.0.113.6", opts)
    transport.check("203.0.113.6", {})


def test_name_that_nobody_resolves_stays_a_name() -> None:
    assert transport.resolved("master.invalid") == ("master.invalid",)
    assert "127.0.0.1" in transport.resolved("localhost")
