"""REST client of a region's scheduler; whichever instance leads answers."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import requests

from meridian.common.errors import MeridianError
from meridian.common.rest import Instances, RestError, reason
from meridian.services.mesos.scheduler.services import BROKERS, Service

USER = "api"
_CONNECT_SECONDS = 5.0
_ANSWER_SECONDS = 30.0


class SchedulerError(RestError):
    """No instance of a scheduler leads."""

    nobody = "asked {}"


class SchedulerClient:
    """The scheduler of one region.

    :param addresses: ``https://host:port`` of every agent: it runs on one of them.
    :param password: of its user ``api``.
    :param ca: the platform's CA.
    :ivar service: what it runs.
    """

    def __init__(self, addresses: Sequence[str], password: str, ca: Path, service: Service = BROKERS) -> None:
        self.service = service
        self._instances = Instances(addresses, SchedulerError, (USER, password), ca)
        self._leader = ""

    def instances(self) -> list[dict[str, Any]]:
        """Return all brokers or nodes, as ``/api/broker/list`` tells them."""
        return list(self.ask(f"{self.service.prefix}/list")[self.service.plural])

    def ask(
        self, path: str, parameters: Mapping[str, str] | None = None, seconds: float = 0.0
    ) -> dict[str, Any]:
        """Do one operation.

        :param path: e.g. ``/api/broker/start``.
        :param parameters: of the operation, e.g. ``{"broker": "1"}``.
        :param seconds: how long the operation itself may take, beyond the time of an answer.
        :raises MeridianError: no instance leads, or it refuses; with its words.
        """
        address = self._leader or self.leader()
        try:
            # Of the leader alone, and once: what it does is not to be done twice.
            answer = self._instances.ask(
                "POST",
                address + path,
                data=dict(parameters or {}),
                timeout=(_CONNECT_SECONDS, _ANSWER_SECONDS + seconds),
            )
            content = answer.json()
        except (requests.RequestException, ValueError) as error:
            self._leader = ""
            why = reason(error)
            raise MeridianError(f"{self.service.name} {address}: no answer to {path}: {why}") from error
        if answer.status_code != requests.codes.ok:
            self._leader = ""
            why = content.get("error", answer.reason) if isinstance(content, Mapping) else answer.reason
            raise MeridianError(f"{self.service.name} {address}: {path}: {why}")
        return dict(content)

    def leader(self) -> str:
        """Return the address of the instance that leads.

        :raises MeridianError: none does; with what each said.
        """
        self._leader = ""
        try:
            self._instances.in_turn("GET", "/health", _does_not_lead, timeout=_CONNECT_SECONDS)
        except SchedulerError as error:
            raise MeridianError(f"no {self.service.name} leads; {error}") from error
        # Those that do not lead stand behind the one that does.
        self._leader = self._instances.urls[0]
        return self._leader


def _does_not_lead(answer: requests.Response) -> str:
    return "" if answer.status_code == requests.codes.ok else " ".join(answer.text.split())[:200]
