"""Nodes emptied before they are changed, and brought back; maintenance windows as data."""

import pytest
from meridian.common.errors import MeridianError
from meridian.services.mesos import drain as draining

from tests.integration.mesos.framework import Framework, launch
from tests.unit.services.mesos.conftest import NODE, OPERATOR, Small

STUBBORN = {"value": "trap '' TERM; while :; do sleep 0.1; done"}


def running(small: Small, command: dict[str, str]) -> Framework:
    """Return a framework with one running task."""
    framework = Framework(small.url, OPERATOR, "", role="*")
    framework.subscribe()
    offer = framework.offer()
    framework.accept(offer, launch("one", offer, [framework.cpus()], command))
    framework.update("one", "TASK_RUNNING")
    return framework


def test_a_drained_node_is_empty_and_stays_so(small: Small) -> None:
    framework = running(small, {"value": "exec sleep 1000"})
    said: list[str] = []
    done = draining.drain(small.client(), NODE, seconds=20, say=said.append)
    assert done.ended == (f"{framework.id}/one",)
    assert said == [f"{NODE}: draining, 1 tasks end"]
    assert framework.update("one", "TASK_KILLED")["reason"] == "REASON_AGENT_DRAINING"
    assert draining.state(small.client().agents()[0]) == "drained"
    assert not draining.drain(small.client(), NODE).changed
    assert draining.reactivate(small.client(), NODE)
    assert framework.offer()
    framework.leave()


def test_a_task_that_will_not_end_is_named(small: Small) -> None:
    framework = running(small, STUBBORN)
    with pytest.raises(
        MeridianError, match=rf"{NODE}: 1 tasks .* \({framework.id}/one\); it is still draining"
    ):
        draining.drain(small.client(), NODE, seconds=1)
    # Asked for again with an end to patience, once the first one's is over.
    assert draining.drain(small.client(), NODE, seconds=20).changed
    framework.leave()


def test_grace_has_a_limit(small: Small) -> None:
    framework = running(small, STUBBORN)
    assert draining.drain(small.client(), NODE, grace_seconds=0.2, seconds=4).changed
    framework.leave()


def test_a_node_without_an_agent_has_nothing_to_drain(small: Small) -> None:
    assert not draining.drain(small.client(), "services-1.us-east.test").changed


def test_an_agent_that_is_away_is_given_up_by_its_id_only(small: Small) -> None:
    agent_id = draining.identity(small.registered())
    small.trouble(do="lose_agent", agent=NODE)
    small.stop("agent")
    with pytest.raises(MeridianError, match="name the id"):
        draining.give_up(small.client(), NODE)
    assert draining.give_up(small.client(), NODE, agent_id) == agent_id
    small.start("agent")
    # It is refused, and ends.
    assert small.processes["agent"].wait(20) == 1


def test_the_newest_agent_of_a_node_is_meant() -> None:
    def agent(name: str, moment: int, active: bool) -> dict[str, object]:
        info = {"hostname": NODE, "id": {"value": name}}
        return {"agent_info": info, "active": active, "registered_time": {"nanoseconds": moment}}

    old, new = agent("old", 1, False), agent("new", 2, True)
    assert draining.agent_of([old, new], NODE) is new
    assert draining.agent_of([new, old], NODE) is new
    drained = agent("new", 2, False)
    assert draining.agent_of([old, drained], NODE) is drained
    assert draining.agent_of([], NODE) is None
