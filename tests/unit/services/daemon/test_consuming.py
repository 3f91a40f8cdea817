"""A service that consumes, with a client that says what it is told to."""

import json
import logging
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import KafkaError, KafkaException
from meridian.services.daemon.consuming import Consuming
from meridian.services.kafka.access import KafkaAccess

DOWN = KafkaError(KafkaError._ALL_BROKERS_DOWN, "all brokers are down")


@dataclass
class Settings:
    status_file: str
    kafka: KafkaAccess = field(default_factory=lambda: KafkaAccess("kafka:9092"))
    node: str = "services-1"
    group: str = "group"
    discover_seconds: float = 0.0


class Service(Consuming):
    """Its own client too."""

    def __init__(self, folder: Path) -> None:
        settings = Settings(str(folder / "status.json"))
        super().__init__(settings, logging.getLogger("reader"), "reading", re.compile("flights.*"))
        self._consumer: Any = self
        self.listed: list[str] | None = []
        self.subscribed: list[Any] = []

    def list_topics(self, timeout: float) -> Any:
        if self.listed is None:
            raise KafkaException(DOWN)
        return type("Listed", (), {"topics": dict.fromkeys(self.listed)})

    def subscribe(self, topics: list[str], **callbacks: Any) -> None:
        self.subscribed.append(topics)
        callbacks["on_assign"](self, [])

    def unsubscribe(self) -> None:
        self.subscribed.append(None)

    def _on_assign(self, consumer: Any, assigned: Any) -> None:
        self._joined = True

    def _on_revoke(self, consumer: Any, revoked: Any) -> None:
        """There is nothing to let go of."""

    def once(self) -> dict[str, Any]:
        """Go around; return what it says of itself."""
        self._end_if_dead()
        self._discover()
        return self._tell(7, {"stored": 3})

    def hear(self, error: KafkaError) -> None:
        """Take an error as the client tells it."""
        self._client()["error_cb"](error)


@pytest.fixture
def service(tmp_path: Path) -> Service:
    return Service(tmp_path)


def test_topics_are_followed_as_they_come_and_go(service: Service) -> None:
    for listed in (["other"], ["flights"], ["flights", "flights.b"], ["flights", "flights.b"], []):
        service.listed = listed
        service.once()
    assert service.subscribed == [["flights"], ["flights", "flights.b"], None]


def test_it_says_how_it_is(service: Service, tmp_path: Path) -> None:
    said = []
    for listed in (None, [], ["flights"]):
        service.listed = listed
        said.append(service.once())
    assert [one["state"] for one in said] == ["retrying", "running", "running"]
    assert said[0]["problems"] == ["Kafka kafka:9092: all brokers are down"]
    status = json.loads((tmp_path / "status.json").read_text())
    assert (status["lag_records"], status["stored"], status["topics"]) == (7, 3, ["flights"])


def test_a_client_that_cannot_go_on_ends_the_service(service: Service) -> None:
    service.hear(DOWN)
    assert service.once()["state"] == "running"  # the topics were listed after all
    service.hear(KafkaError(KafkaError._FATAL, "fenced"))
    with pytest.raises(KafkaException, match="fenced"):
        service.once()
