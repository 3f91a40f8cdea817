import json
import logging
import socket
from pathlib import Path

import pytest
from meridian.services.daemon import report
from meridian.services.daemon.notify import notify


def test_a_problem_is_logged_once_and_again_after_five_minutes(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    problems = report.Problems(logging.getLogger("service"))
    for now in (0.0, 1.0, 299.0, 300.0):
        problems.update("store", "the store is down", now)
    problems.update("store", "", 301.0)
    problems.update("store", "", 302.0)
    assert caplog.messages == ["the store is down", "the store is down", "over: the store is down"]
    assert problems.current == {}


def test_the_status_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "status.json"
    report.write(str(path), {"state": "starting"})
    report.write(str(path), {"state": "running"})
    assert json.loads(path.read_text()) == {"state": "running"}
    assert list(tmp_path.iterdir()) == [path]


def test_a_status_file_that_cannot_be_written_ends_nothing(tmp_path: Path) -> None:
    report.write(str(tmp_path / "missing" / "status.json"), {})


def test_systemd_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        notify("READY=1", "STATUS=running")
        assert systemd.recv(100) == b"READY=1\nSTATUS=running"


def test_without_systemd_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    notify("READY=1")
