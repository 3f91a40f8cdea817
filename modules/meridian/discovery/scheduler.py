"""The Kafka scheduler: its brokers are where their tasks are."""

from collections.abc import Iterator, Mapping
from typing import Any

from meridian.discovery import names
from meridian.discovery.https import Access
from meridian.discovery.model import DiscoveryError, Endpoint, Wanted

_LIST = "/api/broker/list"


class Scheduler:
    """Brokers of a region.

    :param access: the scheduler's API.
    :param backends: name of a task's port (``internal``, ``external``) → backend that leads to it.
    """

    name = "scheduler"

    def __init__(
        self, access: Access, backends: Mapping[str, str], resolve: names.Resolve = names.resolve
    ) -> None:
        self._access = access
        self._backends = backends
        self._resolve = resolve

    def wanted(self) -> Wanted:
        """Ask once.

        :raises DiscoveryError: it does not answer, or not as expected.
        """
        answer = self._access.get(_LIST)
        return {
            backend: list(endpoints(answer, port, self._resolve)) for port, backend in self._backends.items()
        }


def endpoints(answer: Any, port: str, resolve: names.Resolve) -> Iterator[Endpoint]:
    """Yield where a named port of each broker is. A broker without a task is nowhere.

    What state a task is in is left to health checks: it may be told late, and they see for themselves.

    :param answer: what the scheduler answered to a question for its brokers.
    :raises DiscoveryError: it is something else.
    """
    brokers = answer.get("brokers") if isinstance(answer, dict) else None
    if not isinstance(brokers, list):
        raise DiscoveryError(f"the scheduler answers {_LIST} without a list of brokers")
    for broker in brokers:
        task = broker.get("task") if isinstance(broker, dict) else None
        if not isinstance(task, dict):
            continue
        ports = task.get("ports")
        if isinstance(ports, dict) and ports.get(port) and task.get("hostname"):
            yield names.endpoint(str(task["hostname"]), ports[port], resolve)
