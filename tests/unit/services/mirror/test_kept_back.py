"""What is said of records that do not reach a flow."""

import time
from dataclasses import replace

import pytest
from meridian.services.mirror import copies, kept_back
from meridian.services.mirror.flow import FlowSpec
from meridian.services.mirror.kept_back import OpenTransaction


def opened(seconds: float) -> OpenTransaction:
    """Return a transaction that is open for so long."""
    return OpenTransaction("txn", 0, 17, int((time.time() - seconds) * 1000))


def test_a_transaction_that_is_open_for_long_is_told_with_how_to_end_it() -> None:
    (line,) = kept_back.open_too_long("us-east", [opened(240)])
    assert line.startswith("txn/0 of us-east: a transaction that is open since ")
    assert "(240 s)" in line
    assert "from offset 17 on" in line
    assert "--topic txn --partition 0 --start-offset 17" in line


def test_one_that_was_just_begun_is_usual() -> None:
    assert kept_back.open_too_long("us-east", [opened(5)]) == []


def test_removed_records_are_told_with_their_number_and_place() -> None:
    (line,) = kept_back.removed("us-east", {("neg", 3): 90})
    assert line.startswith("neg/3 of us-east: 90 records were removed")


def test_a_topic_that_ends_before_the_flows_place_was_made_again() -> None:
    (line,) = kept_back.made_again("us-east", {("again", 0): (30, 10)})
    assert line.startswith("again/0 of us-east: ends at offset 10, and the flow has read to 30")


@pytest.mark.parametrize(
    ("topic", "into", "told"),
    [
        ("orders.replica", [], True),
        ("central.metrics", [], True),
        # A copy that a flow of the other direction made is rightly not sent back.
        ("central.metrics", ["central"], False),
        ("__consumer_offsets", [], False),
        ("mm2-offset-syncs.us-east.internal", [], False),
    ],
)
def test_users_topics_that_are_never_mirrored_are_named(topic: str, into: list[str], told: bool) -> None:
    lines = kept_back.never_mirrored("us-east", {topic: "of a reason"}, into)
    assert [
        line.startswith(f"topic {topic} of us-east is never mirrored: of a reason") for line in lines
    ] == ([True] if told else [])


def test_a_copy_that_was_deleted_or_made_again_is_told(flow: FlowSpec) -> None:
    bare = replace(flow, settings={**flow.settings, "filter": None})
    there = {"us-east.flights": 12, "us-east.canary": 0}
    (line,) = copies.lines(bare, ["flights", "canary"], there)
    assert line.startswith("topic us-east.canary of central is empty though the flow has mirrored canary")
    (line,) = copies.lines(bare, ["flights"], {})
    assert line.startswith("topic us-east.flights is not in central though the flow has mirrored flights")


def test_an_empty_copy_of_a_filtered_flow_is_usual(flow: FlowSpec) -> None:
    assert copies.lines(flow, ["canary"], {"us-east.canary": 0}) == []


def test_copies_are_named_as_mirrormaker_names_them(flow: FlowSpec) -> None:
    same = replace(flow, settings={**flow.settings, "naming": "identity"})
    assert (flow.copy_of("flights"), same.copy_of("flights")) == ("us-east.flights", "flights")
    assert same.copy_of("heartbeats") == "us-east.heartbeats"
