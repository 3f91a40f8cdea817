"""Plans: what begins when, and what an operator may do about it."""

from collections.abc import Mapping
from dataclasses import replace

from kafka_scheduler.core import plans
from kafka_scheduler.core.model import Instance, Task, TaskState
from kafka_scheduler.core.plans import Advice, Command, Phase, Plan, Status, Step, advance

from tests.unit.kafka_scheduler.core.build import NOW, instance


def running(name: str, task: str = "t0") -> Instance:
    return replace(
        instance(name), task=Task(f"{name}-{task}", "a", "a", TaskState.RUNNING, {}, running_since=NOW)
    )


def advice(
    instances: Mapping[str, Instance] | None = None,
    keep: str = "",
    behind: str = "",
    now: float = NOW,
) -> Advice:
    found = {one: running(one) for one in "012"} | dict(instances or {})
    return Advice(now, found, lambda _: keep, lambda _: behind)


def restart(**more: object) -> Plan:
    steps = tuple(Step(one, "restart") for one in "012")
    return replace(Plan("restart-1", "restart", (Phase("restart", steps),)), **more)


def statuses(plan: Plan) -> list[str]:
    return [str(one.status) for one in plan.phases[0].steps]


def test_one_after_the_other_each_when_all_is_well_again() -> None:
    plan, commands = advance(restart(), advice())
    assert commands == (Command("restart", "0"),)
    for state in (
        advice(),
        advice({"0": instance("0")}),
        advice({"0": running("0", "t1")}, behind="1 behind"),
    ):
        plan, commands = advance(plan, state)
        assert commands == ()
    assert plan.phases[0].steps[0].message == "1 behind"
    plan, commands = advance(plan, advice({"0": running("0", "t1")}))
    assert commands == (Command("restart", "1"),)
    assert statuses(plan) == ["complete", "running", "pending"]


def test_one_that_must_stay_up_is_blocked_until_it_may_go() -> None:
    plan, commands = advance(restart(), advice(keep="t/0 would have 1 replica"))
    assert (commands, plan.phases[0].steps[0].message) == ((), "t/0 would have 1 replica")
    assert plan.phases[0].status is Status.BLOCKED
    assert advance(plan, advice())[1] == (Command("restart", "0"),)


def test_a_forced_step_is_not_blocked() -> None:
    plan, commands = advance(plans.force(restart(), "1"), advice(keep="no"))
    assert commands == (Command("restart", "1"),)
    assert statuses(plan) == ["blocked", "running", "pending"]


def test_a_paused_plan_ends_what_is_under_way_and_begins_nothing() -> None:
    plan, _ = advance(restart(), advice())
    plan, commands = advance(replace(plan, paused=True), advice({"0": running("0", "t1")}))
    assert (commands, statuses(plan)) == ((), ["complete", "pending", "pending"])
    assert plan.status is Status.PAUSED
    assert advance(plans.resume(plan), advice())[1] == (Command("restart", "1"),)


def test_a_cancelled_plan_is_over_when_its_step_has_ended() -> None:
    plan, _ = advance(restart(), advice())
    plan = replace(plan, cancelled=True)
    assert not plan.is_over
    plan, commands = advance(plan, advice({"0": running("0", "t1")}))
    assert (commands, plan.is_over, plan.status) == ((), True, Status.CANCELLED)


def test_a_step_that_takes_too_long_fails_and_stops_the_rest_until_it_is_continued() -> None:
    plan, _ = advance(restart(timeout=60.0), advice())
    plan, commands = advance(plan, advice({"0": instance("0")}, now=NOW + 61))
    assert (commands, plan.status) == ((), Status.FAILED)
    assert plan.phases[0].steps[0].message == "is not running yet after 60 s"
    plan, commands = advance(plans.resume(plan), advice({"0": instance("0")}, now=NOW + 62))
    assert commands == (Command("restart", "0"),)


def test_all_at_once_but_only_one_goes_down_with_each_look() -> None:
    steps = tuple(Step(one, "stop") for one in "012")
    plan = Plan("stop-1", "stop", (Phase("stop", steps, serial=False),), whole=False)
    assert advance(plan, advice())[1] == (Command("stop", "0"),)
    assert len(advance(replace(plan, gate=False), advice())[1]) == 3


def test_a_removed_instance_is_done_with() -> None:
    plan = replace(restart(), phases=(Phase("restart", (Step("9", "restart"),)),))
    assert advance(plan, advice())[0].status is Status.COMPLETE


def test_instances_of_a_paused_deploy_are_held() -> None:
    phase = Phase("deploy", (Step("0", "start", Status.COMPLETE), Step("1", "start")), serial=False)
    assert plans.held([Plan("deploy-1", "deploy", (phase,), paused=True)]) == {"1": "deploy-1"}
    assert plans.held([Plan("deploy-1", "deploy", (phase,))]) == {}
