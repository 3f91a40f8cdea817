"""Talking to a Connect cluster whose workers come and go."""

import socket

import pytest
from meridian.services.connect.client import ConnectClient, ConnectError

from tests.doubles.connect_rest import ConnectDouble


def closed_port() -> str:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{held.getsockname()[1]}"


def test_a_dead_worker_is_passed_over_and_asked_last_from_then_on(worker: str) -> None:
    dead = closed_port()
    client = ConnectClient([dead, worker])
    assert client.cluster_id() == "double"
    assert client.workers == (worker, dead)


def test_when_no_worker_answers_each_is_named(worker: str) -> None:
    dead = [closed_port(), closed_port()]
    with pytest.raises(ConnectError) as error:
        ConnectClient(dead, patience=0).connectors()
    assert all(url in str(error.value) for url in dead)
    assert error.value.status == 0


def test_a_request_waits_out_a_rebalance(cluster: ConnectDouble, client: ConnectClient) -> None:
    cluster.conflicts = 2
    client.create("one", {"connector.class": "x"})
    assert list(client.connectors()) == ["one"]


def test_a_refused_configuration_carries_the_workers_reason(client: ConnectClient) -> None:
    with pytest.raises(ConnectError, match=r"400 connector\.class is missing") as error:
        client.create("one", {})
    assert error.value.status == 400


def test_a_connector_may_be_created_paused(cluster: ConnectDouble, client: ConnectClient) -> None:
    client.create("one", {"connector.class": "x"}, paused=True)
    assert cluster.connectors["one"]["state"] == "PAUSED"


def test_offsets_are_written_to_a_stopped_connector_alone(
    cluster: ConnectDouble, client: ConnectClient
) -> None:
    offsets = [{"partition": {"topic": "t", "partition": 0}, "offset": {"offset": 7}}]
    client.create("one", {"connector.class": "x"})
    with pytest.raises(ConnectError, match="STOPPED"):
        client.set_offsets("one", offsets)
    client.create("two", {"connector.class": "x"}, stopped=True)
    client.set_offsets("two", offsets)
    assert client.offsets("two") == offsets


def test_names_are_quoted(cluster: ConnectDouble, client: ConnectClient) -> None:
    with pytest.raises(ConnectError, match="404"):
        client.status("a b")
    assert cluster.requests == ["GET /connectors/a%20b/status"]


def test_health_of_one_worker(worker: str) -> None:
    client = ConnectClient([worker])
    assert client.healthy(worker)
    assert not client.healthy(closed_port())
