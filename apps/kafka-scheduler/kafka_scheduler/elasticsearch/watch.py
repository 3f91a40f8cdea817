"""Asks the cluster how it is, in a thread of its own, and tells the engine."""

import base64
import http.client
import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from meridian.common.errors import MeridianError

from kafka_scheduler.core.model import TaskState
from kafka_scheduler.core.state import State
from kafka_scheduler.elasticsearch.nodes import HTTP
from kafka_scheduler.elasticsearch.views import ClusterHealth
from kafka_scheduler.mesos.address import Endpoint
from kafka_scheduler.mesos.http import Access, unreachable

_SECONDS = 2.0
_ANSWER_SECONDS = 5.0


class Watch:
    """Looks at the cluster.

    :ivar seen: what it saw last.
    :param ca: authority of the nodes' certificates; ``None``: they speak no TLS.
    :param secret: file with the user's password; ``None``: nobody is asked who they are.
    """

    def __init__(
        self,
        state: Callable[[], State],
        tell: Callable[[ClusterHealth], None],
        ca: Path | None,
        user: str,
        secret: Path | None,
    ) -> None:
        self._state = state
        self._tell = tell
        self._access = Access(ca=ca)
        self._user = user
        self._secret = secret
        self.seen: ClusterHealth | None = None
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
            self.seen = self.look()
            self._tell(self.seen)

    def look(self) -> ClusterHealth:
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
        return ClusterHealth(began, problem=problem)

    def _ask(self, at: Endpoint, began: float) -> ClusterHealth:
        headers = {}
        if self._secret is not None:
            password = self._secret.read_text(encoding="utf-8").strip()
            token = base64.b64encode(f"{self._user}:{password}".encode()).decode()
            headers["Authorization"] = f"Basic {token}"
        connection = self._access.connect(at, _ANSWER_SECONDS)
        try:
            health = _get(connection, "/_cluster/health", headers)
            master = _get(connection, "/_nodes/_master?filter_path=nodes.*.name", headers)
        finally:
            connection.close()
        names = [str(one["name"]) for one in master.get("nodes", {}).values()]
        return ClusterHealth(
            began,
            str(health["status"]),
            int(health["number_of_nodes"]),
            names[0] if names else "",
            int(health["unassigned_shards"]),
        )


def _get(connection: http.client.HTTPConnection, path: str, headers: dict[str, str]) -> dict[str, Any]:
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    text = answer.read()
    if answer.status != 200:
        raise MeridianError(f"answers {answer.status}")
    return dict(json.loads(text))
