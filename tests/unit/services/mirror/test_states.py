"""The state ``mirror.flow``: nothing, a plan, or the change."""

from collections.abc import Callable
from typing import Any

import pytest
from meridian.common.errors import MeridianError
from meridian.states import mirror as state

CHANGES = {"west.source": {"tasks.max": {"old": "1", "new": "2"}}}


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Load the state's module with an execution module that tells what it was asked."""

    def load(plans: list[Any], test: bool = False, unmanaged: dict[str, str] | None = None) -> list[str]:
        asked: list[str] = []

        def plan(name: str, flow: Any = None) -> dict[str, Any]:
            asked.append("plan")
            answer = plans.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return dict(answer)

        def present(name: str, flow: Any = None) -> dict[str, Any]:
            asked.append("flow_present")
            return CHANGES

        def settle(policy: str, known: Any, test: bool) -> dict[str, Any]:
            asked.append(f"{policy} {test}")
            return {name: {"old": state, "new": "PAUSED"} for name, state in (unmanaged or {}).items()}

        functions = {
            "mirror.plan": plan,
            "mirror.flow_present": present,
            "mirror.settle_unmanaged": settle,
            "mirror.unmanaged": lambda known: unmanaged or {},
        }
        monkeypatch.setattr(state, "__salt__", functions, raising=False)
        monkeypatch.setattr(state, "__opts__", {"test": test}, raising=False)
        return asked

    return load


def test_a_flow_as_it_should_be_is_left_alone(told: Callable[..., list[str]]) -> None:
    asked = told([{}])
    ret = state.flow("west")
    assert (ret["result"], ret["changes"], asked) == (True, {}, ["plan"])


def test_a_dry_run_tells_the_same_difference_and_does_nothing(told: Callable[..., list[str]]) -> None:
    asked = told([CHANGES], test=True)
    ret = state.flow("west")
    assert (ret["result"], ret["changes"], asked) == (None, CHANGES, ["plan"])


def test_a_change_is_made_and_read_back(told: Callable[..., list[str]]) -> None:
    asked = told([CHANGES, {}])
    ret = state.flow("west")
    assert (ret["result"], ret["changes"], asked) == (True, CHANGES, ["plan", "flow_present", "plan"])


def test_a_change_that_did_not_take_fails(told: Callable[..., list[str]]) -> None:
    told([CHANGES, CHANGES])
    ret = state.flow("west")
    assert ret["result"] is False
    assert "west.source" in ret["comment"]


def test_what_connect_said_is_the_comment(told: Callable[..., list[str]]) -> None:
    told([MeridianError("no Connect worker answers")])
    ret = state.flow("west")
    assert (ret["result"], ret["comment"]) == (False, "no Connect worker answers")


def test_a_connector_without_a_flow_is_paused_with_a_warning_that_says_how_to_remove_it(
    told: Callable[..., list[str]],
) -> None:
    asked = told([], unmanaged={"old.source": "RUNNING"})
    ret = state.unmanaged("Connectors without a flow", "pause", ["west"])
    assert (ret["result"], asked) == (True, ["pause False"])
    assert ret["changes"] == {"old.source": {"old": "RUNNING", "new": "PAUSED"}}
    assert "mirror.remove old.source confirm=old.source" in ret["warnings"][0]


def test_a_dry_run_pauses_nothing(told: Callable[..., list[str]]) -> None:
    asked = told([], test=True, unmanaged={"old.source": "RUNNING"})
    assert state.unmanaged("Connectors without a flow")["result"] is None
    assert asked == ["pause True"]


def test_when_each_connector_has_a_flow_nothing_is_told(told: Callable[..., list[str]]) -> None:
    told([])
    ret = state.unmanaged("Connectors without a flow")
    assert (ret["result"], ret["changes"], ret.get("warnings")) == (True, {}, None)
