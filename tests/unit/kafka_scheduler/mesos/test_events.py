"""Events of a master, as it sends them."""

from typing import Any

import pytest
from kafka_scheduler.core.state import AgentLost, Event, InverseOffers, Offers, Subscribed, Updated
from kafka_scheduler.core.updates import Status
from kafka_scheduler.mesos import events

from tests.unit.kafka_scheduler.core.build import offer, plain


@pytest.mark.parametrize(
    ("data", "event"),
    [
        ({"type": "HEARTBEAT"}, None),
        ({"type": "RESCIND", "rescind": {"offer_id": {"value": "o"}}}, None),
        ({"type": "NEW_IN_LATER_VERSIONS"}, None),
        ({"type": "SUBSCRIBED", "subscribed": {"framework_id": {"value": "f"}}}, Subscribed("f")),
        ({"type": "OFFERS", "offers": {"offers": [plain("a", rack="r1")]}}, Offers((offer("a", rack="r1"),))),
        (
            {
                "type": "UPDATE",
                "update": {"status": {"task_id": {"value": "t"}, "state": "TASK_RUNNING"}},
            },
            Updated(Status("t", "", "TASK_RUNNING")),
        ),
        ({"type": "FAILURE", "failure": {"agent_id": {"value": "a"}}}, AgentLost("a")),
        (
            {
                "type": "FAILURE",
                "failure": {"agent_id": {"value": "a"}, "executor_id": {"value": "e"}, "status": 1},
            },
            None,
        ),
        (
            {
                "type": "INVERSE_OFFERS",
                "inverse_offers": {"inverse_offers": [{"id": {"value": "i"}, "agent_id": {"value": "a"}}]},
            },
            InverseOffers({"i": "a"}),
        ),
    ],
)
def test_events(data: dict[str, Any], event: Event | None) -> None:
    assert events.parse(data) == event


def test_what_may_be_taken_back_at_any_time_is_not_used() -> None:
    data = plain("a")
    data["resources"][0]["revocable"] = {}
    found = events.parse({"type": "OFFERS", "offers": {"offers": [data]}})
    assert isinstance(found, Offers)
    assert {one.name for one in found.offers[0].resources} == {"mem", "disk", "ports"}


@pytest.mark.parametrize(
    ("ip", "url"), [("10.0.0.1", "10.0.0.1:5051"), ("fd00::1", "[fd00::1]:5051"), (None, "a.example:5051")]
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_an_agents_address_is_kept_without_the_scheme_that_mesos_says(
    scheme: str, ip: str | None, url: str
) -> None:
    data = plain("a")
    data["url"] = {"scheme": scheme, "address": {"hostname": "a.example", "ip": ip, "port": 5051}}
    found = events.parse({"type": "OFFERS", "offers": {"offers": [data]}})
    assert isinstance(found, Offers)
    assert found.offers[0].url == url
