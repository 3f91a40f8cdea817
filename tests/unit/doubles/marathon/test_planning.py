"""The double upgrades as an app's strategy says, in the order of dependencies."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.doubles.mesos.marathon import planning
from tests.doubles.mesos.marathon.launching import Task
from tests.doubles.mesos.marathon.planning import wanted
from tests.doubles.mesos.marathon.tree import Tree

Json = dict[str, Any]


def app(name: str = "/web", version: str = "2", **further: Any) -> Json:
    return {
        "id": name,
        "instances": 1,
        "version": version,
        "versionInfo": {"lastConfigChangeAt": version, "lastScalingAt": version},
        "upgradeStrategy": {"minimumHealthCapacity": 1, "maximumOverCapacity": 1},
        **further,
    }


def tasks(count: int, version: str, ready: bool = True) -> list[Task]:
    state = "TASK_RUNNING" if ready else "TASK_STAGING"
    return [
        Task(f"{version}-{index}", "/web", version, version, "a", "h", [], {}, state=state)
        for index in range(count)
    ]


def strategy(least: float, over: float) -> Json:
    return {"upgradeStrategy": {"minimumHealthCapacity": least, "maximumOverCapacity": over}}


# instances, strategy, old ready, new ready, new starting: launched, killed
UPGRADES = {
    "all new ones beside the old": (3, strategy(1, 1), 3, 0, 0, 3, 0),
    "old ones go as new ones come": (3, strategy(1, 1), 3, 2, 1, 0, 2),
    "half may go at once": (4, strategy(0.5, 0), 4, 0, 0, 0, 2),
    "and are replaced when they are gone": (4, strategy(0.5, 0), 2, 0, 0, 2, 0),
    "one more and none less": (3, strategy(1, 0.34), 3, 0, 0, 1, 0),
    "neither more nor less allowed: one more": (2, strategy(1, 0), 2, 0, 0, 1, 0),
    "all at once": (2, strategy(0, 0), 2, 0, 0, 0, 2),
}


@pytest.mark.parametrize("case", UPGRADES.values(), ids=UPGRADES.keys())
def test_an_upgrade(case: tuple[int, Json, int, int, int, int, int]) -> None:
    instances, how, old, new, starting, launched, killed = case
    there = tasks(old, "1") + tasks(new, "2") + tasks(starting, "2", ready=False)
    next_step = wanted(app(**how), there, instances)
    assert (next_step.launch, len(next_step.kill)) == (launched, killed)


@given(
    instances=st.integers(1, 6),
    least=st.sampled_from([0.0, 0.3, 0.5, 1.0]),
    over=st.sampled_from([0.0, 0.2, 1.0]),
)
def test_every_upgrade_ends_and_never_breaks_its_strategy(instances: int, least: float, over: float) -> None:
    one = app(instances=instances, **strategy(least, over))
    there = tasks(instances, "1")
    most = max(instances + 1, int(instances * (1 + over)))
    for turn in range(10 * instances):
        step = wanted(one, there, instances)
        gone = {task.id for task in step.kill}
        there = [task for task in there if task.id not in gone]
        # What is left serves while what was launched starts.
        assert sum(task.running for task in there) >= int(least * instances)
        fresh = tasks(step.launch, "2")
        for task in fresh:
            task.id = f"{turn}-{task.id}"
        there += fresh
        assert len(there) <= most
        if planning.reached(one, there, instances):
            return
    raise AssertionError(f"not done: {there}")


def test_apps_are_stopped_first_and_changed_after_what_they_need() -> None:
    old = Tree({"/gone": app("/gone", "1"), "/db": app("/db", "1")})
    new = Tree({"/db": app("/db", "2"), "/web": app("/web", "2", dependencies=["/db"])})
    plan = planning.deployment(old, new)
    assert plan is not None
    assert [[(one["action"], one["app"]) for one in step] for step in plan.steps] == [
        [("StopApplication", "/gone")],
        [("StartApplication", "/web")],
        [("RestartApplication", "/db")],
        [("ScaleApplication", "/web")],
    ]


def test_an_app_is_as_before_until_its_turn() -> None:
    old = Tree({"/db": app("/db", "1"), "/web": app("/web", "1", dependencies=["/db"])})
    new = Tree({"/db": app("/db", "2"), "/web": app("/web", "2", dependencies=["/db"])})
    plan = planning.deployment(old, new)
    assert plan is not None
    plan.begun = True
    assert {key: one["version"] for key, (one, _) in planning.aims(new, [plan]).items()} == {
        "/db": "2",
        "/web": "1",
    }
    back = planning.reverted(new, plan)
    assert {key: planning.config(one) for key, one in back.apps.items()} == {"/db": "1", "/web": "1"}
