"""A flow that is renamed, or takes a topic from another, goes on where that was: each record arrives once."""

from dataclasses import replace
from typing import Any

import pytest
from meridian.services.connect.client import ConnectClient, ConnectError
from meridian.services.mirror import handover, ownership, unmanaged
from meridian.services.mirror import plan as mirror
from meridian.services.mirror.connectors import configurations
from meridian.services.mirror.flow import FlowSpec, from_pillar

from tests.doubles.connect_rest import ConnectDouble
from tests.unit.services.mirror.conftest import PILLAR


def spec(name: str, **settings: Any) -> FlowSpec:
    return from_pillar(name, {**PILLAR, **settings})


def at(topic: str, partition: int, offset: int) -> dict[str, Any]:
    where = {"cluster": "us-east", "topic": topic, "partition": partition}
    return {"partition": where, "offset": {"offset": offset}}


def runs(cluster: ConnectDouble, flow: FlowSpec, *offsets: dict[str, Any], mark: bool = True) -> None:
    """Put a flow's connectors there as they are when it has read so far; without a mark as of old."""
    for name, config in configurations(flow, None).items():
        kept = {key: value for key, value in config.items() if mark or key != ownership.MARKER}
        cluster.add(name, kept)
    cluster.connectors[flow.connectors["source"]]["offsets"] = list(offsets)


def deploy(client: ConnectClient, *flows: FlowSpec, policy: str = "pause") -> None:
    """Do what ``connect.flows`` does."""
    for flow in flows:
        todo = mirror.plan(client, flow, None, flows)
        if todo:
            mirror.apply(client, flow, None, todo, flows)
            assert not mirror.plan(client, flow, None, flows)
    unmanaged.settle(client, [flow.name for flow in flows], policy)


def states(cluster: ConnectDouble, kind: str = "source") -> dict[str, str]:
    return {
        name.removesuffix(f".{kind}"): entry["state"]
        for name, entry in cluster.connectors.items()
        if name.endswith(f".{kind}")
    }


def read(client: ConnectClient, flow: FlowSpec) -> dict[handover.Partition, int]:
    return handover.read(client.offsets(flow.connectors["source"]))


OLD, NEW = spec("us-east-to-central"), spec("us-east-to-central-main")


@pytest.mark.parametrize("mark", [True, False])
def test_a_renamed_flow_goes_on_where_it_was(
    cluster: ConnectDouble, client: ConnectClient, mark: bool
) -> None:
    """Marked, or made by the code that named flows after one another."""
    runs(cluster, OLD, at("flights", 0, 41), at("flights", 1, 7), mark=mark)
    deploy(client, NEW)
    assert read(client, NEW) == {("flights", 0): 41, ("flights", 1): 7}
    assert states(cluster) == {OLD.name: "STOPPED", NEW.name: "RUNNING"}
    assert states(cluster, "heartbeat") == {OLD.name: "PAUSED", NEW.name: "RUNNING"}


def test_the_old_one_is_stopped_before_the_new_one_is_there(
    cluster: ConnectDouble, client: ConnectClient
) -> None:
    runs(cluster, OLD, at("flights", 0, 41))
    deploy(client, NEW)
    did = [one for one in cluster.requests if not one.startswith("GET")]
    assert did[:4] == [
        f"PUT /connectors/{OLD.name}.source/stop",
        "POST /connectors",
        f"PATCH /connectors/{NEW.name}.source/offsets",
        "POST /connectors",
    ]
    assert did.index(f"PATCH /connectors/{NEW.name}.source/offsets") < did.index(
        f"PUT /connectors/{NEW.name}.source/resume"
    )


def test_a_second_deployment_changes_nothing(cluster: ConnectDouble, client: ConnectClient) -> None:
    runs(cluster, OLD, at("flights", 0, 41))
    deploy(client, NEW)
    cluster.connectors[f"{NEW.name}.source"]["offsets"] = [at("flights", 0, 99)]
    cluster.requests.clear()
    deploy(client, NEW)
    assert [one for one in cluster.requests if not one.startswith("GET")] == []


STEPS = ("PUT /connectors/us-east-to-central.source/stop", "POST /connectors", "PATCH", "resume")


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("done", [True, False])
def test_killed_in_a_step_it_is_gone_on_with(
    cluster: ConnectDouble,
    client: ConnectClient,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    done: bool,
) -> None:
    """Killed before a request, or right after it."""
    runs(cluster, OLD, at("flights", 0, 41), mark=False)
    answer = cluster.answer

    def killed(method: str, path: str, body: Any) -> tuple[int, Any]:
        if step in f"{method} {path}":
            if done:
                answer(method, path, body)
            return 422, {"message": "killed"}
        return answer(method, path, body)

    with monkeypatch.context() as patch:
        patch.setattr(cluster, "answer", killed)
        with pytest.raises(ConnectError, match="killed"):
            deploy(client, NEW)
    deploy(client, NEW)
    assert read(client, NEW) == {("flights", 0): 41}
    assert states(cluster) == {OLD.name: "STOPPED", NEW.name: "RUNNING"}


def test_back_under_its_old_name_it_does_not_begin_where_that_was_left(
    cluster: ConnectDouble, client: ConnectClient
) -> None:
    runs(cluster, OLD, at("flights", 0, 41))
    deploy(client, NEW)
    cluster.connectors[f"{NEW.name}.source"]["offsets"] = [at("flights", 0, 99)]
    deploy(client, OLD)
    assert read(client, OLD) == {("flights", 0): 99}
    assert states(cluster) == {OLD.name: "RUNNING", NEW.name: "STOPPED"}


def test_one_flow_becomes_two(cluster: ConnectDouble, client: ConnectClient) -> None:
    runs(cluster, OLD, at("flights", 0, 41), at("canary", 0, 3))
    one, two = spec("one", topics=["flights"]), spec("two", topics=["can.*"], heartbeats=False)
    deploy(client, one, two)
    assert read(client, one) == {("flights", 0): 41}
    assert read(client, two) == {("canary", 0): 3}
    assert states(cluster) == {OLD.name: "STOPPED", "one": "RUNNING", "two": "RUNNING"}


@pytest.mark.parametrize("turn", [1, -1])
def test_a_topic_moves_from_one_flow_to_another(
    cluster: ConnectDouble, client: ConnectClient, turn: int
) -> None:
    """Whichever is changed first."""
    runs(cluster, OLD, at("flights", 0, 41), at("canary", 0, 3))
    runs(cluster, spec("other", topics=["orders"]), at("orders", 0, 5), at("canary", 0, 1))
    flows = [spec(OLD.name, topics=["flights"]), spec("other", topics=["orders", "canary"])]
    deploy(client, *flows[::turn])
    assert read(client, flows[1]) == {("orders", 0): 5, ("canary", 0): 3}
    assert states(cluster) == {OLD.name: "RUNNING", "other": "RUNNING"}
    assert cluster.connectors[f"{OLD.name}.source"]["config"]["topics"] == "flights"


def test_a_platform_on_which_a_second_flow_had_doubled_the_first(
    cluster: ConnectDouble, client: ConnectClient
) -> None:
    """Code of before left us-east-to-central running beside the two that it made."""
    audit = spec("us-east-to-central-audit", topics=["audit"], heartbeats=False)
    runs(cluster, OLD, at("flights", 0, 41), mark=False)
    runs(cluster, spec("us-east-to-central-central"), at("flights", 0, 42), mark=False)
    runs(cluster, spec(audit.name, topics=["audit"]), at("audit", 0, 9), mark=False)
    deploy(client, OLD, audit)
    assert read(client, OLD) == {("flights", 0): 42}
    assert read(client, audit) == {("audit", 0): 9}
    assert states(cluster) == {
        OLD.name: "RUNNING",
        "us-east-to-central-central": "STOPPED",
        audit.name: "RUNNING",
    }
    assert states(cluster, "heartbeat") == {OLD.name: "RUNNING", "us-east-to-central-central": "PAUSED"}


@pytest.mark.parametrize(
    "other",
    [
        {"source": "eu-west"},
        {"naming": "identity"},
        {"topics": ["orders"]},
    ],
)
def test_from_what_goes_another_way_nothing_is_taken_over(
    cluster: ConnectDouble, client: ConnectClient, other: dict[str, Any]
) -> None:
    name = "eu-west-to-central" if "source" in other else "us-east-to-central-x"
    topic = "orders" if "topics" in other else "flights"
    gone = spec(name, heartbeats=False, **other)
    runs(cluster, gone, at(topic, 0, 41))
    deploy(client, NEW)
    assert read(client, NEW) == {}
    assert states(cluster) == {name: "PAUSED", NEW.name: "RUNNING"}


def test_connectors_of_others_are_never_touched(cluster: ConnectDouble, client: ConnectClient) -> None:
    """MirrorMaker's connectors of somebody's own, and a sink that is named like a flow of ours."""
    theirs = dict(configurations(OLD, None)[f"{OLD.name}.source"])
    del theirs[ownership.MARKER]
    cluster.add("their.source", theirs)
    cluster.add("us-east-to-central.source.sink", {"connector.class": "a.Sink"})
    cluster.add("orders.source", {"connector.class": "io.debezium.connector.Postgres"})
    deploy(client, NEW, policy="remove")
    assert {name: entry["state"] for name, entry in cluster.connectors.items() if NEW.name not in name} == {
        "their.source": "RUNNING",
        "us-east-to-central.source.sink": "RUNNING",
        "orders.source": "RUNNING",
    }


@pytest.mark.parametrize(("policy", "state"), [("pause", "PAUSED"), ("report", "RUNNING"), ("remove", None)])
def test_connectors_without_a_flow_become_what_the_pillar_says(
    cluster: ConnectDouble, client: ConnectClient, policy: str, state: str | None
) -> None:
    runs(cluster, OLD)
    deploy(client, policy=policy)
    assert set(states(cluster).values()) == ({state} if state else set())


def test_one_that_has_failed_is_stopped_as_it_cannot_be_paused(
    cluster: ConnectDouble, client: ConnectClient
) -> None:
    runs(cluster, OLD)
    cluster.connectors[f"{OLD.name}.source"]["state"] = "FAILED"
    deploy(client)
    assert states(cluster) == {OLD.name: "STOPPED"}


def test_a_flow_that_is_taken_out_disturbs_no_other(cluster: ConnectDouble, client: ConnectClient) -> None:
    """It may have carried what another one carries, long ago: heartbeats, by the code of before."""
    runs(cluster, OLD, at("flights", 0, 41), at("heartbeats", 0, 7))
    gone = spec("us-east-to-central-plain", topics=["odd"], heartbeats=False)
    runs(cluster, gone, at("odd", 0, 3), at("heartbeats", 0, 5))
    deploy(client, OLD)
    assert states(cluster) == {OLD.name: "RUNNING", gone.name: "PAUSED"}
    assert [one for one in cluster.requests if OLD.name + "." in one and not one.startswith("GET")] == []


def test_a_topic_that_a_flow_has_had_all_along_keeps_its_position(
    cluster: ConnectDouble, client: ConnectClient
) -> None:
    """What an old connector has of it may be of a topic that was deleted and made again."""
    runs(cluster, OLD, at("flights", 0, 900), at("audit", 0, 9))
    cluster.connectors[f"{OLD.name}.source"] |= {"state": "PAUSED", "tasks": []}
    runs(cluster, NEW, at("flights", 0, 80))
    more = spec(NEW.name, topics=["flights", "canary", "audit"])
    deploy(client, more)
    assert read(client, more) == {("flights", 0): 80, ("audit", 0): 9}


def test_a_flow_that_is_off_takes_over_and_stays_off(cluster: ConnectDouble, client: ConnectClient) -> None:
    runs(cluster, OLD, at("flights", 0, 41))
    off = replace(NEW, settings={**NEW.settings, "enabled": False})
    deploy(client, off)
    assert read(client, off) == {("flights", 0): 41}
    assert states(cluster) == {OLD.name: "STOPPED", NEW.name: "STOPPED"}


def test_one_connector_that_no_flow_has_is_removed_by_its_own_name(
    cluster: ConnectDouble, client: ConnectClient
) -> None:
    cluster.add("copy", configurations(OLD, None)[f"{OLD.name}.source"])
    assert mirror.remove(client, "copy", "copy") == ["copy"]
    assert [one for one in cluster.requests if not one.startswith("GET")] == [
        "PUT /connectors/copy/stop",
        "DELETE /connectors/copy",
    ]
    assert cluster.connectors == {}
