"""Apps on real agents: processes that start, fail, are checked, replaced and removed."""

import os
import re
import signal
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from meridian.common.errors import MeridianError
from meridian.services.marathon import apps, deployment, groups
from meridian.services.marathon.client import MarathonClient

from tests.integration.marathon import programs
from tests.integration.marathon.lab import AGENTS, Lab
from tests.waiting import wait_until

Json = dict[str, Any]
PILLAR = {"shop:password": "hunter2hunter2", "shop:token": "t0ken-t0ken"}
SERVE: Json = {
    "cmd": "exec python3 -m http.server $PORT0",
    "cpus": 0.1,
    "mem": 32,
    "backoffSeconds": 1,
    "healthChecks": [{"protocol": "MESOS_HTTP", "path": "/", "intervalSeconds": 1, "delaySeconds": 0}],
    "taskKillGracePeriodSeconds": 1,
}


def deploy(client: MarathonClient, name: str, app: Json, deadline: float = 60) -> Json:
    """Do what the state ``marathon.app`` does; return the changes."""
    todo = apps.plan(client, name, app, PILLAR.get)
    apps.apply(client, todo, deadline)
    deployment.wait_healthy(client, [todo.app_id], deadline)
    return todo.changes


def fail(client: MarathonClient, name: str, app: Json, told: str) -> None:
    """Deploy what cannot work, and wait until it is told why: for offers and tasks Marathon has its times."""
    with pytest.raises(MeridianError, match="deployment not done after 0 s"):
        deploy(client, name, app, deadline=0)
    wait_until(told, lambda: re.search(told, deployment.explain(client, [name]).get(name, "")))


def task_ids(client: MarathonClient, name: str) -> set[str]:
    return {task["id"] for task in client.tasks(name)}


def test_an_app_runs_where_it_may_and_a_second_run_changes_nothing(lab: Lab, client: MarathonClient) -> None:
    app = SERVE | {"instances": 3, "constraints": [["hostname", "UNIQUE"]]}
    assert "cmd" in deploy(client, "/web", app)
    tasks = client.tasks("/web")
    assert {task["host"] for task in tasks} == set(AGENTS)
    for task in tasks:
        commands = [
            Path(f"/proc/{process}/cmdline").read_text().split("\0")[1:4]
            for process in lab.processes(f"MESOS_TASK_ID={task['id']}\0")
        ]
        assert ["-m", "http.server", str(task["ports"][0])] in commands
    before = task_ids(client, "/web")
    assert deploy(client, "/web", app) == {}
    assert task_ids(client, "/web") == before


def test_a_killed_task_is_started_again_elsewhere_or_there(lab: Lab, client: MarathonClient) -> None:
    deploy(client, "/web", SERVE)
    [task] = client.tasks("/web")
    for process in lab.processes(f"MESOS_TASK_ID={task['id']}\0"):
        os.kill(process, signal.SIGKILL)
    started = time.monotonic()
    wait_until("another task runs", lambda: task_ids(client, "/web") not in (set(), {task["id"]}))
    deployment.wait_healthy(client, ["/web"], 60)
    assert time.monotonic() - started < 30
    failure = (client.app("/web") or {})["lastTaskFailure"]
    assert (failure["state"], failure["taskId"]) == ("TASK_FAILED", task["id"])


def test_artifacts_environment_and_secrets_are_there_before_the_app_starts(
    lab: Lab, client: MarathonClient, tmp_path: Path
) -> None:
    (tmp_path / "greeting.txt").write_text("hello")
    proof = tmp_path / "proof"
    app = SERVE | {
        "cmd": f"cat greeting.txt conf/token > {proof}; echo $LEVEL $PASSWORD >> {proof}; "
        f"stat -c %a conf/token >> {proof}; exec python3 -m http.server $PORT_HTTP",
        "fetch": [{"uri": f"file://{tmp_path / 'greeting.txt'}"}],
        "env": {"LEVEL": 3},
        "secret_env": {"PASSWORD": "shop:password"},
        "secret_files": {"conf/token": "shop:token"},
        "portDefinitions": [{"name": "http"}],
    }
    changes = deploy(client, "/web", app)
    assert proof.read_text() == "hellot0ken-t0ken3 hunter2hunter2\n600\n"
    assert not any(secret in repr(changes) for secret in PILLAR.values())
    assert deploy(client, "/web", app) == {}


def test_an_unhealthy_app_tells_what_its_check_and_its_last_task_said(client: MarathonClient) -> None:
    app = SERVE | {
        "cmd": "exec sleep 1000",
        "healthChecks": [
            {
                "protocol": "HTTP",
                "path": "/health",
                "gracePeriodSeconds": 0,
                "intervalSeconds": 1,
                "timeoutSeconds": 1,
                "maxConsecutiveFailures": 3,
            }
        ],
    }
    with pytest.raises(MeridianError) as error:
        deploy(client, "/web", app, deadline=8)
    told = str(error.value)
    assert "/web: " in told
    assert "health check" in told
    assert "marathon.roll_back" in told


def test_an_app_that_ends_tells_its_exit_code_and_where(client: MarathonClient) -> None:
    told = r"0 of 1 tasks run.*TASK_FAILED on 127\.0\.0\..*exited with status 3"
    fail(client, "/web", SERVE | {"cmd": "exit 3"}, told)


@pytest.mark.parametrize(
    ("wish", "told"),
    [
        ({"cpus": 64}, r"not enough cpus \(wants 64\) on 127\.0\.0\.\d"),
        ({"disk": 999999}, r"not enough disk \(wants 999999 MiB\) on 127\.0\.0\.\d"),
        ({"constraints": [["zone", "LIKE", "zone-9"]]}, r"constraint not met \(zone LIKE zone-9\)"),
        ({"requirePorts": True, "portDefinitions": [{"port": 80}]}, r"ports not free \(80\)"),
    ],
)
def test_an_app_that_finds_no_place_tells_why_on_each_agent(
    client: MarathonClient, wish: Json, told: str
) -> None:
    fail(client, "/web", SERVE | wish, rf"0 of 1 tasks run, 0 healthy; offers declined: .*{told}")


def test_a_rolling_upgrade_keeps_enough_healthy_tasks_all_the_time(lab: Lab, client: MarathonClient) -> None:
    app = SERVE | {
        "instances": 3,
        "upgradeStrategy": {"minimumHealthCapacity": 0.66, "maximumOverCapacity": 0},
    }
    deploy(client, "/web", app)
    before = task_ids(client, "/web")
    seen: list[tuple[int, int]] = []
    done = threading.Event()

    def watch() -> None:
        while not done.is_set():
            now = client_of_watcher.app("/web") or {}
            seen.append((now["tasksHealthy"], len(now["tasks"])))
            time.sleep(0.05)

    client_of_watcher = lab.client()
    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        deploy(client, "/web", app | {"env": {"VERSION": "2"}})
    finally:
        done.set()
        watcher.join(30)
    assert not before & task_ids(client, "/web")
    assert min(healthy for healthy, _ in seen) >= 2
    assert max(total for _, total in seen) <= 3


def test_a_group_starts_what_others_depend_on_first(client: MarathonClient) -> None:
    group = {
        "apps": [{**SERVE, "id": "web", "dependencies": ["/shop/data/db"]}],
        "groups": [{"id": "data", "apps": [{**SERVE, "id": "db"}]}],
    }
    todo = groups.plan(client, "/shop", group, PILLAR.get)
    groups.apply(client, todo, 60)
    [db], [web] = client.tasks("/shop/data/db"), client.tasks("/shop/web")
    assert db["startedAt"] < web["stagedAt"]
    assert groups.plan(client, "/shop", group, PILLAR.get).changes == {}


def test_nothing_is_removed_without_its_name_and_then_no_process_is_left(
    lab: Lab, client: MarathonClient
) -> None:
    deploy(client, "/shop/web", SERVE)
    mark = "MARATHON_APP_ID=/shop/web\0"
    for attempt in (apps.remove, groups.remove):
        name = "/shop/web" if attempt is apps.remove else "/shop"
        with pytest.raises(MeridianError, match="only when its name is given twice"):
            attempt(client, name, "")
    assert lab.processes(mark)
    assert groups.remove(client, "/shop", "/shop", 60) == ["/shop/web"]
    wait_until("its processes have ended", lambda: not lab.processes(mark))


def test_a_deployment_that_is_rolled_back_leaves_what_was(client: MarathonClient) -> None:
    deploy(client, "/web", SERVE)
    before = task_ids(client, "/web")
    with pytest.raises(MeridianError, match=r"marathon\.roll_back"):
        deploy(client, "/web", SERVE | {"cpus": 64}, deadline=3)
    [under_way] = client.deployments()
    assert before <= task_ids(client, "/web")
    deployment.wait(client, client.roll_back(under_way["id"]), ["/web"], 60)
    deployment.wait_healthy(client, ["/web"], 60)
    assert (client.app("/web") or {})["cpus"] == SERVE["cpus"]


def test_task_failures_back_off(client: MarathonClient) -> None:
    client.put_app("/web", SERVE | {"cmd": "exit 1", "backoffSeconds": 1, "backoffFactor": 20}, force=True)
    wait_until(
        "it waits for long", lambda: any(one["delay"]["timeLeftSeconds"] > 10 for one in client.queue())
    )
    assert "backed off after failures" in deployment.explain(client, ["/web"])["/web"]


@pytest.mark.skipif(programs.real("marathon"), reason="real ones do not fail on demand")
def test_a_deployment_is_followed_through_a_leader_that_answers_nobody(
    lab: Lab, client: MarathonClient
) -> None:
    lab.trouble(lab.leader(), do="refuse", count=6)
    assert "cmd" in deploy(client, "/web", SERVE)
