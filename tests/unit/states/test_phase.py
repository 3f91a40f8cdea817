"""Steps of an orchestration: what a runner says is what the step comes to, and nothing else is success."""

from typing import Any

import pytest
from meridian.salt_api import progress
from meridian.states import phase

OPTS: dict[str, Any] = {"test": False}


class Runners:
    """Stands in for Salt's runner client.

    :ivar returned: what the runner returns; ``success`` as Salt sees it.
    """

    def __init__(self) -> None:
        self.returned: Any = {"ok": True, "changes": ["one"], "comment": "done"}
        self.success = True
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def cmd(self, function: str, pub_data: Any, kwarg: dict[str, Any], **_: Any) -> dict[str, Any]:
        self.asked.append((function, kwarg))
        return {"return": self.returned, "success": self.success}


@pytest.fixture
def runners(monkeypatch: pytest.MonkeyPatch) -> Runners:
    made = Runners()
    monkeypatch.setattr(phase, "_client", lambda: made)
    monkeypatch.setattr(phase, "__opts__", OPTS, raising=False)
    monkeypatch.setattr(progress, "report", lambda *_, **__: None)
    return made


def test_what_changed_and_was_said_is_the_steps(runners: Runners) -> None:
    step = phase.runner("Nodes", "cloud.ensure", "nodes", environment="local", __id__="Nodes")
    assert (step["result"], step["changes"], step["comment"]) == (True, {"changed": ["one"]}, "done")
    assert runners.asked == [("cloud.ensure", {"environment": "local"})]


def test_the_region_is_the_runners_too(runners: Runners) -> None:
    phase.runner("Migration", "kafka.migrate", "migration", region="us-east", environment="local")
    assert runners.asked == [("kafka.migrate", {"environment": "local", "region": "us-east"})]


@pytest.mark.parametrize(
    ("returned", "success"),
    [
        ({"ok": False, "comment": "a broker is down"}, True),
        ("Passed invalid arguments: migrate() missing 1 required positional argument: 'region'", True),
        (None, True),
        ("Exception occurred in runner kafka.roll: it is down", False),
    ],
)
def test_nothing_but_a_good_answer_is_success(runners: Runners, returned: Any, success: bool) -> None:
    runners.returned, runners.success = returned, success
    step = phase.runner("Brokers", "kafka.roll", "brokers")
    assert step["result"] is False
    assert step["comment"] == (returned["comment"] if isinstance(returned, dict) else str(returned))


@pytest.mark.parametrize(("sls", "refreshed"), [(None, [["kafka-1"]]), (["kafka.topics"], [])])
def test_nodes_that_changed_keep_the_pillar_they_changed_by(
    runners: Runners, monkeypatch: pytest.MonkeyPatch, sls: list[str] | None, refreshed: list[list[str]]
) -> None:
    told: list[list[str]] = []
    answer = {"result": True, "changes": {"ret": {"kafka-1": {}}}}
    monkeypatch.setattr(phase, "__states__", {"salt.state": lambda **_: answer}, raising=False)

    def command(nodes: list[str], function: str, **_: Any) -> dict[str, Any]:
        told.extend([nodes] if function == "saltutil.refresh_pillar" else [])
        return {}

    monkeypatch.setattr(phase, "__salt__", {"saltutil.cmd": command}, raising=False)
    assert phase.states("States", ["kafka-1", "kafka-2"], "states", sls=sls) is answer
    assert told == refreshed


def test_states_wait_for_those_of_an_interrupted_run(
    runners: Runners, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusal = ['The function "state.highstate" is running as PID 7 and was started at … with jid 1']
    answers = [
        {"result": False, "comment": "Run failed", "changes": {"ret": {"kafka-1": refusal, "kafka-2": {}}}},
        {"result": True, "comment": "", "changes": {"ret": {"kafka-1": {}}}},
    ]
    running: list[list[dict[str, str]]] = [[{"fun": "state.highstate"}], []]
    asked: list[str] = []

    def command(nodes: list[str], function: str, **_: Any) -> dict[str, Any]:
        asked.append(function)
        return {node: {"ret": running.pop(0)} for node in nodes if function == "saltutil.is_running"}

    monkeypatch.setattr(phase, "_POLL_SECONDS", 0)
    monkeypatch.setattr(phase, "__states__", {"salt.state": lambda **_: answers.pop(0)}, raising=False)
    monkeypatch.setattr(phase, "__salt__", {"saltutil.cmd": command}, raising=False)
    step = phase.states("States", ["kafka-1", "kafka-2"], "states")
    assert step["result"] is True
    assert set(step["changes"]["ret"]) == {"kafka-1", "kafka-2"}
    assert asked == [
        "saltutil.is_running",
        "saltutil.is_running",
        "meridian_facts.restarting",
        "saltutil.refresh_pillar",
    ]


def test_states_that_never_end_fail_the_step_with_salts_words(
    runners: Runners, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusal = ['The function "state.sls" is running as PID 7 and was started at … with jid 1']
    answer = {
        "result": False,
        "comment": "Run failed on minions: kafka-1",
        "changes": {"ret": {"kafka-1": refusal}},
    }
    monkeypatch.setattr(phase, "_EARLIER_SECONDS", 0)
    monkeypatch.setattr(phase, "__salt__", {"saltutil.cmd": lambda *_, **__: {}}, raising=False)
    monkeypatch.setattr(phase, "__states__", {"salt.state": lambda **_: answer}, raising=False)
    assert phase.states("States", ["kafka-1"], "states") is answer


LOOP = {"unit": "meridian-mesos-agent", "restarts": 7, "line": "Failed to parse attributes"}
NAMED = "kafka-1: meridian-mesos-agent was started again 7 times; it said last: Failed to parse attributes"


def test_a_service_that_does_not_stay_is_named_by_the_step_that_started_it(
    runners: Runners, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes: list[str] = []
    answer = {"result": True, "comment": "States ran successfully.", "changes": {}}
    said = {"kafka-1": {"ret": [LOOP]}, "kafka-2": {"ret": []}, "kafka-3": {"ret": "is not available."}}
    monkeypatch.setattr(phase, "__states__", {"salt.state": lambda **_: answer}, raising=False)
    monkeypatch.setattr(phase, "__salt__", {"saltutil.cmd": lambda *_, **__: said}, raising=False)
    monkeypatch.setattr(progress, "report", lambda *_, message="", **__: notes.append(message))
    step = phase.states("States", ["kafka-1", "kafka-2", "kafka-3"], "states", region="us-east")
    assert step["comment"] == f"States ran successfully.\n{NAMED}"
    assert NAMED in notes


def test_a_later_step_that_fails_names_it_too(runners: Runners, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def command(target: str, function: str, **_: Any) -> dict[str, Any]:
        asked.append(target)
        return {"kafka-1": {"ret": [LOOP]}}

    monkeypatch.setattr(phase, "__salt__", {"saltutil.cmd": command}, raising=False)
    runners.returned = {"ok": False, "comment": "no offer has come yet"}
    step = phase.runner("Tasks", "kafka.tasks", "scheduler", region="us-east", environment="local")
    assert step["comment"] == f"no offer has come yet\n{NAMED}"
    assert asked == ["*.us-east.local"]
    phase.runner("Lock", "platform.lock", "lock", environment="local")
    assert len(asked) == 1
