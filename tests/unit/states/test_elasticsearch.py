from typing import Any

import pytest
from meridian.common.errors import MeridianError
from meridian.services.elasticsearch.client import ElasticError
from meridian.states import elasticsearch as states


class World:
    """What the loader gives to a state module: a cluster with templates, or none that answers."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.templates: dict[str, Any] = {}
        self.error: MeridianError | None = None
        self.waited: list[float] = []
        self.sink: dict[str, Any] = {"state": "running", "topics": ["flights"], "problems": []}
        self.opts = {"test": False}
        functions = {
            "elasticsearch.template_plan": self._plan,
            "elasticsearch.template_present": self._present,
            "elasticsearch.ready": self._ready,
            "elasticsearch.sink": lambda: self.sink,
        }
        monkeypatch.setattr(states, "__opts__", self.opts, raising=False)
        monkeypatch.setattr(states, "__salt__", functions, raising=False)

    def _plan(self, name: str, template: Any, seconds: float = 30) -> dict[str, Any]:
        self.waited.append(seconds)
        if self.error:
            raise self.error
        old = self.templates.get(name)
        return {} if old == template else {"template": {"old": old, "new": template}}

    def _present(self, name: str, template: Any) -> bool:
        self.templates[name] = template
        return True

    def _ready(self, seconds: float) -> bool:
        if self.error:
            raise self.error
        return True


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)


def test_a_template_is_made_once(world: World) -> None:
    first = states.index_template("t", {"priority": 1}, seconds=180)
    assert (first["result"], set(first["changes"])) == (True, {"template"})
    again = states.index_template("t", {"priority": 1})
    assert (again["result"], again["changes"]) == (True, {})
    assert world.waited[0] == 180


def test_a_trial_shows_the_same_difference_and_makes_nothing(world: World) -> None:
    world.opts["test"] = True
    trial = states.index_template("t", {"priority": 1})
    assert (trial["result"], world.templates) == (None, {})
    world.opts["test"] = False
    assert states.index_template("t", {"priority": 1})["changes"] == trial["changes"]


def test_a_trial_before_there_is_a_cluster_neither_waits_nor_fails(world: World) -> None:
    world.opts["test"] = True
    world.error = ElasticError("no Elasticsearch node answers")
    trial = states.index_template("t", {}, seconds=180)
    assert trial["result"] is None
    assert trial["comment"] == "index template t is not known before Elasticsearch runs"
    assert world.waited == [0]


def test_what_went_wrong_is_told_in_one_line(world: World) -> None:
    world.error = ElasticError("Elasticsearch refuses user elastic (401)", 401)
    for ret in (states.index_template("t", {}), states.ready("ready")):
        assert (ret["result"], ret["comment"]) == (False, "Elasticsearch refuses user elastic (401)")


def test_a_sink_that_does_not_work_is_told_in_its_own_words(world: World) -> None:
    assert states.sink_ready("sink")["comment"] == "1 topics are being indexed"
    world.sink = {"state": "retrying", "problems": ["no Elasticsearch node answers"]}
    ret = states.sink_ready("sink", seconds=0)
    assert ret["result"] is False
    assert ret["comment"] == "the sink is retrying after 0 s: no Elasticsearch node answers"
