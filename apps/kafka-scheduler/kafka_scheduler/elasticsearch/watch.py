"""Asks the cluster how it is, in a thread of its own, and tells the engine."""

import base64
import http.client
import json
import threading
import time
from collections.abc import Callable
from pathlib import Path

from meridian.errors import MeridianError

from kafka_scheduler.core.model import TaskState
from kafka_scheduler.core.state import State
from kafka_scheduler.elasticsearch.nodes import HTTP, Health
from kafka_scheduler.mesos.address import Endpoint
from kafka_scheduler.mesos.http import Access, unreachable

_SECONDS = 2.0
_ANSWER_SECONDS = 5.0


class Watch:
    """Looks at the cluster.

    :param ca: authority of the nodes' certificates; ``None``: they speak no TLS.
    :param secret: file with the user's password; ``None``: nobody is asked who they are.
    """

    def __init__(
        self,
        state: Callable[[], State],
        tell: Callable[[Health], None],
        ca: Path | None,
        user: str,
        secret: Path | None,
    ) -> None:
        self._state = state
        self._tell = tell
        self._access = Access(ca=ca)
        self._user = user
        self._secret = secret
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="elasticsearch-watch", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def close(self) -> None:
        """Look no more."""
        self._closed.set()

    def _run(self) -> None:
        while not self._closed.wait(_SECONDS):
            self._tell(self.look())

    def look(self) -> Health:
        """Ask the nodes that run, until one answers."""
        began = time.time()
        problem = "no node runs"
        for one in self._state().instances.values():
            if one.task is None or one.task.state is not TaskState.RUNNING:
                continue
            at = Endpoint(one.task.hostname, one.task.ports[HTTP], self._access.ca is not None)
            try:
                return self._ask(at, began)
            except OSError as error:
                problem = unreachable(at, error)
            except (MeridianError, ValueError, KeyError, http.client.HTTPException) as error:
                problem = f"{at}: {error}"
        return Health(began, problem=problem)

    def _ask(self, at: Endpoint, began: float) -> Health:
        headers = {}
        if self._secret is not None:
            password = self._secret.read_text(encoding="utf-8").strip()
            token = base64.b64encode(f"{self._user}:{password}".encode()).decode()
            headers["Authorization"] = f"Basic {token}"
        connection = self._access.connect(at, _ANSWER_SECONDS)
        try:
            connection.request("GET", "/_cluster/health", headers=headers)
            answer = connection.getresponse()
            text = answer.read()
        finally:
            connection.close()
        if answer.status != 200:
            raise MeridianError(f"answers {answer.status}")
        said = json.loads(text)
        return Health(began, str(said["status"]), int(said["number_of_nodes"]))
