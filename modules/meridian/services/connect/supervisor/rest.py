"""The two requests that the supervisor makes, to its own worker, with nothing but the standard library."""

import http.client
import json
import ssl
from typing import Any
from urllib.parse import quote

from meridian.common.errors import MeridianError
from meridian.common.tls import Tls


class WorkerError(MeridianError):
    """The worker does not answer, or refuses; it may be starting, or its group be rebalancing."""


class OwnWorker:
    """The worker of this node.

    :param address: ``host:port``, by the name that is in its certificate.
    :param tls: the supervisor's certificate, read anew for each request; ``None`` for plain HTTP.
    :param seconds: how long an answer may take.
    """

    def __init__(self, address: str, tls: Tls | None, seconds: float = 15) -> None:
        self._address = address
        self._tls = tls
        self._seconds = seconds

    def statuses(self) -> dict[str, Any]:
        """Return each connector's status, by name.

        :raises WorkerError: there is no answer.
        """
        found = self._ask("GET", "/connectors?expand=status")
        return {name: entry["status"] for name, entry in found.items() if "status" in entry}

    def restart(self, connector: str, task: int | None) -> None:
        """Restart one task; or the connector itself, and none of its tasks.

        :raises WorkerError: it is refused, as while the group rebalances.
        """
        path = f"/connectors/{quote(connector, safe='')}"
        self._ask("POST", f"{path}/restart" if task is None else f"{path}/tasks/{task}/restart")

    def _ask(self, method: str, path: str) -> Any:
        what = f"the worker {self._address}: {method} {path}"
        try:
            connection = self._connection()
            try:
                connection.request(method, path, headers={"Accept": "application/json"})
                answer = connection.getresponse()
                content = answer.read()
            finally:
                connection.close()
            if answer.status >= 300:
                raise WorkerError(f"{what}: answers {answer.status} {answer.reason}")
            return json.loads(content) if content else None
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise WorkerError(f"{what}: {error or type(error).__name__}") from error

    def _connection(self) -> http.client.HTTPConnection:
        if self._tls is None:
            return http.client.HTTPConnection(self._address, timeout=self._seconds)
        context = ssl.create_default_context(cafile=str(self._tls.ca))
        context.load_cert_chain(self._tls.certificate, self._tls.key)
        return http.client.HTTPSConnection(self._address, timeout=self._seconds, context=context)
