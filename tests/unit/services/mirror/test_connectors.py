"""What MirrorMaker is told for a flow."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from meridian.common.tls import Tls
from meridian.services.mirror.connectors import configurations
from meridian.services.mirror.flow import FlowSpec

TLS = Tls.of_service("connect", Path("/etc/meridian/pki"))


def source(flow: FlowSpec, **settings: Any) -> dict[str, str]:
    """Return the source connector's configuration with other settings."""
    return configurations(replace(flow, settings={**flow.settings, **settings}), TLS)[f"{flow.name}.source"]


def test_every_value_is_a_string(flow: FlowSpec) -> None:
    """Connect returns strings: anything else would look like a difference for ever."""
    flow = replace(flow, settings={**flow.settings, "config": {"a": 1, "b": True, "c": 0.5}})
    values = [value for config in configurations(flow, TLS).values() for value in config.values()]
    assert [value for value in values if not isinstance(value, str)] == []
    assert source(flow)["b"] == "true"


@pytest.mark.parametrize("kind", ["source", "checkpoint", "heartbeat"])
def test_headers_are_never_rewritten(flow: FlowSpec, kind: str) -> None:
    config = configurations(flow, TLS)[f"{flow.name}.{kind}"]
    assert config["header.converter"] == "org.apache.kafka.connect.converters.ByteArrayConverter"


def test_each_record_arrives_once(flow: FlowSpec) -> None:
    config = source(flow)
    assert config["exactly.once.support"] == "required"
    assert config["source.consumer.isolation.level"] == "read_committed"


def test_all_topics_that_mirrormaker_makes_have_the_flows_replicas(flow: FlowSpec) -> None:
    for config in configurations(flow, TLS).values():
        factors = {key: value for key, value in config.items() if key.endswith("replication.factor")}
        assert factors
        assert set(factors.values()) == {"3"}


def test_the_filter_is_asked_of_data_and_not_of_heartbeats_or_marks(flow: FlowSpec) -> None:
    config = source(flow)
    assert json.loads(config["predicates.passes.condition"]) == flow.settings["filter"]["condition"]
    assert config["predicates.passes.on.malformed"] == "drop"
    assert config["transforms.filter.negate"] == "true"
    exempt = config["predicates.passes.exempt.topics"].split(",")
    assert exempt == [r"(.*\.)?heartbeats", r"mm2-progress\..*\.internal"]
    assert config["progress.topic"] == "mm2-progress.us-east-to-central.internal"


def test_without_a_filter_only_what_cannot_be_mirrored_is_looked_for(flow: FlowSpec) -> None:
    config = source(flow, filter=None)
    assert config["transforms"] == "impossible"
    assert not [key for key in config if key.startswith("predicates")]


def test_a_filter_decides_before_anybody_asks_whether_a_record_can_be_mirrored(flow: FlowSpec) -> None:
    assert source(flow)["transforms"] == "filter,impossible"


@pytest.mark.parametrize("rule", ["dlq", "drop", "fail"])
def test_what_cannot_be_mirrored_goes_by_the_flows_rule(flow: FlowSpec, rule: str) -> None:
    assert source(flow, on_impossible=rule)["transforms.impossible.rule"] == rule


@pytest.mark.parametrize(("limit", "largest"), [(1048588, 33554432), (10485760, 41943040)])
def test_a_flow_has_room_for_what_its_topics_take(flow: FlowSpec, limit: int, largest: int) -> None:
    config = source(flow, max_message_bytes=limit)
    assert int(config["producer.override.max.request.size"]) == largest
    assert int(config["producer.override.buffer.memory"]) > largest
    assert int(config["transforms.impossible.max.bytes"]) == largest


def test_a_size_that_the_pillar_says_is_the_rules_as_well(flow: FlowSpec) -> None:
    config = source(flow, config={"producer.override.max.request.size": 2000000})
    assert config["producer.override.max.request.size"] == "2000000"
    assert config["transforms.impossible.max.bytes"] == "2000000"


@pytest.mark.parametrize(
    ("naming", "policy"),
    [("source_prefix", "DefaultReplicationPolicy"), ("identity", "IdentityReplicationPolicy")],
)
def test_naming(flow: FlowSpec, naming: str, policy: str) -> None:
    assert source(flow, naming=naming)["replication.policy.class"].endswith(f".{policy}")


def test_without_offset_sync_nothing_of_it_is_configured(flow: FlowSpec) -> None:
    """MirrorMaker refuses settings of offset syncs that are switched off."""
    config = source(flow, offset_sync=False)
    assert config["emit.offset-syncs.enabled"] == "false"
    assert not [key for key in config if key.startswith("offset-syncs")]


def test_heartbeats_are_written_to_the_source(flow: FlowSpec) -> None:
    config = configurations(flow, TLS)["us-east-to-central.heartbeat"]
    for key in ("producer.override", "consumer.override", "admin.override", "target.cluster"):
        assert config[f"{key}.bootstrap.servers"] == flow.source_bootstrap
        assert config[f"{key}.ssl.keystore.location"] == "/etc/meridian/pki/connect.keystore.pem"


def test_the_flows_own_settings_win(flow: FlowSpec) -> None:
    assert (
        source(flow, config={"refresh.topics.interval.seconds": 5})["refresh.topics.interval.seconds"] == "5"
    )


def test_what_pillar_sets_on_a_copy_is_not_synchronised_from_the_source(flow: FlowSpec) -> None:
    excluded = source(flow, target_settings=["retention.ms"])["config.properties.exclude"].split(",")
    assert [key for key in ("retention.ms", "retentionXms") if is_excluded(excluded, key)] == ["retention.ms"]
    # What MirrorMaker leaves to the target by itself.
    for key in ("min.insync.replicas", "message.timestamp.type", "unclean.leader.election.enable"):
        assert is_excluded(excluded, key)
    assert not is_excluded(source(flow)["config.properties.exclude"].split(","), "retention.ms")


def is_excluded(patterns: list[str], name: str) -> bool:
    """Return whether one of a connector's patterns is the whole name, as MirrorMaker asks."""
    return any(re.fullmatch(pattern, name) for pattern in patterns)


def test_groups_of_our_own_keep_their_place_in_the_target(flow: FlowSpec) -> None:
    config = configurations(flow, TLS)["us-east-to-central.checkpoint"]
    excluded = config["groups.exclude"].split(",")
    assert is_excluded(excluded, "meridian-archiver")
    assert is_excluded(excluded, "connect-us-east")
    assert not is_excluded(excluded, "billing")


def test_groups_are_taken_and_left_alone_by_pattern(flow: FlowSpec) -> None:
    settings = {**flow.settings, "groups": ["bill.*", "app"], "groups_exclude": ["billing"]}
    config = configurations(replace(flow, settings=settings), TLS)["us-east-to-central.checkpoint"]
    assert config["groups"] == "bill.*,app"
    assert is_excluded(config["groups.exclude"].split(","), "billing")
