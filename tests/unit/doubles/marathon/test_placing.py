"""The double places tasks as Marathon's documentation says: constraints, resources, ports, reasons."""

from typing import Any

import pytest

from tests.doubles.mesos.marathon import constraints, offers
from tests.doubles.mesos.marathon.offers import Taken

Json = dict[str, Any]
RACK_1, RACK_2, RACK_3 = ({"hostname": f"h{n}", "rack": f"rack-{n}"} for n in (1, 2, 3))

PLACES: dict[str, tuple[list[list[str]], dict[str, str], list[dict[str, str]], bool]] = {
    "unique, a new host": ([["hostname", "UNIQUE"]], RACK_2, [RACK_1], True),
    "unique, the same host": ([["hostname", "UNIQUE"]], RACK_1, [RACK_1], False),
    "cluster, the first decides": ([["rack", "CLUSTER"]], RACK_1, [], True),
    "cluster, another rack": ([["rack", "CLUSTER"]], RACK_2, [RACK_1], False),
    "cluster, the rack that is named": ([["rack", "CLUSTER", "rack-2"]], RACK_2, [], True),
    "cluster, not the one that is named": ([["rack", "CLUSTER", "rack-2"]], RACK_1, [], False),
    "like": ([["rack", "LIKE", "rack-[1-2]"]], RACK_2, [], True),
    "not like": ([["rack", "LIKE", "rack-[1-2]"]], RACK_3, [], False),
    "like, and the attribute is not there": ([["zone", "LIKE", ".*"]], RACK_1, [], False),
    "unlike, and the attribute is not there": ([["zone", "UNLIKE", ".*"]], RACK_1, [], True),
    "unlike": ([["rack", "UNLIKE", "rack-1"]], RACK_1, [], False),
    "group by, the least used": ([["rack", "GROUP_BY"]], RACK_2, [RACK_1], True),
    "group by, one more than another": ([["rack", "GROUP_BY", "2"]], RACK_1, [RACK_1], False),
    "group by, waits for a third": ([["rack", "GROUP_BY", "3"]], RACK_1, [RACK_1, RACK_2], False),
    "group by, the third": ([["rack", "GROUP_BY", "3"]], RACK_3, [RACK_1, RACK_2], True),
    "at most two": ([["rack", "MAX_PER", "2"]], RACK_1, [RACK_1, RACK_1], False),
    "is": ([["rack", "IS", "rack-1"]], RACK_1, [], True),
    "all must hold": ([["rack", "IS", "rack-1"], ["hostname", "UNIQUE"]], RACK_1, [RACK_1], False),
}


@pytest.mark.parametrize("case", PLACES.values(), ids=PLACES.keys())
def test_constraints(case: tuple[list[list[str]], dict[str, str], list[dict[str, str]], bool]) -> None:
    written, offered, placed, allowed = case
    assert constraints.met(written, offered, placed) is allowed


APP: Json = {"cpus": 1, "mem": 128, "disk": 0, "portDefinitions": [{"port": 0}, {"port": 0}]}


def scalar(name: str, value: float, **further: Any) -> Json:
    return {"name": name, "type": "SCALAR", "scalar": {"value": value}, **further}


def offer(*resources: Json, ports: tuple[int, int] = (31000, 31002), **further: Any) -> Json:
    ranges = {"range": [{"begin": ports[0], "end": ports[1]}]}
    return {
        "id": {"value": "o"},
        "agent_id": {"value": "a"},
        "hostname": "h1",
        "resources": [*resources, {"name": "ports", "type": "RANGES", "ranges": ranges}],
        **further,
    }


def match(app: Json, one: Json) -> Taken | list[str]:
    return offers.match(app, one, one["resources"], [], ("*", "kafka"))


def test_what_is_taken_is_gone_for_the_next_task() -> None:
    one = offer(scalar("cpus", 2), scalar("mem", 200))
    first = match(APP, one)
    assert isinstance(first, Taken)
    assert len(set(first.ports)) == 2
    assert set(first.ports) < {31000, 31001, 31002}
    assert match(APP, one) == ["InsufficientMemory", "InsufficientPorts"]


def test_a_task_takes_of_several_roles_and_says_of_which() -> None:
    one = offer(scalar("cpus", 0.5), scalar("cpus", 1, role="kafka"), scalar("mem", 512))
    taken = match(APP, one)
    assert isinstance(taken, Taken)
    cpus = [part for part in taken.resources if part["name"] == "cpus"]
    assert [(part.get("role", "*"), part["scalar"]["value"]) for part in cpus] == [("*", 0.5), ("kafka", 0.5)]


REASONS: dict[str, tuple[Json, Json, list[str]]] = {
    "all at once": (
        APP | {"cpus": 9, "constraints": [["hostname", "LIKE", "h9"]]},
        offer(scalar("cpus", 2), scalar("mem", 64)),
        ["UnfulfilledConstraint", "InsufficientCpus", "InsufficientMemory"],
    ),
    "nothing of its role": (
        APP | {"acceptedResourceRoles": ["kafka"], "cpus": 0, "mem": 0, "portDefinitions": []},
        offer(scalar("cpus", 2), scalar("mem", 512)),
        ["UnfulfilledRole"],
    ),
    "a reservation of somebody's": (
        APP,
        offer(scalar("cpus", 2, reservation={"principal": "x"}), scalar("mem", 512)),
        ["InsufficientCpus"],
    ),
    "a port that must be": (
        APP | {"requirePorts": True, "portDefinitions": [{"port": 80}]},
        offer(scalar("cpus", 2), scalar("mem", 512)),
        ["InsufficientPorts"],
    ),
    "maintenance has begun": (
        APP,
        offer(scalar("cpus", 2), scalar("mem", 512), unavailability={"start": {"nanoseconds": 1}}),
        ["AgentMaintenance"],
    ),
}


@pytest.mark.parametrize("case", REASONS.values(), ids=REASONS.keys())
def test_an_offer_that_will_not_do_has_all_reasons(case: tuple[Json, Json, list[str]]) -> None:
    app, one, reasons = case
    assert match(app, one) == reasons


def test_required_ports_are_the_ones_taken_and_in_their_order() -> None:
    app = APP | {"requirePorts": True, "portDefinitions": [{"port": 31002}, {"port": 0}, {"port": 31000}]}
    taken = match(app, offer(scalar("cpus", 2), scalar("mem", 512)))
    assert isinstance(taken, Taken)
    assert taken.ports == [31002, 31001, 31000]
