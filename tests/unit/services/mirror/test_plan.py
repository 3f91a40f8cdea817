"""A flow is changed as pillar changed, and nothing else is touched."""

from dataclasses import replace
from typing import Any

import pytest
from meridian.common.errors import MeridianError
from meridian.services.connect.client import ConnectClient
from meridian.services.mirror import plan as mirror
from meridian.services.mirror.flow import FlowSpec

from tests.doubles.connect_rest import ConnectDouble


def with_settings(flow: FlowSpec, **settings: Any) -> FlowSpec:
    return replace(flow, settings={**flow.settings, **settings})


@pytest.fixture
def applied(client: ConnectClient, flow: FlowSpec, cluster: ConnectDouble) -> ConnectClient:
    """A cluster on which the flow runs."""
    mirror.apply(client, flow, None, mirror.plan(client, flow, None))
    cluster.requests.clear()
    return client


def writes(cluster: ConnectDouble) -> list[str]:
    return [request for request in cluster.requests if not request.startswith("GET")]


def test_a_new_flow_is_made_whole(client: ConnectClient, flow: FlowSpec) -> None:
    todo = mirror.plan(client, flow, None)
    assert list(todo.create) == [f"{flow.name}.{kind}" for kind in ("source", "checkpoint", "heartbeat")]
    mirror.apply(client, flow, None, todo)
    assert sorted(client.connectors()) == sorted(todo.create)
    assert not mirror.plan(client, flow, None)


def test_another_filter_changes_one_connector_and_two_keys(
    applied: ConnectClient, flow: FlowSpec, cluster: ConnectDouble
) -> None:
    other = with_settings(flow, filter={"condition": {"header": "h", "exists": True}, "on_malformed": "pass"})
    todo = mirror.plan(applied, other, None)
    changes = todo.changes()
    assert list(changes) == [f"{flow.name}.source"]
    assert changes[f"{flow.name}.source"]["predicates.passes.on.malformed"] == {"old": "drop", "new": "pass"}
    assert len(changes[f"{flow.name}.source"]) == 2
    mirror.apply(applied, other, None, todo)
    assert writes(cluster) == [f"PUT /connectors/{flow.name}.source/config"]
    assert not mirror.plan(applied, other, None)


def test_a_connector_without_a_status_yet_is_there(
    applied: ConnectClient, flow: FlowSpec, cluster: ConnectDouble
) -> None:
    cluster.connectors[f"{flow.name}.source"]["state"] = ""
    assert not mirror.plan(applied, flow, None)


def test_a_change_is_done_when_the_workers_show_it(
    client: ConnectClient, flow: FlowSpec, cluster: ConnectDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A follower answers from what it has read of its leader's writing."""
    monkeypatch.setattr(mirror, "_POLL", 0.01)
    answer, hidden = cluster.answer, 3

    def late(method: str, path: str, body: Any) -> tuple[int, Any]:
        nonlocal hidden
        if method == "GET" and cluster.connectors and hidden:
            hidden -= 1
            return 200, {}
        return answer(method, path, body)

    monkeypatch.setattr(cluster, "answer", late)
    mirror.apply(client, flow, None, mirror.plan(client, flow, None))
    assert hidden == 0
    assert not mirror.plan(client, flow, None)


def test_a_plan_touches_nothing(applied: ConnectClient, flow: FlowSpec, cluster: ConnectDouble) -> None:
    mirror.plan(applied, with_settings(flow, tasks_max=5), None)
    assert writes(cluster) == []


def test_a_key_set_by_hand_is_taken_back(
    applied: ConnectClient, flow: FlowSpec, cluster: ConnectDouble
) -> None:
    cluster.connectors[f"{flow.name}.source"]["config"]["extra"] = "1"
    assert mirror.plan(applied, flow, None).update == {
        f"{flow.name}.source": {"extra": {"old": "1", "new": None}}
    }


def test_another_way_to_write_a_value_changes_nothing(
    applied: ConnectClient, flow: FlowSpec, cluster: ConnectDouble
) -> None:
    config = cluster.connectors[f"{flow.name}.source"]["config"]
    config["tasks.max"] = f"0{config['tasks.max']}"
    config["topics"] = ", ".join(reversed(config["topics"].split(",")))
    assert not mirror.plan(applied, flow, None)


def test_a_flow_switched_off_is_paused_and_goes_on_again(applied: ConnectClient, flow: FlowSpec) -> None:
    off = with_settings(flow, enabled=False)
    todo = mirror.plan(applied, off, None)
    assert sorted(todo.pause) == sorted(flow.connectors.values())
    mirror.apply(applied, off, None, todo)
    assert not mirror.plan(applied, off, None)
    assert sorted(mirror.plan(applied, flow, None).resume) == sorted(flow.connectors.values())


def test_a_flow_that_is_off_from_the_start_never_runs(
    client: ConnectClient, flow: FlowSpec, cluster: ConnectDouble
) -> None:
    off = with_settings(flow, enabled=False)
    mirror.apply(client, off, None, mirror.plan(client, off, None))
    assert {entry["state"] for entry in cluster.connectors.values()} == {"PAUSED"}


def test_heartbeats_switched_off_take_their_connector_away(applied: ConnectClient, flow: FlowSpec) -> None:
    bare = with_settings(flow, heartbeats=False)
    todo = mirror.plan(applied, bare, None)
    assert todo.delete == (f"{flow.name}.heartbeat",)
    assert list(todo.update) == [f"{flow.name}.source"]
    mirror.apply(applied, bare, None, todo)
    assert not mirror.plan(applied, bare, None)


def test_flows_without_pillar_are_reported_and_stay(applied: ConnectClient, cluster: ConnectDouble) -> None:
    cluster.add("somebody.elses", {})
    assert mirror.unmanaged_flows(applied, {"other-flow": {}}) == ["us-east-to-central"]
    assert mirror.unmanaged_flows(applied, {"us-east-to-central": {}}) == []
    assert writes(cluster) == []


def test_a_flow_is_removed_only_when_named_twice(
    applied: ConnectClient, flow: FlowSpec, cluster: ConnectDouble
) -> None:
    cluster.add("somebody.elses", {})
    with pytest.raises(MeridianError, match="confirm=us-east-to-central"):
        mirror.remove(applied, flow.name, "us-east")
    assert len(cluster.connectors) == 4
    mirror.remove(applied, flow.name, flow.name)
    assert list(cluster.connectors) == ["somebody.elses"]
    with pytest.raises(MeridianError, match="no flow us-east-to-central"):
        mirror.remove(applied, flow.name, flow.name)
