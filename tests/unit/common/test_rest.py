"""Instances of a service: who is asked, in which order, and what is said when nobody answers."""

from typing import Any

import pytest
import requests
import requests_mock
from meridian.common import rest
from meridian.common.rest import Instances, RestError, reason

ONE, TWO = "https://one:1", "https://two:1"


class Refused(RestError):
    nobody = "no service answers ({}); see its journal"
    transient = (503,)


@pytest.fixture
def instances(monkeypatch: pytest.MonkeyPatch) -> Instances:
    monkeypatch.setattr(rest, "_PAUSE", 0.01)
    return Instances([f"{ONE}/", TWO], Refused, ("user", "secret"), patience=5)


def test_who_does_not_answer_or_sends_elsewhere_is_asked_last(
    instances: Instances, requests_mock: requests_mock.Mocker
) -> None:
    requests_mock.get(f"{ONE}/x", [{"exc": requests.ConnectionError}, {"text": "follower"}])
    requests_mock.get(f"{TWO}/x", [{"text": "leader"}, {"text": "follower"}])

    def elsewhere(answer: requests.Response) -> str:
        return "follows" if answer.text == "follower" else ""

    assert instances.in_turn("GET", "/x", elsewhere).text == "leader"
    assert instances.urls == (TWO, ONE)
    with pytest.raises(Refused, match=r"^no service answers \(https://two:1: follows; https://one:1.*\)"):
        instances.in_turn("GET", "/x", elsewhere)


def test_what_passes_is_asked_again_and_what_does_not_is_not(instances: Instances) -> None:
    errors: list[Any] = [Refused("busy", 503), Refused("nobody"), Refused("wrong", 400)]

    def ask() -> None:
        raise errors.pop(0)

    with pytest.raises(Refused, match="wrong"):
        instances.patiently(ask)
    assert errors == []


def test_the_environment_names_neither_proxy_nor_password(
    instances: Instances, requests_mock: requests_mock.Mocker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://elsewhere:3128")
    requests_mock.get(f"{ONE}/x")
    instances.in_turn("GET", "/x")
    sent = requests_mock.last_request
    assert sent is not None
    assert (sent.proxies, sent.headers["Authorization"]) == ({}, "Basic dXNlcjpzZWNyZXQ=")


def test_a_missing_answer_has_a_short_reason(requests_mock: requests_mock.Mocker) -> None:
    requests_mock.get(ONE, text="<html>")
    with pytest.raises(requests.RequestException) as told:
        requests.get(ONE, timeout=5).json()
    assert reason(told.value) == "answers no JSON"
    assert reason(requests.ReadTimeout("x")) == "timed out"
    assert reason(requests.ConnectionError("x")) == "connection refused or lost"


def test_without_instances_there_is_nothing_to_ask() -> None:
    with pytest.raises(ValueError, match="no instances"):
        Instances([], Refused)
