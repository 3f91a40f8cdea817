"""What `./meridian deploy` does before Salt is asked."""

from pathlib import Path
from typing import Any

import pytest
from meridian.cli import main, runners, setup
from meridian.cloud import addresses
from meridian.common import paths
from meridian.common.errors import MeridianError
from meridian.salt_api import master


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """What was started: none of it really, and nothing is left in the clone."""
    done: list[str] = []
    monkeypatch.setattr(paths, "state", lambda: tmp_path)
    monkeypatch.setattr(setup, "_ground", lambda *_: done.append("ground") or "10.213.0.1")
    monkeypatch.setattr(master, "ensure", lambda address, names: done.extend((address, *names)) or True)
    monkeypatch.setattr(main, "_orchestrate", lambda *_: 0)
    monkeypatch.setattr(addresses, "environments", list)
    return done


def test_a_cloud_without_credentials_is_refused_in_one_line_and_nothing_is_started(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], started: list[str]
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    assert main.main(["deploy", "aws"]) == 1
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("meridian: cloud.providers.d/: aws: key: ")
    assert started == []


def test_clouds_need_no_docker_but_a_master_that_they_reach(
    monkeypatch: pytest.MonkeyPatch, started: list[str]
) -> None:
    monkeypatch.setattr(runners, "call", lambda function, **_: {"ok": True})
    monkeypatch.setenv("MERIDIAN_MASTER", "203.0.113.5")
    assert main.main(["deploy", "aws"]) == 0
    assert started == ["0.0.0.0", "203.0.113.5"]


def test_the_local_cloud_has_a_master_on_its_bridge_only(started: list[str]) -> None:
    assert main.main(["deploy", "local"]) == 0
    assert started == ["ground", "10.213.0.1", "10.213.0.1"]


def test_machines_at_clouds_keep_their_master_while_another_environment_is_deployed(
    monkeypatch: pytest.MonkeyPatch, started: list[str]
) -> None:
    monkeypatch.setattr(addresses, "environments", lambda: ["aws"])
    assert main.main(["deploy", "local"]) == 0
    assert started == ["ground", "0.0.0.0", "10.213.0.1"]


def test_a_wrong_name_starts_nothing(started: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["deploy", "loacl"]) == 1
    assert "did you mean 'local'?" in capsys.readouterr().err
    assert started == []


def test_what_a_provider_refuses_is_refused(monkeypatch: pytest.MonkeyPatch, started: list[str]) -> None:
    def refuse(function: str, **_: Any) -> None:
        raise MeridianError(f"{function}: no")

    monkeypatch.setattr(runners, "call", refuse)
    assert main.main(["deploy", "openstack"]) == 1
    assert started == []


def test_a_defect_is_one_line_and_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], started: list[str]
) -> None:
    def fails(*_: Any) -> None:
        raise KeyError("surprise")

    monkeypatch.setattr(main, "_orchestrate", fails)
    assert main.main(["deploy", "local"]) == 1
    printed = capsys.readouterr().err
    line = printed.splitlines()[-1]
    assert line.startswith("meridian: ./meridian deploy failed by a defect: KeyError: 'surprise'; the trace")
    assert "Traceback" not in printed
    assert "surprise" in (paths.state() / "log/errors.log").read_text()
