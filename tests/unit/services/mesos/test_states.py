"""The thin edges: states read, say what would change, change it once; runners find the cluster of a node."""

import os
import signal
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from meridian.common.errors import MeridianError
from meridian.modules import mesos
from meridian.operations import mesos_clusters
from meridian.pki import authority
from meridian.runners import mesos as runner
from meridian.salt_api import progress
from meridian.services.mesos import drain as draining
from meridian.services.mesos import health, isolation, renewal
from meridian.states import mesos_agent, mesos_master

from tests.integration.mesos.framework import Framework, launch
from tests.unit.services.mesos.conftest import NODE, OPERATOR, Small


@pytest.fixture
def applied(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Options of the minion that applies states."""
    opts: dict[str, Any] = {"test": False}
    for module in (mesos_agent, mesos_master):
        monkeypatch.setattr(module, "__opts__", opts, raising=False)
        monkeypatch.setattr(module, "__salt__", {}, raising=False)
    return opts


def test_isolation_is_written_once(applied: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "isolation"
    applied["test"] = True
    planned = mesos_agent.isolated(str(file))
    assert planned["result"] is None
    assert not file.exists()
    applied["test"] = False
    done = mesos_agent.isolated(str(file))
    assert done["changes"] == planned["changes"]
    wanted = isolation.decide(isolation.mounts(), os.geteuid() == 0)
    assert done["comment"] == wanted.reason
    assert f"MESOS_LAUNCHER={wanted.launcher}\n" in file.read_text()
    assert mesos_agent.isolated(str(file))["changes"] == {}
    changed = mesos_agent.isolated(str(file), ["cgroups/cpu"], "linux")
    assert "MESOS_ISOLATION=cgroups/cpu\n" in file.read_text()
    assert changed["changes"]


def test_what_executors_need_is_made_once(applied: dict[str, Any], tmp_path: Path) -> None:
    authority.ensure(tmp_path / "platform", "test", datetime.now(UTC))
    asked = (str(tmp_path / "executors"), ["127.0.0.1"], str(tmp_path / "platform/ca.pem"))
    applied["test"] = True
    assert mesos_agent.executors(*asked)["result"] is None
    assert not (tmp_path / "executors").exists()
    applied["test"] = False
    assert mesos_agent.executors(*asked)["changes"] == {asked[0]: {"old": "new", "new": "made"}}
    assert mesos_agent.executors(*asked)["changes"] == {}
    failed = mesos_agent.executors(asked[0], ["127.0.0.1"], "/nowhere/ca.pem")
    assert (failed["result"], "deploying the environment writes it" in failed["comment"]) == (False, True)


def test_a_check_says_why_it_fails(applied: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*arguments: Any) -> bool:
        raise MeridianError("no Mesos master leads")

    functions = {"mesos.master_ready": fails, "mesos.agent_ready": fails}
    for module in (mesos_agent, mesos_master):
        monkeypatch.setattr(module, "__salt__", functions, raising=False)
        found = module.ready("https://node:5050")
        assert (found["result"], found["comment"]) == (False, "no Mesos master leads")
    applied["test"] = True
    assert mesos_agent.ready("https://node:5051")["result"] is True


@pytest.mark.parametrize(
    ("reasons", "test", "restarted", "result", "comment"),
    [
        ([], False, True, True, "restarted; its tasks go on"),
        ([], True, False, None, "it would be restarted"),
        (
            ["attribute zone 'b' for 'a'"],
            False,
            False,
            True,
            "not restarted, it would lose its tasks (attribute zone 'b' for 'a'): mesos.roll drains it first",
        ),
    ],
)
def test_an_agent_is_restarted_when_its_tasks_go_on_only(
    applied: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    reasons: list[str],
    test: bool,
    restarted: bool,
    result: bool | None,
    comment: str,
) -> None:
    asked: list[str] = []
    applied["test"] = test
    functions = {
        "mesos.pending": lambda: reasons,
        "service.restart": lambda name: asked.append(name) is None,
    }
    monkeypatch.setattr(mesos_agent, "__salt__", functions, raising=False)
    done = mesos_agent.mod_watch("meridian-mesos-agent", sfun="running", __id__="x")
    assert (done["result"], done["comment"]) == (result, comment)
    assert bool(asked) is restarted


def test_what_a_running_agent_could_not_have_is_found_in_its_files(
    small: Small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pid = small.processes["agent"].pid
    folder = tmp_path / "flags"
    folder.mkdir()
    monkeypatch.setattr(mesos, "_FOLDER", folder)
    before = renewal.environment_of(pid) | {"MESOS_ATTRIBUTES": "zone:a", "MESOS_PORT": "5051"}
    monkeypatch.setattr(renewal, "environment_of", lambda found: before if found == pid else {})
    (folder / "isolation").write_text("")
    (folder / "agent").write_text(
        "MESOS_ATTRIBUTES=zone:b\nMESOS_PORT=5051\nMESOS_RECONFIGURATION_POLICY=additive\n"
    )
    shown = {"MainPID": str(pid)}
    monkeypatch.setattr(mesos, "__salt__", {"service.show": lambda name: shown}, raising=False)
    assert mesos.pending() == ["attribute zone 'b' for 'a'"]
    shown["MainPID"] = "0"
    assert mesos.pending() == []


def test_a_drained_agent_is_renewed_and_one_with_tasks_is_not(
    small: Small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "flags"
    folder.mkdir()
    (folder / "agent").write_text(f"MESOS_WORK_DIR={tmp_path / 'agent'}\n")
    (folder / "credential.json").write_text('{"principal": "agent", "secret": "s"}')
    monkeypatch.setattr(mesos, "_FOLDER", folder)
    monkeypatch.setattr(mesos, "_AUTHORITY", None)
    monkeypatch.setattr(mesos, "__grains__", {"id": NODE}, raising=False)
    monkeypatch.setattr(mesos, "__pillar__", {"mesos": {"ports": {"agent": 5051}}}, raising=False)
    here = small.agent_url
    asked, waited = renewal.refuse_with_tasks, health.wait_for_agent
    monkeypatch.setattr(renewal, "refuse_with_tasks", lambda url, *rest: asked(here, *rest))
    monkeypatch.setattr(health, "wait_for_agent", lambda url, *rest: waited(here, *rest))
    functions = {
        "service.stop": lambda name: small.stop("agent"),
        "service.start": lambda name: small.start("agent"),
    }
    monkeypatch.setattr(mesos, "__salt__", functions, raising=False)
    before = small.registered()["agent_info"]["id"]
    framework = Framework(small.url, OPERATOR, "", role="*")
    framework.subscribe()
    offer = framework.offer()
    framework.accept(offer, launch("one", offer, [framework.cpus()], {"value": "exec sleep 1000"}))
    framework.update("one", "TASK_RUNNING")
    with pytest.raises(MeridianError, match="1 tasks run; take the node out of service first"):
        mesos.renew()
    assert small.registered()["agent_info"]["id"] == before
    draining.drain(small.client(), NODE, seconds=20)
    assert mesos.renew(20) == f"https://{NODE}:5051"
    found = draining.agent_of(small.client().agents(), NODE)
    assert found is not None
    assert found["agent_info"]["id"] != before
    framework.leave()


def test_an_agent_ends_its_tasks_when_asked(
    applied: dict[str, Any], small: Small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    framework = Framework(small.url, OPERATOR, "", role="*")
    framework.subscribe()
    offer = framework.offer()
    command = {"value": f"echo $$ > {tmp_path / 'pid'}; exec sleep 1000"}
    framework.accept(offer, launch("one", offer, [framework.cpus()], command))
    framework.update("one", "TASK_RUNNING")
    process = small.processes.pop("agent")
    show = {"service.show": lambda name: {"MainPID": str(process.pid)}}
    monkeypatch.setattr(mesos_agent, "__salt__", show, raising=False)
    # Whoever has started it must notice that it is gone.
    signal.signal(signal.SIGCHLD, lambda *_: process.poll())
    try:
        ended = mesos_agent.ended("meridian-mesos-agent", seconds=20)
    finally:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    assert ended["result"] is True
    assert _gone(int((tmp_path / "pid").read_text()))
    monkeypatch.setattr(
        mesos_agent, "__salt__", {"service.show": lambda name: {"MainPID": "0"}}, raising=False
    )
    assert mesos_agent.ended("meridian-mesos-agent")["changes"] == {}
    framework.leave()


def _gone(pid: int) -> bool:
    until = time.monotonic() + 5
    while time.monotonic() < until:
        found = subprocess.run(
            ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
        )
        if not found.stdout.strip() or found.stdout.startswith("Z"):
            return True
        time.sleep(0.05)
    return False


def test_runners_drain_and_bring_back(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mesos_clusters, "of_node", lambda opts, node: small.client())
    said: list[str] = []
    monkeypatch.setattr(progress, "report", lambda *arguments, message: said.append(message))
    assert runner.drain(NODE)["changes"] == {NODE: "drained"}
    assert said == [f"{NODE}: draining, 0 tasks end"]
    assert runner.drain(NODE)["changes"] == {}
    assert runner.reactivate(NODE)["changes"] == {NODE: "reactivated"}
    assert runner.plan_maintenance(NODE, starts_in=60)["changes"] == {NODE: "announced"}
    (window,) = small.client().schedule()["windows"]
    assert [one["hostname"] for one in window["machine_ids"]] == [NODE]
    assert runner.stop_maintenance(NODE)["changes"] == {NODE: "up"}
    assert runner.stop_maintenance(NODE)["changes"] == {}
    assert small.client().schedule()["windows"] == []


def test_nothing_is_given_up_without_its_name(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mesos_clusters, "of_node", lambda opts, node: small.client())
    refused = runner.give_up(NODE)
    assert (refused["ok"], refused["changes"]) == (False, {})
    assert small.registered()
    assert runner.give_up(NODE, confirm=NODE)["changes"] == {NODE: "given up"}
    assert small.processes["agent"].wait(20) == 1
