"""The states ``marathon.*``: nothing, a plan, or the change; through the execution module, on the double."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from meridian.common.errors import MeridianError
from meridian.modules import marathon as module
from meridian.services.marathon.client import MarathonClient
from meridian.states import marathon as state

from tests.doubles.marathon_memory import CREDENTIALS, MarathonMemory

Ret = dict[str, Any]
WEB: Ret = {"cmd": "serve", "cpus": 0.1, "secret_env": {"PASSWORD": "shop:password"}}
SHOP: Ret = {"apps": [{"id": "db", "cmd": "db", "cpus": 0.1}]}


@pytest.fixture
def loaded(
    marathon: MarathonMemory, client: MarathonClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[[bool], None]:
    """Load state and module as Salt's loader does; returns the switch of ``test``."""
    credentials = tmp_path / "credentials"
    credentials.write_text(":".join(CREDENTIALS))
    pillar = {
        "shop:password": "hunter2hunter2",
        "marathon": {"servers": ["one"], "port": 1, "apps": {"/pillar": WEB}, "groups": {"/group": SHOP}},
    }
    monkeypatch.setattr(module, "_client", lambda: client)
    monkeypatch.setattr(module, "__pillar__", pillar, raising=False)
    monkeypatch.setattr(module, "__salt__", {"pillar.get": pillar.get}, raising=False)
    functions = {
        f"marathon.{name}": getattr(module, name)
        for name in dir(module)
        if callable(getattr(module, name)) and not name.startswith("_")
    }
    monkeypatch.setattr(state, "__salt__", functions, raising=False)

    def test(on: bool) -> None:
        monkeypatch.setattr(state, "__opts__", {"test": on}, raising=False)

    test(False)
    return test


def short(ret: Ret) -> tuple[Any, bool, str]:
    return ret["result"], bool(ret["changes"]), ret["comment"]


def test_an_app_is_made_and_the_second_run_changes_nothing(loaded: Callable[[bool], None]) -> None:
    loaded(True)
    planned = state.app("/web", WEB)
    assert short(planned) == (None, True, "app /web would be changed")
    loaded(False)
    made = state.app("/web", WEB, timeout=10)
    assert short(made) == (True, True, "app /web was changed")
    assert made["changes"] == planned["changes"]
    assert "hunter2" not in repr(made)
    assert short(state.app("/web", WEB)) == (True, False, "app /web is as it should be")
    loaded(True)
    assert short(state.app("/web", WEB)) == (True, False, "app /web is as it should be")


def test_definitions_come_from_pillar_where_none_is_given(loaded: Callable[[bool], None]) -> None:
    assert state.app("/pillar", timeout=10)["result"] is True
    assert state.group("/group", timeout=10)["result"] is True
    assert short(state.app("/nobody")) == (
        False,
        False,
        "no /nobody in this node's pillar (marathon:apps:/nobody)",
    )


def test_an_app_that_is_declared_right_and_unwell_fails_and_says_why(
    loaded: Callable[[bool], None], marathon: MarathonMemory
) -> None:
    state.app("/web", WEB | {"backoffSeconds": 60}, timeout=10)
    marathon.agents.failing["/web"] = "disk is full"
    marathon.fail(marathon.agents.launched[0]["task_id"]["value"], "disk is full")
    while not module.why("/web"):
        pass
    ret = state.app("/web", WEB | {"backoffSeconds": 60}, timeout=0)
    assert ret["result"] is False
    assert "0 of 1 tasks run" in ret["comment"]
    assert "disk is full" in ret["comment"]


def test_a_group_is_made_and_warns_of_apps_that_are_not_declared(loaded: Callable[[bool], None]) -> None:
    assert short(state.group("/shop", SHOP, timeout=10)) == (True, True, "group /shop was changed")
    state.app("/shop/stranger", WEB, timeout=10)
    again = state.group("/shop", SHOP)
    assert short(again) == (True, False, "group /shop is as it should be")
    [warning] = again["warnings"]
    assert warning.startswith(
        "app /shop/stranger is not declared: marathon.app_absent /shop/stranger confirm="
    )


@pytest.mark.parametrize(("kind", "name"), [("app", "/group/db"), ("group", "/group")])
def test_nothing_is_removed_without_its_name_twice(
    loaded: Callable[[bool], None], kind: str, name: str
) -> None:
    state.group("/group", timeout=10)
    absent = {"app": state.app_absent, "group": state.group_absent}[kind]
    assert short(absent(name)) == (False, False, f"{kind} {name} is removed only with confirm: {name}")
    loaded(True)
    assert absent(name, name)["result"] is None
    assert module.exists(name, kind)
    loaded(False)
    assert short(absent(name, name, timeout=10)) == (True, True, f"{kind} {name} was removed")
    assert short(absent(name)) == (True, False, f"there is no {kind} {name}")


def test_a_node_asks_its_own_instance_first_with_the_password_of_its_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    credentials = tmp_path / "credentials"
    credentials.write_text("admin:secret")
    monkeypatch.setattr(module, "_CREDENTIALS", credentials)
    pillar = {"meridian": {"node": {"id": "two"}}, "marathon": {"servers": ["one", "two"], "port": 8443}}
    monkeypatch.setattr(module, "__pillar__", pillar, raising=False)
    assert module._client().urls == ("https://two:8443", "https://one:8443")
    monkeypatch.setattr(module, "__pillar__", {}, raising=False)
    with pytest.raises(MeridianError, match="this node has no Marathon"):
        module.status()


def test_status_tells_leader_and_apps(loaded: Callable[[bool], None], marathon: MarathonMemory) -> None:
    state.app("/web", WEB, timeout=10)
    told = module.status()
    assert told["apps"] == {"/web": {"instances": 1, "running": 1, "healthy": 0, "why": ""}}
    assert told["leader"] == marathon.url.removeprefix("http://")
    assert state.ready(marathon.url)["result"] is True
