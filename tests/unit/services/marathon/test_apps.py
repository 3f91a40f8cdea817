"""An app as declared: planned, deployed, explained, removed."""

from typing import Any

import pytest
from meridian.common.errors import MeridianError
from meridian.services.marathon import apps, deployment
from meridian.services.marathon.client import MarathonClient

from tests.doubles.marathon_memory import MarathonMemory
from tests.waiting import wait_until

WEB: dict[str, Any] = {"cmd": "serve", "cpus": 0.5, "instances": 2}
PILLAR = {"shop:password": "hunter2hunter2"}


Json = dict[str, Any]


def deploy(client: MarathonClient, app: Json, deadline: float = 10, **options: Any) -> Json:
    todo = apps.plan(client, "/shop/web", app, PILLAR.get)
    apps.apply(client, todo, deadline, **options)
    return todo.changes


def test_an_app_is_deployed_once(marathon: MarathonMemory, client: MarathonClient) -> None:
    assert set(deploy(client, WEB)) == {"cmd", "cpus", "instances"}
    assert deployment.explain(client, ["/shop/web"]) == {}
    marathon.requests.clear()
    assert deploy(client, WEB) == {}
    assert marathon.requests == ["GET /v2/apps/shop/web"]


def test_a_change_replaces_tasks_and_a_scale_does_not(
    marathon: MarathonMemory, client: MarathonClient
) -> None:
    deploy(client, WEB)
    first = {task["id"] for task in client.tasks("/shop/web")}
    assert deploy(client, WEB | {"instances": 3}) == {"instances": {"old": 2, "new": 3}}
    assert first < {task["id"] for task in client.tasks("/shop/web")}
    assert deploy(client, WEB | {"instances": 3, "env": {"LEVEL": "debug"}}) == {
        "env.LEVEL": {"new": "debug"}
    }
    assert not first & {task["id"] for task in client.tasks("/shop/web")}


def test_an_app_that_does_not_fit_tells_why_and_how_to_take_it_back(client: MarathonClient) -> None:
    with pytest.raises(MeridianError) as error:
        deploy(client, WEB | {"cpus": 100}, deadline=1)
    declined = "offers declined: not enough cpus (wants 100) on agent-1, agent-2"
    assert f"0 of 2 tasks run; {declined}" in str(error.value)
    [under_way] = client.deployments()
    assert f"marathon.roll_back {under_way['id']} takes it back" in str(error.value)
    client.roll_back(under_way["id"])
    wait_until("it is gone", lambda: client.app("/shop/web") is None)


def test_an_app_whose_tasks_fail_tells_the_last_words(
    marathon: MarathonMemory, client: MarathonClient
) -> None:
    marathon.agents.failing["/shop/web"] = "Command exited with status 3"
    with pytest.raises(MeridianError, match=r"TASK_FAILED on agent-\d at .*: Command exited with status 3"):
        deploy(client, WEB, deadline=1)


def test_an_app_whose_check_fails_is_not_deployed(marathon: MarathonMemory, client: MarathonClient) -> None:
    marathon.agents.healthy["/shop/web"] = False
    check = {"protocol": "COMMAND", "command": {"value": "false"}}
    with pytest.raises(
        MeridianError, match=r"2 of 2 tasks run, 0 healthy; .* failed its health check 1 time"
    ):
        deploy(client, WEB | {"healthChecks": [check]}, deadline=1)


def test_a_run_that_was_cut_short_is_waited_for_by_the_next(
    marathon: MarathonMemory, client: MarathonClient
) -> None:
    marathon.stuck()
    client.put_app("/shop/web", WEB)
    todo = apps.plan(client, "/shop/web", WEB, PILLAR.get)
    assert (todo.changes, len(todo.held_by)) == ({}, 1)
    with pytest.raises(MeridianError, match="deployment not done after 0 s"):
        apps.apply(client, todo, 0)
    marathon.stuck(False)
    apps.apply(client, todo, 10)


def test_an_app_that_another_deployment_holds_says_by_which(
    marathon: MarathonMemory, client: MarathonClient
) -> None:
    marathon.stuck()
    holder = client.put_app("/shop/web", WEB)
    with pytest.raises(MeridianError, match=f"app /shop/web is being changed by {holder}; wait for it"):
        deploy(client, WEB | {"cmd": "other"})
    marathon.stuck(False)
    deploy(client, WEB | {"cmd": "other"}, force=True)


def test_what_was_given_by_a_request_whose_answer_was_lost_is_waited_for(
    marathon: MarathonMemory, client: MarathonClient
) -> None:
    todo = apps.plan(client, "/shop/web", WEB, PILLAR.get)
    marathon.stuck()
    client.put_app("/shop/web", todo.definition)
    with pytest.raises(MeridianError, match="deployment not done after 0 s"):
        apps.apply(client, todo, 0)
    marathon.stuck(False)
    apps.apply(client, todo, 10)
    assert len(marathon.agents.launched) == 2


def test_removing_wants_the_name_twice(client: MarathonClient) -> None:
    deploy(client, WEB)
    for wrong in ("", "/shop", "web"):
        with pytest.raises(MeridianError, match="given twice: confirm=/shop/web"):
            apps.remove(client, "/shop/web", wrong)
    assert client.app("/shop/web") is not None
    assert apps.remove(client, "/shop/web", "/shop/web", 10)
    assert client.app("/shop/web") is None
    assert not apps.remove(client, "/shop/web", "/shop/web")


def test_a_failed_task_is_started_again(marathon: MarathonMemory, client: MarathonClient) -> None:
    deploy(client, WEB | {"backoffSeconds": 0})
    [victim, other] = [task["id"] for task in client.tasks("/shop/web")]
    marathon.fail(victim, "out of memory")
    wait_until(
        "the failed one is gone", lambda: victim not in {task["id"] for task in client.tasks("/shop/web")}
    )
    deployment.wait_healthy(client, ["/shop/web"], 10)
    assert other in {task["id"] for task in client.tasks("/shop/web")}
