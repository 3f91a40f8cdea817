import asyncio
import contextlib
import inspect
import logging
import socket
import ssl
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import tornado.iostream
from meridian.common import paths
from meridian.salt_api import master_process, transport
from salt.transport.tcp import PubServer
from tornado.tcpserver import TCPServer

#: Longer than Salt's own ten looks of 50 ms.
SLOW = 0.8


@pytest.fixture
def options(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.setattr(paths, "state", lambda: tmp_path)
    return dict(transport.master_options([])["ssl"])


@pytest.fixture
def added(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Who was added, by Salt's own judgement of a handshake that is done."""
    found: list[Any] = []

    async def add(_: Any, stream: Any, __: Any) -> None:
        found.append(stream.socket.getpeercert())

    monkeypatch.setattr(master_process, "_validate_and_add", add)
    return found


class Publisher(TCPServer):
    """Stands for Salt's publisher, which hands on a stream before its handshake is done."""

    def handle_stream(self, stream: tornado.iostream.IOStream, address: Any) -> Any:
        return master_process.wait_for_handshake(self, stream, address)


def _server(options: dict[str, Any]) -> tuple[Publisher, int]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=options["ca_certs"])
    context.load_cert_chain(options["certfile"], options["keyfile"])
    context.verify_mode = ssl.CERT_REQUIRED
    server = Publisher(ssl_options=context)
    server.listen(0, "127.0.0.1")
    return server, next(iter(server._sockets.values())).getsockname()[1]


def test_a_minion_whose_handshake_is_slow_is_heard(options: dict[str, Any], added: list[Any]) -> None:
    async def scene() -> None:
        server, port = _server(options)
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.sleep(SLOW)
        context = ssl.create_default_context(cafile=options["ca_certs"])
        context.load_cert_chain(options["certfile"], options["keyfile"])
        await writer.start_tls(context, server_hostname="localhost")
        async with asyncio.timeout(20):
            while not added:
                await asyncio.sleep(0.01)
        server.stop()
        writer.close()

    asyncio.run(scene())
    assert added[0]["subject"] == ((("commonName", "salt-master"),),)


def _without_certificate(port: int, ca: str, words: bytes) -> bytes:
    """Return what is answered to who has no certificate: over TLS, or in plain with these words."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=20)
    with contextlib.suppress(OSError), contextlib.closing(connection):
        if not words:
            context = ssl.create_default_context(cafile=ca)
            connection = context.wrap_socket(connection, server_hostname="localhost")
        connection.sendall(words or b"x")
        return connection.recv(1)
    return b""


@pytest.mark.parametrize("words", [b"", b"GET / HTTP/1.1\r\n\r\n"])
def test_who_has_no_certificate_is_turned_away(
    options: dict[str, Any], added: list[Any], words: bytes
) -> None:
    async def scene() -> bytes:
        server, port = _server(options)
        answer = await asyncio.to_thread(_without_certificate, port, options["ca_certs"], words)
        server.stop()
        return answer

    assert asyncio.run(scene()) == b""
    assert added == []


def test_salt_still_has_what_is_replaced() -> None:
    # When Salt waits for handshakes itself, this module can go.
    assert "attempt in range(10)" in inspect.getsource(PubServer._validate_ssl_and_add_client)


def test_certificates_of_requests_are_no_errors() -> None:
    seen = SimpleNamespace(msg="Request client cert %r")
    assert not master_process.is_worth_telling(seen)  # type: ignore[arg-type]
    assert master_process.is_worth_telling(logging.makeLogRecord({"msg": "another"}))
