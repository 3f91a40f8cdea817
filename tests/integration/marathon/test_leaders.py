"""Several Marathons: one leads, all answer, apps outlive each of them."""

import os
import re
import signal

import pytest
import requests
from kazoo.client import KazooClient
from kazoo.exceptions import NoAuthError
from meridian.services.marathon import deployment
from meridian.services.marathon.client import MarathonClient, MarathonError

from tests.integration.kafka.machines import free_ports
from tests.integration.marathon import programs
from tests.integration.marathon.lab import CREDENTIALS, Lab
from tests.integration.marathon.test_apps import SERVE, deploy, task_ids
from tests.waiting import wait_until


def test_only_who_knows_the_password_is_answered_and_only_over_tls(lab: Lab, client: MarathonClient) -> None:
    url = lab.leader()
    assert lab.get(f"{url}/v2/apps").status_code == 401
    assert lab.get(f"{url}/v2/apps", auth=("admin", "guessed")).status_code == 401
    assert lab.get(f"{url}/v2/apps", auth=CREDENTIALS).status_code == 200
    with pytest.raises(requests.exceptions.ConnectionError):
        requests.get(url.replace("https:", "http:"), timeout=5)


def test_a_follower_hands_requests_on_to_the_leader(lab: Lab, client: MarathonClient) -> None:
    follower = lab.follower()
    deploy(client, "/web", SERVE)
    answer = lab.get(f"{follower}/v2/apps/web", auth=CREDENTIALS)
    assert answer.json()["app"]["id"] == "/web"
    assert lab.get(f"{follower}/v2/leader", auth=CREDENTIALS).json()["leader"] == client.leader()


def test_apps_outlive_the_leader_and_its_successor_takes_them_up(lab: Lab, client: MarathonClient) -> None:
    deploy(client, "/web", SERVE | {"instances": 2})
    before, framework = task_ids(client, "/web"), client.info()["frameworkId"]
    leader = lab.leader()
    lab.marathons[leader].kill()
    try:
        wait_until("another one leads", lambda: client.leader() not in ("", leader.removeprefix("https://")))
        lab.ready()
        assert client.info()["frameworkId"] == framework
        assert task_ids(client, "/web") == before
        # The new leader rules over tasks of the old one.
        victim = min(before)
        for process in lab.processes(f"MESOS_TASK_ID={victim}\0"):
            os.kill(process, signal.SIGKILL)
        wait_until("the dead task is gone", lambda: victim not in task_ids(client, "/web"))
        deployment.wait_healthy(client, ["/web"], 60)
        assert len(task_ids(client, "/web") & before) == 1
    finally:
        lab.marathons[leader].start()


def test_a_deployment_goes_on_under_the_next_leader(lab: Lab, client: MarathonClient) -> None:
    slow = [{**SERVE["healthChecks"][0], "delaySeconds": 4}]
    todo = client.put_app("/web", SERVE | {"instances": 2, "healthChecks": slow})
    leader = lab.leader()
    lab.marathons[leader].kill()
    try:
        deployment.wait(client, todo, ["/web"], 90)
        deployment.wait_healthy(client, ["/web"], 30)
    finally:
        lab.marathons[leader].start()


def test_tasks_go_on_while_no_marathon_is_there(lab: Lab, client: MarathonClient) -> None:
    deploy(client, "/web", SERVE)
    before = task_ids(client, "/web")
    for marathon in lab.marathons.values():
        marathon.kill()
    try:
        assert lab.processes(f"MESOS_TASK_ID={min(before)}\0")
    finally:
        for marathon in lab.marathons.values():
            marathon.start()
    lab.ready()
    deployment.wait_healthy(client, ["/web"], 60)
    assert task_ids(client, "/web") == before


@pytest.mark.skipif(programs.real("marathon"), reason="real ones do not fail on demand")
def test_a_lost_connection_to_mesos_is_made_again_and_nothing_is_lost(
    lab: Lab, client: MarathonClient
) -> None:
    deploy(client, "/web", SERVE)
    before = task_ids(client, "/web")
    lab.trouble(lab.leader(), do="drop_mesos")
    deploy(client, "/other", SERVE)
    assert task_ids(client, "/web") == before


def test_tasks_go_on_under_the_next_master(lab: Lab, client: MarathonClient) -> None:
    deploy(client, "/web", SERVE)
    before, framework = task_ids(client, "/web"), client.info()["frameworkId"]
    lab.master.kill()
    lab.master.start()
    deploy(client, "/other", SERVE, deadline=90)
    assert client.info()["frameworkId"] == framework
    assert task_ids(client, "/web") == before


@pytest.mark.skipif(programs.real("mesos"), reason="real ones lose no agent on demand")
def test_what_ran_on_a_lost_agent_runs_on_another(lab: Lab, client: MarathonClient) -> None:
    deploy(client, "/web", SERVE)
    [task] = client.tasks("/web")
    lab.master_trouble(do="lose_agent", agent=task["host"])
    wait_until("another one runs", lambda: task_ids(client, "/web") not in (set(), {task["id"]}))
    deployment.wait_healthy(client, ["/web"], 60)
    wait_until("the lost one has ended", lambda: not lab.processes(f"MESOS_TASK_ID={task['id']}\0"))


def test_nobody_else_reads_what_marathon_keeps_in_zookeeper(lab: Lab, client: MarathonClient) -> None:
    deploy(client, "/web", SERVE | {"env": {"PASSWORD": "hunter2hunter2"}})
    stranger = KazooClient(lab.zookeeper)
    stranger.start(20)
    try:
        for name in stranger.get_children("/marathon"):
            with pytest.raises(NoAuthError):
                stranger.get(f"/marathon/{name}")
    except NoAuthError:
        pass
    finally:
        stranger.stop()
        stranger.close()


def test_without_zookeeper_nobody_leads_and_tasks_go_on(lab: Lab, client: MarathonClient) -> None:
    deploy(client, "/web", SERVE)
    before = task_ids(client, "/web")
    leader = lab.leader()
    for server in lab.ensemble:
        server.kill()
    try:
        wait_until("the leader gives up", lambda: not lab.marathons[leader].alive)
        with pytest.raises(MarathonError, match=r"no Marathon answers .*journalctl -u meridian-marathon"):
            lab.client(patience=1).apps()
        assert lab.processes(f"MESOS_TASK_ID={min(before)}\0")
    finally:
        for server in lab.ensemble:
            server.start()
        lab.ensemble.wait()

    def leads_again() -> bool:
        lab.revive()
        return any(client.healthy(url) for url in lab.marathons)

    wait_until("somebody leads", leads_again)
    lab.ready()
    deployment.wait_healthy(client, ["/web"], 60)
    assert task_ids(client, "/web") == before


def test_a_wrong_secret_for_mesos_is_said_as_such(lab: Lab) -> None:
    [port] = free_ports(1)
    wrong = lab.server(port, mesos_password="guessed", zookeeper_path="/wrong")
    wrong.start()
    try:
        told = r"Mesos refuses principal 'marathon': 401|Master refused authentication"
        wait_until("it says so", lambda: re.search(told, wrong.said()) is not None)
        assert "guessed" not in wrong.said()
    finally:
        wrong.kill()


def test_a_wrong_flag_is_refused_in_one_line(lab: Lab) -> None:
    right = next(iter(lab.marathons.values())).environment
    environment = {**right, "MARATHON_ZOOKEEPER": "localhost:2181"}
    wrong = programs.Program(lab.marathon, "marathon", lab.folder / "wrong", (), environment)
    wrong.start()
    wait_until("it ends", lambda: not wrong.alive)
    assert "Unknown option 'zookeeper'" in wrong.last_log_line()
