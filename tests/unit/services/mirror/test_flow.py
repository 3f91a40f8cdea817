"""A flow read from pillar."""

import pytest
from meridian.common.errors import MeridianError
from meridian.services.mirror.flow import flow_of, from_pillar

from tests.unit.services.mirror.conftest import PILLAR


def test_what_pillar_lacks_is_named() -> None:
    with pytest.raises(MeridianError, match="flows:west lacks source_bootstrap, topics"):
        from_pillar("west", {**PILLAR, "source_bootstrap": "", "topics": []})


def test_a_topic_that_mirrormaker_would_take_for_two_is_refused() -> None:
    with pytest.raises(MeridianError, match=r"'a\{1,2\}' has a comma"):
        from_pillar("west", {**PILLAR, "topics": ["flights", "a{1,2}"]})


def test_a_flow_is_made_of_what_its_settings_ask_for() -> None:
    assert list(from_pillar("west", PILLAR).connectors) == ["source", "checkpoint", "heartbeat"]
    bare = from_pillar("west", {**PILLAR, "offset_sync": False, "heartbeats": False})
    assert bare.connectors == {"source": "west.source"}


@pytest.mark.parametrize(
    ("connector", "flow"),
    [("us-east-to-central.source", "us-east-to-central"), ("my.own.sink", None), ("source", None)],
)
def test_only_our_connectors_belong_to_a_flow(connector: str, flow: str | None) -> None:
    assert flow_of(connector) == flow
