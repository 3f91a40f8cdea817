"""The server over real sockets."""

import http.client
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from kafka_scheduler.api import settings as api_settings
from meridian.common.errors import MeridianError

from tests.unit.kafka_scheduler.serving import Serving, serving


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A server with TLS."""
    with serving(tmp_path_factory.mktemp("api")) as one:
        yield one


def trust(served: Serving) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(served.folder / "ca.pem"))


def connect(served: Serving) -> http.client.HTTPSConnection:
    return http.client.HTTPSConnection("localhost", served.running.port, timeout=10, context=trust(served))


def test_it_speaks_tls_only_and_answers_json_with_its_length(served: Serving) -> None:
    connection = connect(served)
    for _ in range(2):  # over one connection
        connection.request("GET", "/health")
        answer = connection.getresponse()
        assert (answer.status, answer.getheader("Content-Type")) == (200, "application/json")
        assert json.loads(answer.read())["status"] == "ok"
    plain = http.client.HTTPConnection("localhost", served.running.port, timeout=10)
    plain.request("GET", "/health")
    with pytest.raises((http.client.HTTPException, OSError)):
        plain.getresponse()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content-Length": str(2**21)}, 413),
        ({"Content-Length": "many"}, 413),
        ({"Transfer-Encoding": "chunked"}, 413),
    ],
)
def test_a_body_without_a_small_length_is_refused(
    served: Serving, headers: dict[str, str], status: int
) -> None:
    connection = connect(served)
    connection.putrequest("POST", "/api/broker/list")
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    assert answer.status == status
    assert set(json.loads(answer.read())) == {"error"}


def test_what_is_no_http_is_answered_with_json_as_well(served: Serving) -> None:
    with (
        socket.create_connection(("localhost", served.running.port), timeout=10) as raw,
        trust(served).wrap_socket(raw, server_hostname="localhost") as wire,
    ):
        wire.sendall(b"DELETE /api/broker/list HTTP/1.1\r\nHost: x\r\n\r\n")
        text = b""
        while part := wire.recv(4096):
            text += part
    assert text.startswith(b"HTTP/1.1 501")
    assert b'{"error":' in text


def test_one_that_says_nothing_holds_nobody_up(served: Serving) -> None:
    silent = [socket.create_connection(("localhost", served.running.port)) for _ in range(5)]
    try:
        connection = connect(served)
        connection.request("GET", "/health")
        assert connection.getresponse().status == 200
    finally:
        for one in silent:
            one.close()


def test_a_new_secret_holds_at_once(served: Serving) -> None:
    def status(secret: str) -> int:
        import base64

        connection = connect(served)
        header = "Basic " + base64.b64encode(f"api:{secret}".encode()).decode()
        connection.request("GET", "/api/broker/list", headers={"Authorization": header})
        return connection.getresponse().status

    assert (status("abc123"), status("new")) == (200, 401)
    (served.folder / "secret").write_text("new\n", encoding="utf-8")
    try:
        assert (status("abc123"), status("new")) == (401, 200)
    finally:
        (served.folder / "secret").write_text("abc123\n", encoding="utf-8")


def test_many_ask_at_once(served: Serving) -> None:
    statuses = []

    def ask() -> None:
        connection = connect(served)
        connection.request("GET", "/health")
        statuses.append(connection.getresponse().status)

    threads = [threading.Thread(target=ask) for _ in range(30)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert statuses == [200] * 30


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"api": ""}, "is no URL"),
        ({"api": "https://host/path"}, "is no URL"),
        ({"api": "http://host:7000"}, "has no TLS"),
        ({"api-secret-file": ""}, "api-secret-file is missing"),
        ({"api-key": ""}, "https needs both"),
    ],
)
def test_what_is_missing_or_unsafe_is_told(changed: dict[str, str], message: str) -> None:
    given = {"api": "https://h:7000", "api-certificate": "c", "api-key": "k", "api-secret-file": "s"}
    with pytest.raises(MeridianError, match=message):
        api_settings.read(given | changed)


def test_without_tls_only_the_loopback_is_listened_on() -> None:
    read = api_settings.read({"api": "http://localhost:7000", "api-secret-file": "s"}, "0.0.0.0")
    assert (read.bind, read.port) == ("127.0.0.1", 7000)


def test_a_secret_that_cannot_be_read_is_told_with_its_file(tmp_path: Path) -> None:
    keys = ("api-secret-file", "api-reader-secret-file")
    read = api_settings.read({"api": "http://localhost"} | {key: str(tmp_path / "none") for key in keys})
    for key, user in zip(keys, read.users, strict=True):
        with pytest.raises(MeridianError, match=rf"{key} .*none: No such file"):
            user.secret()
    (tmp_path / "none").write_text("\n", encoding="utf-8")
    with pytest.raises(MeridianError, match="is empty"):
        read.users[0].secret()


def test_a_reader_is_there_only_with_a_secret() -> None:
    given = {"api": "http://localhost", "api-secret-file": "s"}
    assert [(one.name, one.only_reads) for one in api_settings.read(given).users] == [("api", False)]
    read = api_settings.read(given | {"api-reader-secret-file": "r"})
    assert [(one.name, one.only_reads) for one in read.users] == [("api", False), ("reader", True)]
