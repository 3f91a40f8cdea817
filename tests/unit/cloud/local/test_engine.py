import shutil
from pathlib import Path

import docker.errors
import pytest
from meridian.cloud.local import engine, limits
from meridian.common import paths, processes
from meridian.common.errors import MeridianError


def _caused(cause: Exception) -> docker.errors.DockerException:
    problem = docker.errors.DockerException("Error while fetching server API version")
    problem.__cause__ = cause
    return problem


@pytest.fixture(autouse=True)
def no_docker_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DOCKER_HOST", raising=False)


def test_missing_docker_names_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert "apt-get install docker.io" in engine.explain(_caused(FileNotFoundError(2, "No such file")))


def test_docker_that_does_not_run_is_not_called_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: "/usr/sbin/dockerd")
    text = engine.explain(_caused(ConnectionRefusedError(111, "Connection refused")))
    assert "no engine answers at /var/run/docker.sock" in text


def test_forbidden_socket_says_who_may_use_it() -> None:
    text = engine.explain(_caused(PermissionError(13, "Permission denied")))
    assert "may not use /var/run/docker.sock" in text
    assert "group docker" in text


def test_engine_named_by_the_user_is_never_started_here(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    with pytest.raises(MeridianError, match=r"none\.sock"):
        engine.ensure()


def test_engine_that_ends_at_once_shows_its_last_words(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "dockerd"
    program.write_text("#!/bin/sh\necho 'failed to start daemon: no space left on device' >&2; exit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(paths, "state", lambda: tmp_path / "state")
    monkeypatch.setattr(engine, "SOCKET", tmp_path / "none.sock")
    monkeypatch.setattr(engine, "client", _nothing_answers)
    monkeypatch.setattr(engine, "under_systemd", lambda: False)
    monkeypatch.setattr(engine.os, "geteuid", lambda: 0)
    with pytest.raises(MeridianError, match=r"ended at once: .*no space left on device.*dockerd\.log"):
        engine.ensure()
    assert not engine.record().exists()


def test_engine_of_others_is_left_running(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(paths, "state", lambda: tmp_path)
    processes.start(["sleep", "60"], engine.record(), engine.log())
    monkeypatch.setattr(engine, "others", lambda: ["somebody's database"])
    assert not engine.stop()
    assert processes.running(engine.record())
    monkeypatch.setattr(engine, "others", list)
    assert engine.stop()
    assert not engine.stop()


def _nothing_answers() -> None:
    raise MeridianError("Docker: no engine answers")


def _proc(folder: Path, instances: int, maps: int) -> Path:
    for name, value in (("fs/inotify/max_user_instances", instances), ("vm/max_map_count", maps)):
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_text(f"{value}\n")
    return folder


def test_low_limits_are_raised_and_told_once(tmp_path: Path) -> None:
    proc = _proc(tmp_path, 128, 1_000_000)
    assert limits.ensure(proc) == ["fs.inotify.max_user_instances raised from 128 to 8192"]
    assert limits.ensure(proc) == []


def test_limit_that_may_not_be_raised_names_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, text: str) -> int:
        raise PermissionError(13, "Permission denied")

    proc = _proc(tmp_path, 128, 65530)
    monkeypatch.setattr(Path, "write_text", refuse)
    with pytest.raises(MeridianError, match=r"sysctl -w fs\.inotify\.max_user_instances=8192"):
        limits.ensure(proc)
