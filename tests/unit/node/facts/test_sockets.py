"""Finding listeners, and telling TLS from plain text."""

import datetime
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from meridian.node.facts import sockets
from meridian.node.facts.sockets import Listener


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("0100007F:2384", ("127.0.0.1", 9092)),
        ("00000000:0050", ("0.0.0.0", 80)),
        ("00000000000000000000000000000000:2386", ("::", 9094)),
        ("0000000000000000FFFF00000B10D50A:2384", ("10.213.16.11", 9092)),
    ],
)
def test_addresses_of_proc(text: str, address: tuple[str, int]) -> None:
    assert sockets.decode(text) == address


def test_only_what_listens_and_is_the_nodes_own(tmp_path: Path) -> None:
    (tmp_path / "net").mkdir()
    lines = [
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
        "   0: 0B10D50A:2384 00000000:0000 0A 00000000:00000000 00:00000000 00000000   101        0 777 1 0",
        "   1: 0B10D50A:2384 0C10D50A:D431 01 00000000:00000000 00:00000000 00000000   101        0 778 1 0",
        "   2: 0B00007F:A3F5 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 779 1 0",
    ]
    (tmp_path / "net" / "tcp").write_text("\n".join(lines) + "\n")
    (tmp_path / "42" / "fd").mkdir(parents=True)
    (tmp_path / "42" / "fd" / "7").symlink_to("socket:[777]")
    assert sockets.read(tmp_path) == [Listener("10.213.16.11", 9092, 101, 42)]


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A self-signed certificate and its key in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "here")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    file = tmp_path / "both.pem"
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(private + made.public_bytes(pem))
    return file


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    """A listening socket."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def listener(server: socket.socket) -> Listener:
    address, port = server.getsockname()[:2]
    return Listener(address, port, 0, None)


def test_tls_is_seen_with_its_certificate(listening: socket.socket, certificate: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def serve() -> None:
        plain, _ = listening.accept()
        with context.wrap_socket(plain, server_side=True):
            pass

    thread = threading.Thread(target=serve)
    thread.start()
    found = sockets.handshake(listener(listening))
    thread.join()
    assert found["tls"] == "TLSv1.3"
    shown = x509.load_pem_x509_certificate((found["certificate"] or "").encode())
    assert shown.subject.rfc4514_string() == "CN=here"


def test_plain_text_is_not_tls(listening: socket.socket) -> None:
    def serve() -> None:
        plain, _ = listening.accept()
        with plain:
            plain.recv(1000)
            plain.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    thread = threading.Thread(target=serve)
    thread.start()
    (found,) = sockets.with_tls([listener(listening)])
    thread.join()
    assert (found["tls"], found["certificate"]) == (None, "")
