"""Downloads over a server of this machine: sums, retries, and why one failed."""

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from meridian.artifacts import download
from meridian.common.errors import MeridianError

_CONTENT = b"the file"
_SUM = hashlib.sha256(_CONTENT).hexdigest()


class _Server(ThreadingHTTPServer):
    answers: list[int]
    asked: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/file"


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        self.server.asked += 1
        code = self.server.answers.pop(0) if self.server.answers else 200
        self.send_response(code)
        self.end_headers()
        self.wfile.write(_CONTENT if code == 200 else b"")

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Server]:
    monkeypatch.setattr(download.time, "sleep", lambda seconds: None)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with _Server(("127.0.0.1", 0), _Handler) as running:
        running.answers = []
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def test_a_file_is_fetched_once(server: _Server, tmp_path: Path) -> None:
    for _ in range(2):
        kept = download.fetch(download.session(), server.url, "sha256", _SUM, tmp_path)
        assert kept.read_bytes() == _CONTENT
    assert server.asked == 1


def test_a_damaged_one_in_the_cache_is_fetched_again(server: _Server, tmp_path: Path) -> None:
    download.fetch(download.session(), server.url, "sha256", _SUM, tmp_path).write_bytes(b"the fi")
    assert download.fetch(download.session(), server.url, "sha256", _SUM, tmp_path).read_bytes() == _CONTENT


def test_a_busy_server_is_asked_again(server: _Server, tmp_path: Path) -> None:
    server.answers = [503, 429]
    assert download.fetch(download.session(), server.url, "sha256", _SUM, tmp_path).read_bytes() == _CONTENT
    assert server.asked == 3


def test_a_missing_file_is_not(server: _Server, tmp_path: Path) -> None:
    server.answers = [404]
    with pytest.raises(MeridianError, match="/file: HTTP 404"):
        download.fetch(download.session(), server.url, "sha256", _SUM, tmp_path)
    assert server.asked == 1


def test_another_file_than_pinned_is_refused_and_not_kept(server: _Server, tmp_path: Path) -> None:
    with pytest.raises(MeridianError, match="does not match its sum"):
        download.fetch(download.session(), server.url, "sha256", "0" * 64, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_unreachable_mirror_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download.time, "sleep", lambda seconds: None)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with pytest.raises(MeridianError, match=r"127\.0\.0\.1:9/file: not reachable") as failed:
        download.fetch(download.session(), "http://127.0.0.1:9/file", "sha256", _SUM, tmp_path)
    assert "\n" not in str(failed.value)
