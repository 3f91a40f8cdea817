"""A path says what would change, changes, and then has nothing to do; a list of members is written once."""

from typing import Any

import pytest
from meridian.common.errors import MeridianError
from meridian.states import zookeeper as state


class World:
    """Modules that remember.

    :ivar paths: path → what it was made with.
    :ivar written: folder → list of members.
    """

    def __init__(self) -> None:
        self.paths: dict[str, dict[str, Any]] = {}
        self.written: dict[str, str] = {}
        self.members = "server.1=…\n"
        self.problem = ""

    def plan_path(self, path: str, settings: dict[str, Any]) -> dict[str, Any]:
        if self.problem:
            raise MeridianError(self.problem)
        return {} if self.paths.get(path) == settings else {path: {"old": None, "new": ["…"]}}

    def ensure_path(self, path: str, settings: dict[str, Any]) -> dict[str, Any]:
        changes = self.plan_path(path, settings)
        self.paths[path] = settings
        return changes

    def prepare(self, folder: str) -> str:
        return "" if folder in self.written else self.members

    def managed(self, name: str, contents: str, **settings: Any) -> dict[str, Any]:
        assert (settings["user"], settings["mode"]) == ("zookeeper", "0640")
        self.written[name.removesuffix("/zoo.cfg.dynamic")] = contents
        return {"name": name, "result": True, "changes": {"diff": "New file"}, "comment": ""}

    def ready(self, seconds: float) -> bool:
        if self.problem:
            raise MeridianError(self.problem)
        return True


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    """The loader's dictionaries, over a world in memory."""
    made = World()
    functions = {f"zookeeper.{name}": getattr(made, name) for name in ("plan_path", "ensure_path", "prepare")}
    monkeypatch.setattr(state, "__salt__", {**functions, "zookeeper.ready": made.ready}, raising=False)
    monkeypatch.setattr(state, "__states__", {"file.managed": made.managed}, raising=False)
    monkeypatch.setattr(state, "__opts__", {"test": False}, raising=False)
    return made


def test_a_path_is_planned_made_and_left_alone(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "__opts__", {"test": True})
    planned = state.path("/mesos", "mesos", readers=["marathon"])
    assert planned["result"] is None
    assert world.paths == {}
    monkeypatch.setattr(state, "__opts__", {"test": False})
    done = state.path("/mesos", "mesos", readers=["marathon"])
    assert (done["result"], done["changes"]) == (True, planned["changes"])
    assert world.paths["/mesos"] == {"owner": "mesos", "scheme": "digest", "readers": ["marathon"]}
    again = state.path("/mesos", "mesos", readers=["marathon"])
    assert (again["result"], again["changes"]) == (True, {})


def test_what_goes_wrong_is_the_comment(world: World) -> None:
    world.problem = "ZooKeeper: no server serves clients"
    for failed in (state.path("/mesos", "mesos"), state.ready("server")):
        assert (failed["result"], failed["comment"], failed["changes"]) == (False, world.problem, {})


def test_the_list_of_members_is_written_before_the_first_start_only(world: World) -> None:
    folder = "/var/lib/meridian/zookeeper/members"
    assert state.prepared(folder)["changes"]
    assert world.written == {folder: world.members}
    world.members = "another"
    again = state.prepared(folder)
    assert (again["name"], again["result"], again["changes"]) == (folder, True, {})
    assert world.written[folder] != "another"
