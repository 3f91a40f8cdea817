"""What is stored comes back as it was."""

from dataclasses import replace

from kafka_scheduler.core import codec
from kafka_scheduler.core.model import Abandoned, Release, Requirement, Task, TaskState, Volume
from kafka_scheduler.core.plans import Phase, Plan, Step
from kafka_scheduler.core.state import State

from tests.unit.kafka_scheduler.core.build import NOW, instance
from tests.unit.kafka_scheduler.core.test_simulation import Service


def test_all_of_the_state_that_must_outlive_a_scheduler() -> None:
    need = Service().requirement
    task = Task(
        "t", "a", "h", TaskState.RUNNING, {"cpus": 1}, {"rack": "r"}, {"internal": 1}, "http://h", NOW
    )
    one = replace(
        instance("10", need("10", {})),
        task=task,
        volumes=(Volume("v", "data", "a", "h", 10.0, used=True),),
        failures=2,
        ports={"internal": 1},
    )
    two = replace(instance("9", need("9", {})), active=False)
    state = State(
        "F",
        {"9": two, "10": one},
        (Plan("restart-1", "restart", (Phase("restart", (Step("10", "restart"),)),), timeout=5.0),),
        {"w": Release("w", "9", "b")},
        {"x": Abandoned("x", "9", "b")},
    )
    keys = {"framework", "instance/9", "instance/10", "plan/restart-1", "release/w", "abandoned/x"}
    stored = {key: value for key, value in codec.records(state, keys).items() if value is not None}
    again = codec.load(stored, Service())
    assert again == state
    assert list(again.instances) == ["9", "10"]
    assert isinstance(again.instances["9"].requirement, Requirement)


def test_what_is_gone_is_removed() -> None:
    assert codec.records(State(), {"instance/0"}) == {"instance/0": None}
