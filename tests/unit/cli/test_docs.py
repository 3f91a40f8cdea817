"""Whoever cannot have the documentation is told why in one line."""

import socket

import pytest
from meridian.cli import docs
from meridian.cli.main import main
from meridian.common.errors import MeridianError


def test_a_port_that_is_taken_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert main(["docs", "--port", str(port)]) == 1
    assert capsys.readouterr().err.startswith(f"meridian: port {port}: ")


def test_a_port_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["docs", "--port", "70000"]) == 1
    assert capsys.readouterr().err == "meridian: --port: expected 1 to 65535, found 70000\n"


def test_what_is_wrong_with_a_page_is_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    said = "echo 'INFO - built' >&2; echo 'WARNING - page.md: no such link' >&2; exit 1"
    monkeypatch.setattr(docs, "_mkdocs", lambda *arguments: ["sh", "-c", said])
    with pytest.raises(MeridianError, match=r"could not be built:\nWARNING - page\.md: no such link$"):
        docs.build()
