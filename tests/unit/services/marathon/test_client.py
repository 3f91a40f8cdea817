"""Talking to Marathon's instances, which come and go."""

import socket
from pathlib import Path

import pytest
import requests
from meridian.common.errors import MeridianError
from meridian.services.marathon import client as client_module
from meridian.services.marathon.client import MarathonClient, MarathonError, read_credentials

from tests.doubles.marathon_memory import CREDENTIALS, MarathonMemory


def closed_port() -> str:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{held.getsockname()[1]}"


def test_a_dead_instance_is_passed_over_and_asked_last_from_then_on(marathon: MarathonMemory) -> None:
    dead = closed_port()
    client = MarathonClient([dead, marathon.url], CREDENTIALS)
    assert client.apps() == []
    assert client.urls == (marathon.url, dead)


def test_when_none_answers_each_is_named() -> None:
    dead = [closed_port(), closed_port()]
    with pytest.raises(MarathonError) as error:
        MarathonClient(dead, CREDENTIALS, patience=0).apps()
    assert all(url in str(error.value) for url in dead)
    assert "journalctl -u meridian-marathon" in str(error.value)


def test_a_request_waits_for_a_leader(marathon: MarathonMemory, client: MarathonClient) -> None:
    marathon.refuse = 2
    assert client.apps() == []
    assert marathon.requests == ["GET /v2/apps"] * 3


@pytest.mark.parametrize(("method", "asked_again"), [("GET", True), ("PUT", False)])
def test_a_leader_that_dies_while_it_is_asked_is_asked_for_again(method: str, asked_again: bool) -> None:
    answer = requests.Response()
    answer.status_code, answer.request = 500, requests.Request(method, "https://node:8443").prepare()
    assert bool(client_module._no_leader(answer)) is asked_again


def test_a_wrong_password_is_said_as_such(marathon: MarathonMemory) -> None:
    with pytest.raises(MarathonError, match=r"wrong user or password, apply marathon\.config") as error:
        MarathonClient([marathon.url], ("admin", "guessed")).apps()
    assert error.value.status == 401


def test_what_marathon_dislikes_of_a_definition_is_told(client: MarathonClient) -> None:
    with pytest.raises(MarathonError, match=r"422 Object is not valid \(/constraints\(0\): Constraint"):
        client.put_app("/web", {"cmd": "true", "constraints": [["hostname", "ALONE"]]})


def test_an_app_under_deployment_tells_by_what(marathon: MarathonMemory, client: MarathonClient) -> None:
    marathon.stuck()
    deployment = client.put_app("/web", {"cmd": "true"})
    with pytest.raises(MarathonError, match="locked by one or more deployments") as error:
        client.put_app("/web", {"cmd": "false"})
    assert (error.value.status, error.value.deployments) == (409, (deployment,))
    assert client.put_app("/web", {"cmd": "false"}, force=True) != deployment


def test_events_are_heard_as_they_happen(client: MarathonClient) -> None:
    events = client.events(["event_stream_attached", "deployment_success"])
    assert next(events)["eventType"] == "event_stream_attached"
    deployment = client.put_app("/web", {"cmd": "true"})
    assert next(events)["id"] == deployment


def test_credentials_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "credentials"
    with pytest.raises(MeridianError, match=r"No such file or directory; apply the state marathon\.config"):
        read_credentials(file)
    file.write_text("admin:")
    with pytest.raises(MeridianError, match="not of the form user:password"):
        read_credentials(file)
    file.write_text("admin:a:b\n")
    assert read_credentials(file) == ("admin", "a:b")
