"""A group as declared: dependencies first, nothing removed by being left out."""

from typing import Any

import pytest
from meridian.common.errors import MeridianError
from meridian.services.marathon import groups
from meridian.services.marathon.client import MarathonClient

from tests.doubles.marathon_memory import MarathonMemory

SHOP: dict[str, Any] = {
    "apps": [{"id": "web", "cmd": "serve", "cpus": 0.1, "dependencies": ["/shop/data"]}],
    "groups": [
        {
            "id": "data",
            "apps": [
                {"id": "index", "cmd": "index", "cpus": 0.1, "dependencies": ["/shop/data/db"]},
                {"id": "db", "cmd": "db", "cpus": 0.1, "secret_env": {"PASSWORD": "db:password"}},
            ],
        }
    ],
}
PILLAR = {"db:password": "hunter2hunter2"}


def deploy(client: MarathonClient, group: dict[str, Any]) -> groups.GroupPlan:
    todo = groups.plan(client, "/shop", group, PILLAR.get)
    groups.apply(client, todo, 10)
    return todo


def test_a_group_is_deployed_once_and_in_order(marathon: MarathonMemory, client: MarathonClient) -> None:
    assert set(deploy(client, SHOP).changes) == {
        "/shop",
        "/shop/data",
        "/shop/web",
        "/shop/data/db",
        "/shop/data/index",
    }
    in_order = [info["name"] for info in marathon.agents.launched]
    assert in_order == ["db.data.shop", "index.data.shop", "web.shop"]
    assert deploy(client, SHOP).changes == {}


def test_one_changed_app_is_the_only_one_that_restarts(
    marathon: MarathonMemory, client: MarathonClient
) -> None:
    deploy(client, SHOP)
    marathon.agents.launched.clear()
    changed = {**SHOP, "apps": [{**SHOP["apps"][0], "cmd": "serve -v"}]}
    assert deploy(client, changed).changes == {"/shop/web": {"cmd": {"old": "serve", "new": "serve -v"}}}
    assert [info["name"] for info in marathon.agents.launched] == ["web.shop"]


def test_apps_that_are_not_declared_stay_as_they_are_and_are_named(
    marathon: MarathonMemory, client: MarathonClient
) -> None:
    deploy(client, SHOP)
    client.put_app("/shop/stranger", {"cmd": "x", "cpus": 0.1, "env": {"A": "1"}}, force=True)
    client.put_app("/shop/other/stranger", {"cmd": "x", "cpus": 0.1})
    before = client.app("/shop/stranger")
    changed = {**SHOP, "apps": [{**SHOP["apps"][0], "cmd": "serve -v"}]}
    todo = groups.plan(client, "/shop", changed, PILLAR.get)
    assert todo.unmanaged == ("/shop/other/stranger", "/shop/stranger")
    groups.apply(client, todo, 10)
    after = client.app("/shop/stranger")
    assert before is not None
    assert after is not None
    assert after["version"] == before["version"]
    assert client.app("/shop/other/stranger") is not None


def test_removing_a_group_wants_the_name_twice(client: MarathonClient) -> None:
    deploy(client, SHOP)
    with pytest.raises(MeridianError, match="group /shop is removed only when its name is given twice"):
        groups.remove(client, "/shop", "/")
    assert groups.remove(client, "/shop", "/shop", 10) == ["/shop/data/db", "/shop/data/index", "/shop/web"]
    assert client.group("/shop") is None
    assert groups.remove(client, "/shop", "/shop") == []


def test_circular_dependencies_are_refused_with_the_circle(client: MarathonClient) -> None:
    circle = {
        "apps": [
            {"id": "a", "cmd": "x", "dependencies": ["/shop/b"]},
            {"id": "b", "cmd": "x", "dependencies": ["/shop/a"]},
        ]
    }
    with pytest.raises(MeridianError, match="cyclic dependencies: /shop/a -> /shop/b -> /shop/a"):
        deploy(client, circle)


@pytest.mark.parametrize(
    ("group", "told"),
    [
        ({"app": []}, "group /shop: unknown app; known: apps, dependencies, enforceRole, groups, id"),
        ({"apps": [{"cmd": "x"}]}, "group /shop: a declared app has no id"),
        ({"apps": [{"id": "web"}]}, "app /shop/web: nothing to run"),
    ],
)
def test_a_wrong_declaration_names_what_is_wrong(
    client: MarathonClient, group: dict[str, Any], told: str
) -> None:
    with pytest.raises(MeridianError, match=told):
        deploy(client, group)
