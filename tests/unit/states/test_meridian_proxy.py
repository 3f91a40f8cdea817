"""The check of a node's proxy."""

from typing import Any

import pytest
from meridian.services.discovery.model import DiscoveryError
from meridian.states import meridian_proxy as state

UP, DOWN = {"10.0.0.1:1": "up", "10.0.0.2:1": "down"}, {"10.0.0.1:1": "down"}
AWAY = DiscoveryError("the proxy does not answer at /run/admin.sock: Connection refused")


class Proxy:
    """A proxy that answers one after the other, then always the last."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)

    def servers(self) -> Any:
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, DiscoveryError):
            raise answer
        return answer


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Any:
    def ready(*answers: Any, **arguments: Any) -> dict[str, Any]:
        functions = {"meridian_proxy.servers": Proxy(*answers).servers}
        monkeypatch.setattr(state, "__salt__", functions, raising=False)
        monkeypatch.setattr(state, "__opts__", {"test": False}, raising=False)
        monkeypatch.setattr(state.time, "sleep", lambda seconds: None)
        return state.ready("proxy", **arguments)

    return ready


@pytest.mark.parametrize(
    ("answers", "arguments", "result", "comment"),
    [
        ([{"kafka": UP, "zookeeper": UP}], {}, True, "kafka, zookeeper: a server answers"),
        ([AWAY, {"kafka": DOWN}, {"kafka": UP}], {"seconds": 60}, True, "kafka: a server answers"),
        ([{"kafka": UP, "app-web": {}}], {}, True, "kafka: a server answers"),
        ([{"kafka": {}, "marathon": UP}], {"backends": ["marathon"]}, True, "marathon: a server answers"),
        (
            [{"kafka": {}, "zookeeper": DOWN, "marathon": UP}],
            {"seconds": 0},
            False,
            "after 0 s: no server answers behind kafka, zookeeper; see journalctl -u meridian-proxy",
        ),
        ([AWAY], {"seconds": 0}, False, f"after 0 s: {AWAY}; see journalctl -u meridian-proxy"),
    ],
)
def test_it_waits_until_each_address_leads_to_a_server_that_answers(
    run: Any, answers: list[Any], arguments: dict[str, Any], result: bool, comment: str
) -> None:
    found = run(*answers, **arguments)
    assert (found["result"], found["comment"], found["changes"]) == (result, comment, {})
