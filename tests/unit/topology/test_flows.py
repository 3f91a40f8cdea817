"""Names of flows, what a second flow changes of the first (nothing), and flows that are refused."""

from collections.abc import Callable

import pytest
from meridian.topology import Flow, Layers, TopologyError, expand
from meridian.topology import patterns as topic_patterns

FILE = "pillar/environments/broken.sls"


def flows(layers: Layers) -> dict[str, Flow]:
    return {flow.name: flow for flow in expand(layers, "local").flows}


def refused(layers: Layers) -> list[str]:
    with pytest.raises(TopologyError) as caught:
        expand(layers, "local")
    return str(caught.value).splitlines()


def test_a_second_flow_to_the_same_target_leaves_the_first_as_it_was(
    shipped: Layers, bent: Callable[..., Layers]
) -> None:
    more = "overrides: {us-east: {flows: {audit: {target: central, topics: [audit]}}}}"
    before, after = flows(shipped), flows(bent(more))
    assert {name: after[name] for name in before} == before
    assert set(after) - set(before) == {"us-east-to-central-audit"}


def test_a_flow_that_is_alone_is_named_as_it_will_be_beside_others(bent: Callable[..., Layers]) -> None:
    alone = "overrides: {us-east: {flows: {central: null, main: {target: central, topics: [canary]}}}}"
    beside = "overrides: {us-east: {flows: {main: {target: central, topics: [orders]}}}}"
    assert "us-east-to-central-main" in flows(bent(alone))
    assert "us-east-to-central-main" in flows(bent(beside))


def test_pillar_may_name_a_flow(bent: Callable[..., Layers]) -> None:
    named = flows(bent("overrides: {us-east: {flows: {central: {name: atlantic}}}}"))
    assert list(named) == ["atlantic", "eu-west-to-central"]
    assert "name" not in named["atlantic"].settings


def test_heartbeats_go_one_way_between_two_regions(bent: Callable[..., Layers]) -> None:
    made = flows(
        bent(
            "overrides: {us-east: {flows: {audit: {target: central, topics: [audit]},"
            " back: {target: eu-west, topics: [audit]}}},"
            " eu-west: {nodes: {kafka: {roles: [kafka, connect]}}}}"
        )
    )
    assert {name: flow.settings["heartbeats"] for name, flow in made.items()} == {
        "us-east-to-central": True,
        "us-east-to-central-audit": False,
        "us-east-to-eu-west-back": True,
        "eu-west-to-central": True,
    }


def test_a_flow_that_is_off_leaves_the_heartbeats_to_one_that_runs(bent: Callable[..., Layers]) -> None:
    off = "overrides: {us-east: {flows: {central: {enabled: false}, a: {target: central, topics: [audit]}}}}"
    made = flows(bent(off))
    assert made["us-east-to-central-a"].settings["heartbeats"] is True
    assert made["us-east-to-central"].settings["heartbeats"] is False


@pytest.mark.parametrize(
    "topics",
    ["[flights]", "['fli.*']", "['.*']", "[orders, canary]", "['can[a-z]+']"],
)
def test_two_flows_that_take_one_topic_to_one_target_are_refused(
    bent: Callable[..., Layers], topics: str
) -> None:
    lines = refused(
        bent(f"overrides: {{us-east: {{flows: {{again: {{target: central, topics: {topics}}}}}}}}}")
    )
    assert len(lines) == 1
    assert lines[0].startswith(
        f"{FILE}: overrides.us-east.flows.again.topics: expected topics that no other flow takes to central; "
        "flows.central takes "
    )


def test_two_flows_for_topics_that_are_made_later_are_refused_too(bent: Callable[..., Layers]) -> None:
    later = "{a: {target: central, topics: ['orders.*']}, b: {target: central, topics: ['orders\\.eu']}}"
    lines = refused(bent(f"overrides: {{us-east: {{flows: {later}}}}}"))
    assert "flows.b.topics" in lines[0]
    assert "flows.a takes orders.eu there" in lines[0]


@pytest.mark.parametrize(
    "beside",
    [
        "{target: central, topics: [flights], enabled: false}",
        "{target: central, topics: [flights], naming: identity}",
        "{target: central, topics: ['flights-late']}",
        "{target: us-east, topics: ['.*']}",
    ],
)
def test_flows_that_double_nothing_stand_side_by_side(bent: Callable[..., Layers], beside: str) -> None:
    assert flows(bent(f"overrides: {{us-east: {{flows: {{beside: {beside}}}}}}}"))


WORKERS = "nodes: {kafka: {roles: [kafka, connect]}}"
ROUND = f"eu-west: {{{WORKERS}, flows: {{back: {{target: us-east, topics: [%s], naming: %s}}}}}}"
THERE = f"us-east: {{{WORKERS}, flows: {{west: {{target: eu-west, topics: [flights], naming: %s}}}}}}"


def test_a_circle_by_identity_is_refused(bent: Callable[..., Layers]) -> None:
    circle = f"overrides: {{{THERE % 'identity'}, {ROUND % ('flights', 'identity')}}}"
    (line,) = [line for line in refused(bent(circle)) if "for ever" in line]
    assert line.startswith(f"{FILE}: overrides.eu-west.flows.back.topics: expected a way that ends")
    assert "us-east → eu-west → us-east" in line


def test_a_circle_through_the_centre_is_refused(bent: Callable[..., Layers]) -> None:
    circle = (
        f"overrides: {{us-east: {{{WORKERS}, flows: {{central: {{naming: identity}}}}}},"
        " central: {flows: {back: {target: us-east, topics: ['.*'], naming: identity}}}}"
    )
    assert any(
        "us-east → central → us-east" in line and "flows.back" in line for line in refused(bent(circle))
    )


def test_a_circle_whose_names_grow_is_refused(bent: Callable[..., Layers]) -> None:
    """MirrorMaker stops at a name that begins with the target's, which copies by identity never have."""
    circle = f"overrides: {{{THERE % 'source_prefix'}, {ROUND % ('.*', 'identity')}}}".replace(
        "topics: [flights]", "topics: ['.*flights']"
    )
    assert any("for ever" in line for line in refused(bent(circle.replace("[.*]", "['.*']"))))


def test_a_circle_that_mirrormaker_ends_is_let_be(bent: Callable[..., Layers]) -> None:
    """Both ways with prefixes: a copy that would come home is not mirrored."""
    both = f"overrides: {{{THERE % 'source_prefix'}, {ROUND % ('flights', 'source_prefix')}}}"
    assert {"us-east-to-eu-west-west", "eu-west-to-us-east-back"} <= set(flows(bent(both)))


def test_two_ways_that_meet_again_are_refused(bent: Callable[..., Layers]) -> None:
    ways = (
        "overrides: {us-east: {flows: {central: {naming: identity},"
        " west: {target: eu-west, topics: [flights], naming: identity}}},"
        " eu-west: {nodes: {kafka: {roles: [kafka, connect]}}, flows: {central: {naming: identity}}}}"
    )
    (line,) = refused(bent(ways))
    assert (
        "would arrive twice in flights of central: us-east → central and us-east → eu-west → central" in line
    )


def test_two_flows_of_one_name_are_refused(bent: Callable[..., Layers]) -> None:
    assert refused(
        bent(
            "overrides: {us-east: {flows: {a: {target: central, name: eu-west-to-central, topics: [audit]}}}}"
        )
    ) == [
        "pillar/defaults/flows.sls: flows.central: expected a name of its own (flows.central.name); "
        "eu-west-to-central is flows.a of us-east"
    ]


@pytest.mark.parametrize(
    ("one", "other", "topic"),
    [
        (["a"], ["b"], None),
        (["a", "b"], ["b", "c"], "b"),
        (["a.*"], [".*b"], None),
        (["orders\\..*"], ["orders\\.x"], "orders.x"),
        (["(broken"], ["a"], None),
    ],
)
def test_what_two_lists_of_patterns_share(one: list[str], other: list[str], topic: str | None) -> None:
    assert topic_patterns.common(one, other) == topic


def test_patterns_are_tried_on_topics_that_there_are() -> None:
    assert topic_patterns.common(["a.*"], [".*b"], ["ab"]) == "ab"


@pytest.mark.parametrize(
    ("topics", "naming", "reason"),
    [
        (r"['orders\\.replica']", "source_prefix", "it never mirrors orders.replica: MirrorMaker"),
        (r"['central\\.metrics']", "source_prefix", "it never mirrors central.metrics: MirrorMaker"),
        (r"['a\\.central\\.b']", "source_prefix", "it never mirrors a.central.b"),
        ("[__audit]", "identity", "it never mirrors __audit: names that begin with __"),
        ("[.hidden]", "identity", "it never mirrors .hidden"),
        ("[mm2-mine.internal]", "identity", "it never mirrors mm2-mine.internal: its name is one of Mirror"),
        ("[x.checkpoints.internal]", "identity", "it never mirrors x.checkpoints.internal"),
        ("[canary, 'shop.+\\\\.replica']", "source_prefix", "it never mirrors shopx.replica"),
    ],
)
def test_topics_that_mirrormaker_never_mirrors_are_refused(
    bent: Callable[..., Layers], topics: str, naming: str, reason: str
) -> None:
    quoted = topics.replace("\\\\", "\\")
    lines = refused(
        bent(
            "overrides: {us-east: {flows: {central: null, "
            f"x: {{target: central, topics: {quoted}, naming: {naming}}}}}}}}}"
        )
    )
    assert any(reason in line and FILE in line and "flows.x.topics" in line for line in lines), lines


@pytest.mark.parametrize(
    ("topics", "naming"),
    [
        ("[billing.internal]", "source_prefix"),
        (r"['central\.metrics']", "identity"),
        ("['.*']", "source_prefix"),
    ],
)
def test_topics_that_only_look_so_are_taken(bent: Callable[..., Layers], topics: str, naming: str) -> None:
    pillar = f"{{central: null, x: {{target: central, topics: {topics}, naming: {naming}}}}}"
    assert "us-east-to-central-x" in flows(bent(f"overrides: {{us-east: {{flows: {pillar}}}}}"))


def test_settings_that_pillar_gives_a_copy_are_the_targets_own(bent: Callable[..., Layers]) -> None:
    copy = "{partitions: 3, config: {retention.ms: 2592000000}}"
    made = flows(bent(f"overrides: {{central: {{topics: {{us-east.canary: {copy}}}}}}}"))
    assert made["us-east-to-central"].settings["target_settings"] == ["retention.ms"]
    assert made["eu-west-to-central"].settings["target_settings"] == []


@pytest.mark.parametrize(
    ("key", "value", "what"),
    [
        ("groups", "['bill(']", "is none"),
        ("groups", "['a,b']", "a,b"),
        ("groups_exclude", "['*']", "is none"),
    ],
)
def test_groups_that_are_no_expressions_are_refused(
    bent: Callable[..., Layers], key: str, value: str, what: str
) -> None:
    lines = refused(bent(f"overrides: {{us-east: {{flows: {{central: {{{key}: {value}}}}}}}}}"))
    assert any(f"flows.central.{key}" in line for line in lines), lines
    assert any(what in line for line in lines), lines
