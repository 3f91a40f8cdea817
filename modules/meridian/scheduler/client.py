"""REST client of a region's scheduler; whichever instance leads answers."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import requests

from meridian.errors import MeridianError
from meridian.scheduler.services import BROKERS, Service

USER = "api"
_CONNECT_SECONDS = 5.0
_ANSWER_SECONDS = 30.0


class SchedulerClient:
    """The scheduler of one region.

    :param addresses: ``https://host:port`` of every agent: it runs on one of them.
    :param password: of its user ``api``.
    :param ca: the platform's CA.
    :ivar service: what it runs.
    """

    def __init__(self, addresses: Sequence[str], password: str, ca: Path, service: Service = BROKERS) -> None:
        self.service = service
        self._addresses = list(addresses)
        self._session = requests.Session()
        # Neither a proxy nor an authority of the environment's: these are the platform's own addresses.
        self._session.trust_env = False
        self._session.auth = (USER, password)
        self._session.verify = str(ca)
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
            answer = self._session.post(
                address + path,
                data=dict(parameters or {}),
                timeout=(_CONNECT_SECONDS, _ANSWER_SECONDS + seconds),
            )
            content = answer.json()
        except (requests.RequestException, ValueError) as error:
            self._leader = ""
            raise MeridianError(
                f"{self.service.name} {address}: no answer to {path}: {_short(error)}"
            ) from error
        if answer.status_code != requests.codes.ok:
            self._leader = ""
            reason = content.get("error", answer.reason) if isinstance(content, Mapping) else answer.reason
            raise MeridianError(f"{self.service.name} {address}: {path}: {reason}")
        return dict(content)

    def leader(self) -> str:
        """Return the address of the instance that leads.

        :raises MeridianError: none does; with what each said.
        """
        said = []
        for address in self._addresses:
            try:
                answer = self._session.get(f"{address}/health", timeout=(_CONNECT_SECONDS, _CONNECT_SECONDS))
            except requests.RequestException as error:
                said.append(f"{address}: {_short(error)}")
                continue
            if answer.status_code == requests.codes.ok:
                self._leader = address
                return address
            said.append(f"{address}: {' '.join(answer.text.split())[:200]}")
        raise MeridianError(f"no {self.service.name} leads; asked {'; '.join(said)}")


def _short(error: Exception) -> str:
    text = " ".join(str(error).split())
    # What requests wraps around the reason says nothing to an operator.
    return text.rpartition("Caused by ")[2][:200] or type(error).__name__
