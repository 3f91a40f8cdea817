"""Status updates that come twice, late and in any order."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kafka_scheduler.core.model import Instance, Requirement, Task, TaskState, Volume
from kafka_scheduler.core.updates import Status, apply, give_up_host, parse

from tests.unit.kafka_scheduler.core.build import NOW, instance

ALIVE = ("STAGING", "STARTING", "RUNNING", "KILLING")
ENDED = ("FINISHED", "FAILED", "KILLED", "ERROR", "LOST", "DROPPED", "GONE", "GONE_BY_OPERATOR")
ALL = (*ALIVE, *ENDED, "UNREACHABLE", "UNKNOWN")


def launched(state: TaskState = TaskState.LAUNCHING, **more: object) -> Instance:
    task = Task("t1", "agent-a", "a", state, {}, launched=NOW)
    return replace(instance(requirement=Requirement(failover_delay=60)), task=replace(task, **more))


def after(one: Instance, *states: str) -> Instance:
    for state in states:
        one = apply(one, Status("t1", "agent-a", f"TASK_{state}"), NOW, 7)
    return one


def test_as_mesos_says_it() -> None:
    data = {
        "task_id": {"value": "t"},
        "agent_id": {"value": "a"},
        "state": "TASK_FAILED",
        "uuid": "eHl6",
        "reason": "REASON_CONTAINER_LIMITATION_MEMORY",
        "message": "Memory limit exceeded",
    }
    assert parse(data) == Status(
        "t", "a", "TASK_FAILED", "eHl6", "REASON_CONTAINER_LIMITATION_MEMORY", "Memory limit exceeded"
    )


@pytest.mark.parametrize(
    ("states", "is_now"),
    [
        (("STAGING",), TaskState.STAGING),
        (("RUNNING", "STARTING"), TaskState.RUNNING),
        (("RUNNING", "STAGING", "RUNNING"), TaskState.RUNNING),
        (("RUNNING", "KILLING", "RUNNING"), TaskState.KILLING),
        (("RUNNING", "UNREACHABLE"), TaskState.UNREACHABLE),
        (("RUNNING", "UNREACHABLE", "RUNNING"), TaskState.RUNNING),
        (("UNKNOWN",), TaskState.UNREACHABLE),
    ],
)
def test_where_a_task_is(states: tuple[str, ...], is_now: TaskState) -> None:
    task = after(launched(), *states).task
    assert task is not None
    assert (task.state, task.confirmed) == (is_now, 7)


@pytest.mark.parametrize("state", ENDED)
def test_an_ended_task_is_gone_whatever_comes_after(state: str) -> None:
    one = after(launched(), "RUNNING", state, "RUNNING", state)
    assert one.task is None
    assert (one.host, one.agent_id, one.ended) == ("a", "agent-a", NOW)
    assert one.failures == (1 if state in ("FINISHED", "FAILED", "KILLED", "ERROR") else 0)


def test_one_that_was_asked_to_end_has_not_failed() -> None:
    one = after(launched(TaskState.RUNNING, kill_asked=NOW), "FAILED")
    assert (one.failures, one.retry_at, one.problem) == (0, 0.0, "")


def test_a_volume_is_used_once_its_task_runs() -> None:
    one = replace(launched(), volumes=(Volume("v", "data", "agent-a", "a", 1),))
    assert not after(one, "STARTING").volumes[0].used
    assert after(one, "RUNNING").volumes[0].used


def test_the_problem_is_what_mesos_says() -> None:
    status = Status("t1", "agent-a", "TASK_FAILED", message="Command exited with status 1")
    assert apply(launched(), status, NOW, 1).problem == "failed: Command exited with status 1"


def test_a_host_that_is_given_up_binds_nobody() -> None:
    one = give_up_host(launched(TaskState.UNREACHABLE), NOW)
    assert (one.task, one.host, one.active, one.failures) == (None, "", True, 0)


@given(st.lists(st.tuples(st.sampled_from(["t0", "t1"]), st.sampled_from(ALL)), max_size=20))
def test_in_any_order(updates: list[tuple[str, str]]) -> None:
    """A task is there until the first update that ends it, and no other task's update touches it."""
    one = launched()
    ended = False
    for task_id, state in updates:
        one = apply(one, Status(task_id, "agent-a", f"TASK_{state}"), NOW, 1)
        ended = ended or (task_id == "t1" and state in ENDED)
        assert (one.task is None) is ended
    assert apply(one, Status("t0", "agent-a", "TASK_RUNNING"), NOW, 2) == one
