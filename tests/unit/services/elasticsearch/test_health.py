from typing import Any

import pytest
from meridian.common.errors import MeridianError
from meridian.services.elasticsearch import health
from meridian.services.elasticsearch.client import ElasticError

GREEN = {"status": "green", "unassigned_shards": 0, "initializing_shards": 0}
YELLOW = {"status": "yellow", "unassigned_shards": 2, "initializing_shards": 1}


@pytest.mark.parametrize(
    ("facts", "names", "status", "why"),
    [
        (GREEN, ["a", "b"], "green", ""),
        (YELLOW, ["a", "b"], "yellow", ""),
        (YELLOW, ["a", "b"], "green", "it is yellow, with 2 unassigned and 1 initializing shards"),
        (GREEN, ["a"], "yellow", "b not in the cluster"),
    ],
)
def test_what_is_missing_is_told(facts: dict[str, Any], names: list[str], status: str, why: str) -> None:
    assert health.missing(facts, names, ["a", "b"], status) == why


class Cluster:
    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)

    def health(self) -> Any:
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def nodes(self) -> dict[str, Any]:
        return {"a": {}}


def test_it_waits_through_a_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_POLL", 0)
    client: Any = Cluster(ElasticError("no node answers"), YELLOW, GREEN)
    assert health.wait(client, ["a"], "green", 5) == GREEN


def test_when_the_time_is_over_it_says_what_was_missing() -> None:
    client: Any = Cluster(YELLOW)
    with pytest.raises(MeridianError, match="is not green after 0 s: it is yellow, with 2 unassigned"):
        health.wait(client, ["a"], "green", 0)


def test_a_wrong_password_is_not_waited_for() -> None:
    client: Any = Cluster(ElasticError("refuses user elastic (401)", 401))
    with pytest.raises(ElasticError, match="refuses user"):
        health.wait(client, ["a"], "green", 600)
