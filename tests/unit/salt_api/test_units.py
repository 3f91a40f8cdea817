"""A service of nodes, with minions that answer from memory."""

from typing import Any

import pytest
from meridian.common.errors import MeridianError
from meridian.salt_api.units import Units


class Local:
    """What Salt's client does: each node's answer to any function; ``None`` for a silent one."""

    def __init__(self, answers: dict[str, Any]) -> None:
        self.answers = answers
        self.asked: list[str] = []

    def __enter__(self) -> "Local":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def cmd(self, nodes: list[str], function: str, arg: Any, **_: Any) -> dict[str, Any]:
        self.asked.append(function)
        answers = {node: self.answers[node] for node in nodes if self.answers[node] is not None}
        return {
            node: {"ret": answer, "retcode": int(str(answer).startswith("Traceback"))}
            for node, answer in answers.items()
        }


@pytest.fixture
def local(monkeypatch: pytest.MonkeyPatch) -> Local:
    made = Local({})
    monkeypatch.setattr("salt.client.get_local_client", lambda mopts: made)
    return made


@pytest.fixture
def minions(local: Local) -> Units:
    return Units({}, "connect_worker", "meridian-connect")


def test_what_is_pending_is_asked_of_each(minions: Units, local: Local) -> None:
    local.answers = {"a": ["certificate"], "b": []}
    assert minions.pending(["a", "b"]) == {"a": ["certificate"], "b": []}
    assert local.asked == ["connect_worker.pending"]


def test_a_silent_or_failing_minion_is_named(minions: Units, local: Local) -> None:
    local.answers = {"a": [], "b": None}
    with pytest.raises(MeridianError, match="no answer from b; see journalctl"):
        minions.pending(["a", "b"])
    local.answers["b"] = "Traceback: no such file"
    with pytest.raises(MeridianError, match=r"b: connect_worker\.pending: .*no such file"):
        minions.pending(["a", "b"])
    assert "no such file" in minions.last_log_line("b")


def test_a_restart_that_failed_is_told_with_the_unit(minions: Units, local: Local) -> None:
    local.answers = {"a": True, "b": "the job timed out"}
    minions.restart("a")
    with pytest.raises(MeridianError, match="b: meridian-connect was not restarted: the job timed out"):
        minions.restart("b")
