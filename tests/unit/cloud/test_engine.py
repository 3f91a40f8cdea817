import shutil
from pathlib import Path

import docker.errors
import pytest
from meridian.cloud import engine, limits
from meridian.errors import MeridianError


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
