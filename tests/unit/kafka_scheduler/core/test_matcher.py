"""Which offer for which instance, and what is said when none does."""

from dataclasses import replace
from typing import Any

import pytest
from kafka_scheduler.core.matcher import World, explain, match
from kafka_scheduler.core.model import (
    Agent,
    Instance,
    PortWant,
    Requirement,
    Task,
    TaskState,
    Volume,
    VolumeWant,
)
from kafka_scheduler.core.offers import Offer

from tests.unit.kafka_scheduler.core.build import (
    FRAMEWORK,
    NOW,
    instance,
    offer,
    ports,
    reserved,
    scalar,
    volume,
)

DATA = Requirement(volumes=(VolumeWant("data", 1000),))
KEPT = Volume("kafka-0-data-x", "data", "agent-a", "a", 1000, used=True)


def task(host: str, **attributes: str) -> Task:
    return Task("t", f"agent-{host}", host, TaskState.RUNNING, {}, attributes)


def world(*tasks: Task, **more: Any) -> World:
    return World(FRAMEWORK, NOW, tasks, nonce="n", **more)


def reason(one: Instance, seen: Offer, known: World | None = None) -> str:
    found = match([one], [seen], known or world())
    assert not found.matches
    return found.refusals[one.id][seen.hostname].text


@pytest.mark.parametrize(
    ("wanted", "seen", "said"),
    [
        (instance(requirement=Requirement(cpus=5)), offer(cpus=4), "cpus: 4 of 5"),
        (instance(requirement=Requirement(mem=9000)), offer(mem=8192), "mem: 8192 of 9000"),
        (
            instance(requirement=Requirement(ports=(PortWant("internal", ((9092, 9092),)),))),
            offer(),
            "port 9092 is taken",
        ),
        (
            instance(requirement=Requirement(ports=(PortWant("internal"),))),
            offer(first=1, last=1),
            "no port is free",
        ),
        (
            instance(requirement=Requirement(volumes=(VolumeWant("data", 10**6),))),
            offer(),
            "disk (root): 100000 of 1e+06",
        ),
        (
            instance(requirement=Requirement(volumes=(VolumeWant("data", 10, "mount"),))),
            offer(),
            "disk (mount): 0 of 10",
        ),
        (
            instance(requirement=Requirement(constraints={"rack": "like:r2"})),
            offer(rack="r1"),
            "rack like:r2: r1",
        ),
        (instance(requirement=DATA, volumes=(KEPT,)), offer("b"), "volume kafka-0-data-x is on a"),
        (
            instance(requirement=DATA, volumes=(KEPT,)),
            offer("a", agent="agent-new"),
            "the host is another agent now, without volume kafka-0-data-x",
        ),
        (
            instance(requirement=DATA, volumes=(KEPT,)),
            offer("a"),
            "volume kafka-0-data-x is not in the offer",
        ),
        (instance(host="b", ended=NOW - 1), offer("a"), "sticks to b"),
        (instance(), offer(maintenance=NOW + 60), "maintenance is planned"),
        (
            instance(requirement=Requirement(volumes=(VolumeWant("disk-of-operator", None),))),
            offer(),
            "volume disk-of-operator is not there",
        ),
    ],
)
def test_the_reason_of_a_refusal(wanted: Instance, seen: Offer, said: str) -> None:
    assert reason(wanted, seen) == said


def test_a_volume_is_found_again_where_the_hosts_agent_was_made_anew() -> None:
    seen = offer("a", volume("kafka-0-data-x", 1000, "0"), agent="agent-new")
    (placed,) = match([instance(requirement=DATA, volumes=(KEPT,))], [seen], world()).matches
    assert placed.placement.volumes == (replace(KEPT, agent_id="agent-new"),)
    assert [one.persistence_id for one in placed.placement.resources if one.persistence_id] == [KEPT.id]


def test_a_volume_needs_a_role_of_its_own() -> None:
    nobody = replace(world(), framework=replace(FRAMEWORK, role="*"))
    assert "set framework-role" in reason(instance(requirement=DATA), offer(), nobody)


def test_the_next_instance_gets_what_the_first_has_left() -> None:
    wanted = [instance(str(one), Requirement(cpus=2, ports=(PortWant("internal"),))) for one in range(3)]
    found = match(wanted, [offer(cpus=4)], world())
    assert [one.placement.ports["internal"] for one in found.matches] == [31000, 31001]
    assert found.refusals["2"]["a"].text == "cpus: 0 of 2"


def test_instances_are_spread_over_hosts() -> None:
    wanted = [instance(str(one)) for one in range(4)]
    found = match(wanted, [offer("a"), offer("b"), offer("c")], world(task("a")))
    hosts = ["a", *[one.offer.hostname for one in found.matches]]
    assert sorted(hosts.count(one) for one in "abc") == [1, 2, 2]


def test_constraints_count_those_placed_in_the_same_turn() -> None:
    unique = Requirement(constraints={"hostname": "unique"})
    found = match([instance("0", unique), instance("1", unique)], [offer("a")], world())
    assert [one.instance.id for one in found.matches] == ["0"]
    assert found.refusals["1"]["a"].text == "hostname unique: a"


def test_group_by_spreads_over_all_racks_ever_seen() -> None:
    spread = Requirement(constraints={"rack": "groupBy"})
    agents = {one: Agent(one, one, {"rack": one}) for one in ("r1", "r2")}
    known = world(task("a", rack="r1"), agents=agents)
    assert reason(instance("1", spread), offer("b", rack="r1"), known) == "rack groupBy: r1"
    assert match([instance("1", spread)], [offer("c", rack="r2")], known).matches


def test_a_new_volume_is_reserved_created_and_given() -> None:
    found = match([instance(requirement=DATA)], [offer()], world()).matches[0].placement
    assert [one["type"] for one in found.operations] == ["RESERVE", "CREATE"]
    made = found.operations[1]["create"]["volumes"][0]
    assert made["disk"]["persistence"]["id"] == "kafka-0-data-n"
    assert made["reservations"] == reserved("0")["reservations"]
    assert found.volumes == (Volume("kafka-0-data-n", "data", "agent-a", "a", 1000),)
    given = {one.name: one for one in found.resources}
    assert given["disk"].persistence_id == "kafka-0-data-n"
    assert {one.labels["meridian_instance"] for one in found.resources} == {"0"}
    assert found.operations[0]["reserve"]["resources"][0]["reservations"] == reserved("0")["reservations"]


def test_several_volumes_on_mounts_take_whole_disks() -> None:
    mounts = [
        scalar("disk", 5000, disk={"source": {"type": "MOUNT", "mount": {"root": f"/d{one}"}}})
        for one in range(2)
    ]
    two = Requirement(volumes=(VolumeWant("one", 1000, "mount"), VolumeWant("two", 1000, "mount")))
    found = match([instance(requirement=two)], [offer("a", *mounts)], world()).matches[0].placement
    assert [one.scalar for one in found.resources if one.disk == "mount"] == [5000, 5000]
    assert not [one for one in found.left if one.disk == "mount"]


def test_it_comes_back_to_its_volume_and_reservations() -> None:
    own = [scalar("cpus", 1, **reserved("0")), scalar("mem", 1024, **reserved("0"))]
    back = offer("a", *own, volume("kafka-0-data-x", 1000, "0"), cpus=0, mem=0)
    found = match([instance(requirement=DATA, volumes=(KEPT,))], [offer("b"), back], world()).matches[0]
    assert found.offer.hostname == "a"
    assert found.placement.operations == ()
    assert found.placement.volumes == (KEPT,)


def test_a_volume_that_nobody_noted_is_found_again_by_its_labels() -> None:
    leaked = offer("b", volume("kafka-0-data-old", 1000, "0"))
    found = match([instance(requirement=DATA)], [offer("a"), leaked], world()).matches[0]
    assert found.placement.volumes[0].id == "kafka-0-data-old"
    assert not [one for one in found.placement.operations if one["type"] == "CREATE"]


@pytest.mark.parametrize(("owner", "framework"), [("1", "kafka"), ("0", "other")])
def test_what_is_reserved_for_another_is_not_touched(owner: str, framework: str) -> None:
    seen = offer("a", scalar("cpus", 4, **reserved(owner, framework)), cpus=0.5)
    assert match([instance()], [seen], world()).matches == ()


def test_a_reservation_that_has_become_too_large_shrinks() -> None:
    own = [scalar("cpus", 3, **reserved("0")), scalar("mem", 1024, **reserved("0"))]
    seen = offer("a", *own, volume("kafka-0-data-x", 1000, "0"))
    found = match([instance(requirement=DATA, volumes=(KEPT,))], [seen], world()).matches[0].placement
    (shrink,) = found.operations
    assert shrink["unreserve"]["resources"][0]["scalar"] == {"value": 2}


def test_an_operators_volume_is_used_by_its_name() -> None:
    disk = {"persistence": {"id": "vol-7"}, "volume": {"mode": "RW", "container_path": "data"}}
    static = {"reservations": [{"type": "STATIC", "role": "brokers"}]}
    seen = offer("a", scalar("disk", 500, disk=disk, **static))
    wanted = instance(requirement=Requirement(volumes=(VolumeWant("vol-7", None),)))
    found = match([wanted], [seen], world()).matches[0].placement
    assert [one.id for one in found.volumes] == ["vol-7"]


def test_the_last_port_is_taken_again_where_it_is_free() -> None:
    wanted = instance(requirement=Requirement(ports=(PortWant("internal"),)), ports={"internal": 31500})
    assert match([wanted], [offer()], world()).matches[0].placement.ports == {"internal": 31500}
    taken = offer("a", ports(31501, 32000), first=31000, last=31499)
    assert match([wanted], [taken], world()).matches[0].placement.ports == {"internal": 31000}


@pytest.mark.parametrize(
    ("ended", "lost", "goes"),
    [
        (NOW - 599, 0.0, False),
        (NOW - 600, 0.0, True),
        (NOW - 60, NOW - 119, False),
        (NOW - 60, NOW - 120, True),
    ],
)
def test_stickiness_ends_by_its_time_or_sooner_with_a_lost_host(
    ended: float, lost: float, goes: bool
) -> None:
    wanted = instance(host="gone", agent_id="agent-gone", ended=ended)
    known = world(agents={"agent-gone": Agent("agent-gone", "gone", {}, lost)})
    assert bool(match([wanted], [offer("a")], known).matches) is goes


def test_reasons_are_told_once_with_their_hosts() -> None:
    seen = [offer(name, cpus=0.5) for name in "abcde"] + [offer("f", mem=1)]
    found = match([instance()], seen, world())
    assert explain(found.refusals["0"]) == ("cpus: 0.5 of 1 (a, b, c and 2 others)", "mem: 1 of 1024 (f)")
