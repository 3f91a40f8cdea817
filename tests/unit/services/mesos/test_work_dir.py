"""An agent's work dir that is full: which, how full, and what to do, in one line."""

import os
from pathlib import Path
from typing import Any

import pytest
from meridian.common.errors import MeridianError
from meridian.modules import mesos
from meridian.operations import work_dirs
from meridian.salt_api import minions
from meridian.services.mesos import health, work_dir
from meridian.states import mesos_agent

from tests.unit.services.mesos.conftest import NODE

_MIB = 1024 * 1024


def disk(total_mb: int, free_mb: int) -> os.statvfs_result:
    """Return what the kernel says of a disk with blocks of a MiB, some of them root's own."""
    kept = total_mb // 20
    return os.statvfs_result((_MIB, _MIB, total_mb, free_mb + kept, free_mb, 0, 0, 0, 0, 255))


def test_what_root_keeps_for_itself_is_not_free(tmp_path: Path) -> None:
    assert work_dir.look(tmp_path, lambda _: disk(1000, 19)) == work_dir.Space(98.0, 19)
    assert work_dir.look(tmp_path / "not/there/yet").free_mb == work_dir.look(tmp_path).free_mb


@pytest.fixture
def node(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, Any]:
    """A node that is an agent; its disk has 19 MiB left of 1000."""
    pillar = {"data": str(tmp_path), "agent": {"work_dir_percent": 95}, "ports": {"agent": 5051}}
    monkeypatch.setattr(mesos, "__pillar__", {"mesos": pillar}, raising=False)
    monkeypatch.setattr(mesos, "__grains__", {"id": NODE}, raising=False)
    monkeypatch.setattr(os, "statvfs", lambda _: disk(1000, 19))
    monkeypatch.setattr(work_dir.look, "__defaults__", (os.statvfs,))
    return pillar


def test_the_check_of_a_node_says_that_its_work_dir_is_full(
    node: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(health, "wait_for_agent", lambda *_: None)
    monkeypatch.setattr(mesos, "read_credential", lambda *_: ("agent", "secret"))
    monkeypatch.setattr(mesos_agent, "__opts__", {"test": False}, raising=False)
    monkeypatch.setattr(mesos_agent, "__salt__", {"mesos.agent_ready": mesos.agent_ready}, raising=False)
    found = mesos_agent.ready(f"https://{NODE}:5051")
    assert found["result"] is False
    assert found["comment"] == (
        f"{NODE}: the work dir of its Mesos agent is full: {tmp_path}/agent, 98 % used, 19 MiB free "
        "(limit mesos.agent.work_dir_percent: 95); free space there, shorten mesos.agent.gc_delay, or give "
        "it a larger volume"
    )
    node["agent"]["work_dir_percent"] = 99
    assert mesos_agent.ready(f"https://{NODE}:5051")["result"] is True


def test_the_platforms_status_names_the_agent(node: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    answers = {NODE: mesos.work_dir(), "other": {**mesos.work_dir(), "problem": ""}}
    (line,) = work_dirs.lines([answers])
    assert line.startswith(f"{NODE}: the work dir of its Mesos agent is full")
    assert "\n" not in line
    assert minions.ask({}, [], "mesos.work_dir", 1) == {}
    with pytest.raises(MeridianError, match="is full"):
        mesos.agent_ready(f"https://{NODE}:5051")
