"""Brokers of a node: which, stopped when their partitions allow it, started again, their volumes given up."""

from collections.abc import Mapping
from typing import Any

import pytest
from meridian.common.errors import MeridianError
from meridian.services.mesos.scheduler.hosted import HostedBrokers

NODE = "kafka-1.us-east.test"
VOLUME = {"id": "kafka-1-data-x", "hostname": NODE, "agentId": "S1"}
BROKERS = [
    {"id": "2", "task": {"hostname": NODE}, "volumes": [{**VOLUME, "id": "kafka-2-data-y"}]},
    {"id": "1", "volumes": [VOLUME, {**VOLUME, "id": "kafka-1-old", "agentId": "S0"}]},
    {"id": "3", "task": {"hostname": "kafka-2.us-east.test"}},
    {"id": "0", "task": {"hostname": NODE}},
]


class Rest:
    """A scheduler at its REST API.

    :ivar asked: path and parameters of each operation.
    """

    def __init__(self, *answers: dict[str, Any] | MeridianError) -> None:
        self._answers = list(answers)
        self.asked: list[tuple[str, dict[str, str]]] = []

    def instances(self) -> list[dict[str, Any]]:
        return BROKERS

    def leader(self) -> str:
        return "https://a:7000"

    def ask(
        self, path: str, parameters: Mapping[str, str] | None = None, seconds: float = 0.0
    ) -> dict[str, Any]:
        self.asked.append((path, dict(parameters or {})))
        answer = self._answers.pop(0) if self._answers else {}
        if isinstance(answer, MeridianError):
            raise answer
        return answer


def hosted(rest: Rest) -> HostedBrokers:
    return HostedBrokers(rest, lambda seconds: None)


def test_those_on_a_node_are_told_apart() -> None:
    assert hosted(Rest()).on(NODE) == [0, 2]


def test_a_broker_that_must_stay_up_is_not_stopped_later_either() -> None:
    why = "broker 2 is running: flights-0 would have 1 replicas in sync, and needs 2"
    rest = Rest({"status": "timeout", "message": why, "plan": "stop-4"})
    with pytest.raises(MeridianError, match=rf"^broker 2 stays up: {why} \(waited 30 s\)$"):
        hosted(rest).stop(2, 30)
    assert rest.asked == [
        ("/api/broker/stop", {"broker": "2", "timeout": "30s"}),
        ("/api/plan/cancel", {"plan": "stop-4"}),
    ]


def test_a_broker_is_stopped() -> None:
    rest = Rest({"status": "stopped"})
    hosted(rest).stop(2, 30)
    assert [path for path, _ in rest.asked] == ["/api/broker/stop"]


def test_brokers_are_started_by_whoever_leads_next() -> None:
    rest = Rest(MeridianError("no Kafka scheduler leads"), {"status": "started"})
    hosted(rest).start((0, 2), 30)
    assert [parameters["broker"] for _, parameters in rest.asked] == ["0,2", "0,2"]


def test_why_a_broker_does_not_start_is_told() -> None:
    rest = Rest({"status": "timeout", "message": "broker 0 is starting: disk (root): 10 of 2048 (kafka-1)"})
    with pytest.raises(MeridianError, match=r"^broker 0 is starting: disk \(root\): 10 of 2048"):
        hosted(rest).start((0,), 0.1)


def test_volumes_of_the_agent_that_is_gone_are_given_up_and_no_others() -> None:
    rest = Rest()
    assert hosted(rest).give_up(NODE, "S1") == ["kafka-2-data-y", "kafka-1-data-x"]
    assert rest.asked == [
        ("/api/broker/volume/give-up", {"broker": number, "volume": name, "confirm": name})
        for number, name in (("2", "kafka-2-data-y"), ("1", "kafka-1-data-x"))
    ]
