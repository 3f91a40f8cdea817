"""What is found when the world is not as the pillar says."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from meridian.plan import Change, ChangeKind, World, compare
from meridian.plan.observed import Firewall
from meridian.services.kafka.topics import Topic
from meridian.topology import Layers, Topology, expand

NODE = "kafka-2.us-east.local"


def wrong(topology: Topology, world: World) -> list[Change]:
    return [found for found in compare(topology, world) if found.verdict is not ChangeKind.SAME]


def only(topology: Topology, world: World) -> Change:
    (found,) = wrong(topology, world)
    return found


def without(world: World, *names: str) -> World:
    return replace(world, nodes={name: seen for name, seen in world.nodes.items() if name not in names})


def with_node(world: World, **facts: Any) -> World:
    return replace(world, nodes={**world.nodes, NODE: {**world.nodes[NODE], **facts}})


def with_states(world: World, answer: Any) -> World:
    return replace(world, states={**world.states, NODE: answer})


def test_right_after_a_deployment_nothing_differs(local: Topology, well: World) -> None:
    assert wrong(local, well) == []


def test_of_an_empty_world_everything_is_missing(local: Topology) -> None:
    found = wrong(local, World())
    assert {one.verdict for one in found} == {ChangeKind.MISSING}
    kinds = [one.kind for one in found]
    topics = sum(len(region.settings["topics"]) for region in local.regions)
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "node": 12,
        "archive": 3,
        "topic": topics,
        "flow": 2,
    }


def test_a_machine_that_is_gone(local: Topology, well: World) -> None:
    assert only(local, without(well, NODE)) == Change("node", NODE, "us-east", ChangeKind.MISSING)


def test_a_machine_that_was_never_finished_is_made_anew(local: Topology, well: World) -> None:
    found = only(local, replace(without(well, NODE), incomplete=frozenset({NODE})))
    assert (found.verdict, found.reason) == (
        ChangeKind.MISSING,
        "it was never finished: it is removed and made anew",
    )


def test_a_machine_that_must_give_way_is_kept_until_somebody_removes_it(local: Topology, well: World) -> None:
    found = only(local, replace(well, replace={NODE: "size m5.large, wanted m5.xlarge"}))
    assert found.verdict is ChangeKind.REPLACE
    assert found.reason == (
        "size m5.large, wanted m5.xlarge: it is kept until you have it replaced (platform.replace)"
    )


def test_a_machine_that_nobody_named(local: Topology, well: World) -> None:
    names = ("spare-1.us-east.local", "odd.local")
    found = wrong(local, replace(well, unmanaged=names))
    assert [(one.id, one.region, one.verdict) for one in found] == [
        ("odd.local", "", ChangeKind.UNMANAGED),
        ("spare-1.us-east.local", "us-east", ChangeKind.UNMANAGED),
    ]


def test_tags_that_were_changed_and_only_ours(local: Topology, well: World) -> None:
    tags = {**well.nodes[NODE]["tags"], "meridian-role": "other", "owner": "somebody"}
    assert only(local, with_node(well, tags=tags)).why == "tag meridian-role other → kafka"


RULE = {"port": 9094, "protocol": "tcp", "sources": ["10.0.0.1/32", "10.0.0.2/32"]}


def with_rules(world: World, found: Any, others: bool = False) -> World:
    return replace(with_node(world, firewall=found), firewalls={NODE: Firewall((RULE,), others)})


def test_a_port_that_was_opened_to_the_world(local: Topology, well: World) -> None:
    opened = [RULE, {"port": 9094, "protocol": "tcp", "sources": ["0.0.0.0/0"]}]
    found = only(local, with_rules(well, opened))
    assert (found.kind, found.id) == ("firewall", NODE)
    assert found.why == (
        'port 9094/tcp ["0.0.0.0/0", "10.0.0.1/32", "10.0.0.2/32"] → ["10.0.0.1/32", "10.0.0.2/32"]'
    )
    # A group of others may let in whom it likes.
    assert wrong(local, with_rules(well, opened, others=True)) == []


@pytest.mark.parametrize("others", [False, True])
def test_a_port_that_was_shut(local: Topology, well: World, others: bool) -> None:
    found = only(local, with_rules(well, [], others))
    assert found.why == 'port 9094/tcp none → ["10.0.0.1/32", "10.0.0.2/32"]'


def test_rules_that_mean_the_same_are_the_same(local: Topology, well: World) -> None:
    parts = [{**RULE, "sources": [source]} for source in ("10.0.0.2", "10.0.0.1/32")]
    assert wrong(local, with_rules(well, parts)) == []
    # A provider that cannot tell says nothing, which is no difference.
    assert wrong(local, with_rules(well, None)) == []


def test_a_machine_that_does_not_run_is_not_asked_for_states(local: Topology, well: World) -> None:
    stopped = with_node(well, state="STOPPED")
    found = wrong(local, replace(stopped, states={k: v for k, v in well.states.items() if k != NODE}))
    assert [(one.kind, one.verdict) for one in found] == [
        ("node", ChangeKind.DIFFERS),
        ("state", ChangeKind.UNKNOWN),
    ]
    assert found[0].why == "power stopped → running"


def test_a_state_that_is_no_longer_true_is_named_without_its_diff(local: Topology, well: World) -> None:
    key = "file_|-Broker's file_|-/etc/meridian/kafka/server.properties_|-managed"
    state = {
        "__id__": "Broker's file",
        "result": None,
        "changes": {"diff": "+password=secret", "mode": "0640"},
    }
    found = only(local, with_states(well, {key: state}))
    assert found.id == f"{NODE}: Broker's file (/etc/meridian/kafka/server.properties)"
    assert found.why == "file.managed (diff, mode) not true → applied"
    assert "secret" not in str(found)


def test_states_of_the_archiver_are_the_archive(local: Topology, well: World) -> None:
    key = "archive_|-Configuration of the archiver_|-Configuration of the archiver_|-configured"
    found = only(local, with_states(well, {key: {"result": None, "changes": {"topics": {}}}}))
    assert (found.kind, found.verdict) == ("archive", ChangeKind.DIFFERS)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("Rendering SLS failed", "states could not be compared: Rendering SLS failed"),
        (
            {"test_|-a_|-a_|-fail": {"result": False, "comment": "no credentials yet\nmore", "changes": {}}},
            "test.fail fails: no credentials yet",
        ),
    ],
)
def test_states_that_cannot_be_told_are_not_taken_for_true(
    local: Topology, well: World, answer: Any, told: str
) -> None:
    found = only(local, with_states(well, answer))
    assert (found.verdict, found.reason) == (ChangeKind.UNKNOWN, told)


def test_a_node_that_says_nothing_is_not_taken_for_right(local: Topology, well: World) -> None:
    world = replace(well, states={name: state for name, state in well.states.items() if name != NODE})
    assert only(local, world).reason == "states could not be compared: its minion does not answer"


def bent_topic(world: World, actual: Topic | None) -> World:
    return replace(world, topics={**world.topics, "us-east": {**world.topics["us-east"], "canary": actual}})


def topic(world: World) -> Topic:
    seen = world.topics["us-east"]
    assert not isinstance(seen, str)
    found = seen["canary"]
    assert found is not None
    return found


def test_a_topic_setting_changed_by_hand(local: Topology, well: World) -> None:
    config = {**topic(well).config, "retention.ms": "1000"}
    found = only(local, bent_topic(well, replace(topic(well), config=config)))
    assert (found.id, found.verdict) == ("us-east/canary", ChangeKind.DIFFERS)
    assert found.why == "retention.ms 1000 → none"


def test_a_topic_that_is_gone(local: Topology, well: World) -> None:
    assert only(local, bent_topic(well, None)).verdict is ChangeKind.MISSING


def test_a_topic_that_has_to_grow(local: Topology, well: World) -> None:
    actual = replace(topic(well), partition_count=2, partitions={0: (1, 2, 3), 1: (2, 3, 1)})
    assert only(local, bent_topic(well, actual)).why == "partitions 2 → 3"


def test_partitions_that_would_have_to_go_stand_in_the_way(local: Topology, well: World) -> None:
    actual = replace(topic(well), partition_count=9, partitions=dict.fromkeys(range(9), (1, 2, 3)))
    found = only(local, bent_topic(well, actual))
    assert found.verdict is ChangeKind.BLOCKED
    assert "never taken away" in found.reason


def test_a_cluster_that_does_not_answer_is_told_once(local: Topology, well: World) -> None:
    world = replace(well, topics={**well.topics, "us-east": "no broker answers"})
    found = only(local, world)
    assert (found.id, found.why) == ("us-east", "topics could not be compared: no broker answers")


def test_topics_of_a_cluster_without_brokers_are_missing_whatever_is_said_of_it(
    local: Topology, well: World
) -> None:
    names = [node.id for node in local.region("us-east").with_role("kafka")]
    world = replace(without(well, *names), topics={**well.topics, "us-east": "no broker answers"})
    found = {one.id: one.verdict for one in wrong(local, world) if one.kind == "topic"}
    topics = local.region("us-east").settings["topics"]
    assert found == {f"us-east/{topic}": ChangeKind.MISSING for topic in topics}


def with_connectors(world: World, seen: Any) -> World:
    return replace(world, connectors={"central": seen})


def test_a_connector_paused_by_hand(local: Topology, well: World) -> None:
    name = "us-east-to-central.source"
    paused = {**well.connectors["central"][name], "status": {"connector": {"state": "PAUSED"}}}
    found = only(local, with_connectors(well, {**well.connectors["central"], name: paused}))
    assert (found.id, found.region) == ("us-east-to-central", "central")
    assert found.why == f"{name} state PAUSED → RUNNING"


def test_a_connector_changed_by_hand(local: Topology, well: World) -> None:
    name = "us-east-to-central.source"
    entry: Any = well.connectors["central"][name]
    changed = {**entry, "config": {**entry["config"], "tasks.max": "7"}}
    found = only(local, with_connectors(well, {**well.connectors["central"], name: changed}))
    assert found.why == f"{name} tasks.max 7 → 2"


def test_connectors_deleted_and_added_by_hand(local: Topology, well: World) -> None:
    seen: Any = well.connectors["central"]
    kept = {name: entry for name, entry in seen.items() if not name.startswith("us-east-to-central")}
    theirs = {"config": {"connector.class": "a.Sink"}, "status": {"connector": {"state": "RUNNING"}}}
    found = wrong(local, with_connectors(well, {**kept, "extra": theirs}))
    assert [(one.id, one.verdict) for one in found] == [
        ("us-east-to-central", ChangeKind.MISSING),
        ("extra", ChangeKind.UNMANAGED),
    ]


def renamed(world: World, old: str, new: str, state: str = "RUNNING", mark: bool = True) -> dict[str, Any]:
    """Return the connectors of a flow under another name, as they were made for that."""
    found = {}
    for name, entry in world.connectors["central"].items():  # type: ignore[union-attr]
        if name.startswith(old):
            config = {**entry["config"], "meridian.flow": new}
            if not mark:
                del config["meridian.flow"]
            status = {"connector": {"state": state}}
            found[name.replace(old, new)] = {"config": config, "status": status}
    return found


@pytest.mark.parametrize("mark", [True, False])
def test_connectors_of_ours_that_no_flow_has_are_paused(local: Topology, well: World, mark: bool) -> None:
    """Those of before there was a mark are known by their names and what they are."""
    old = renamed(well, "us-east-to-central", "us-east-to-central-old", mark=mark)
    found = wrong(local, with_connectors(well, {**well.connectors["central"], **old}))
    assert {(one.id, one.verdict) for one in found} == {
        (f"us-east-to-central-old.{kind}", ChangeKind.DIFFERS)
        for kind in ("source", "checkpoint", "heartbeat")
    }
    assert found[0].why == (
        "no flow of the pillar has this connector (mirror.unmanaged_connectors: pause); "
        "state RUNNING → PAUSED"
    )


def test_paused_ones_stay(local: Topology, well: World) -> None:
    old = renamed(well, "us-east-to-central", "us-east-to-central-old", "PAUSED")
    found = wrong(local, with_connectors(well, {**well.connectors["central"], **old}))
    assert {one.verdict for one in found} == {ChangeKind.UNMANAGED}


@pytest.mark.parametrize(
    ("policy", "verdict"), [("remove", ChangeKind.DIFFERS), ("report", ChangeKind.UNMANAGED)]
)
def test_what_becomes_of_them_is_what_the_pillar_says(
    bent: Callable[..., Layers], well: World, policy: str, verdict: ChangeKind
) -> None:
    topology = expand(bent(f"mirror: {{unmanaged_connectors: {policy}}}"), "local")
    old = renamed(well, "us-east-to-central", "us-east-to-central-old")
    found = wrong(topology, with_connectors(well, {**well.connectors["central"], **old}))
    assert {one.verdict for one in found} == {verdict}


def test_a_renamed_flow_says_where_it_goes_on(local: Topology, well: World) -> None:
    seen: Any = well.connectors["central"]
    kept = {name: entry for name, entry in seen.items() if not name.startswith("us-east-to-central")}
    old = renamed(well, "us-east-to-central", "us-east-to-central-old")
    found = {one.id: one for one in wrong(local, with_connectors(well, {**kept, **old}))}
    assert found["us-east-to-central"].reason == "goes on where us-east-to-central-old.source has read to"


def test_workers_that_do_not_answer(local: Topology, well: World) -> None:
    found = only(local, with_connectors(well, "no Connect worker answers"))
    assert found.why == "flows could not be compared: no Connect worker answers"
