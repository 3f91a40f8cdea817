"""A client of a Connect cluster that asks its workers in turn."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import requests

from meridian.common.errors import MeridianError
from meridian.common.rest import Instances, RestError, content
from meridian.common.tls import Tls


class ConnectError(RestError):
    """A Connect cluster refused a request, or none of its workers answered."""

    nobody = "no Connect worker answers ({}); see journalctl -u meridian-connect there"
    # 409 while the group rebalances, 500 when the leader did not answer in time, 503 while it starts.
    transient = (409, 500, 503)


class ConnectClient:
    """Connect's REST interface.

    A request goes to the first worker that answers; one that does not is tried last from then on. Requests
    that meet a rebalance are repeated until the deadline.

    :param workers: URLs, e.g. ``https://10.213.48.11:8083``, of the workers of one group.
    :param tls: PEM files to authenticate with; ``None`` for plain HTTP.
    :param timeout: seconds to wait for one answer.
    :param patience: seconds over which to repeat a request that met a rebalance or no worker.
    """

    def __init__(
        self, workers: Sequence[str], tls: Tls | None = None, timeout: float = 15, patience: float = 60
    ) -> None:
        self._workers = Instances(
            workers,
            ConnectError,
            identity=tls,
            timeout=timeout,
            patience=patience,
        )

    @property
    def workers(self) -> tuple[str, ...]:
        """URLs of the workers, the one that answered last first."""
        return self._workers.urls

    def healthy(self, worker: str) -> bool:
        """Return whether one worker has joined its group and serves requests."""
        try:
            answer = self._workers.ask("GET", f"{worker.rstrip('/')}/health")
        except requests.RequestException:
            return False
        return answer.status_code == 200

    def cluster_id(self) -> str:
        """Return the id of the Kafka cluster that the group keeps its state in."""
        return str(self._call("GET", "/")["kafka_cluster_id"])

    def connectors(self) -> dict[str, dict[str, Any]]:
        """Return each connector's ``config`` and ``status``, by name; one just made may lack a status."""
        # Asked for both at once, Connect leaves out a connector that has no status.
        found = self._call("GET", "/connectors?expand=info")
        statuses = self._call("GET", "/connectors?expand=status")
        return {
            name: {"config": entry["info"]["config"], "status": statuses.get(name, {}).get("status", {})}
            for name, entry in found.items()
        }

    def create(
        self, name: str, config: Mapping[str, str], paused: bool = False, stopped: bool = False
    ) -> None:
        """Create a connector.

        :param paused: create it paused, so that it does nothing before :meth:`resume`.
        :param stopped: likewise, without tasks, so that its offsets can be written.
        """
        state = "STOPPED" if stopped else "PAUSED" if paused else "RUNNING"
        body = {"name": name, "config": dict(config), "initial_state": state}
        try:
            self._call("POST", "/connectors", body)
        except MeridianError as problem:
            # A worker that answered too late had made it, and the next one was asked the same.
            if "already exists" not in str(problem):
                raise
            self.update(name, config)
            if state != "RUNNING":
                (self.stop if stopped else self.pause)(name)

    def update(self, name: str, config: Mapping[str, str]) -> None:
        """Give a connector this whole configuration; its tasks restart, no other connector's do."""
        self._call("PUT", f"/connectors/{quote(name)}/config", dict(config))

    def status(self, name: str) -> dict[str, Any]:
        """Return ``{"connector": {"state"…}, "tasks": [{"id", "state", "trace"…}]}``."""
        return dict(self._call("GET", f"/connectors/{quote(name)}/status"))

    def pause(self, name: str) -> None:
        """Pause a connector and its tasks; they keep their resources."""
        self._call("PUT", f"/connectors/{quote(name)}/pause")

    def resume(self, name: str) -> None:
        """Resume a paused or stopped connector."""
        self._call("PUT", f"/connectors/{quote(name)}/resume")

    def stop(self, name: str) -> None:
        """Stop a connector: its tasks shut down, its configuration and offsets stay."""
        self._call("PUT", f"/connectors/{quote(name)}/stop")

    def restart_failed(self, name: str) -> None:
        """Restart what has failed of a connector: itself, its tasks, or both."""
        self._call("POST", f"/connectors/{quote(name)}/restart?includeTasks=true&onlyFailed=true")

    def delete(self, name: str) -> None:
        """Delete a connector. Its offsets stay: one made anew under that name goes on from there."""
        self._call("DELETE", f"/connectors/{quote(name)}")

    def offsets(self, name: str) -> list[dict[str, Any]]:
        """Return a connector's committed offsets: ``[{"partition": {…}, "offset": {…}}]``."""
        return list(self._call("GET", f"/connectors/{quote(name)}/offsets")["offsets"])

    def set_offsets(self, name: str, offsets: Sequence[Mapping[str, Any]]) -> None:
        """Write committed offsets of a connector that is stopped and has no task left; others of it stay.

        :param offsets: as :meth:`offsets` returns them.
        """
        self._call("PATCH", f"/connectors/{quote(name)}/offsets", {"offsets": [dict(one) for one in offsets]})

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        def once() -> Any:
            return _content(self._workers.in_turn(method, path, _starting, json=body))

        return self._workers.patiently(once)


def _starting(answer: requests.Response) -> str:
    """Tell a 404 of Connect's own, which is JSON, from that of a server whose resources are not up yet."""
    of_connect = "json" in answer.headers.get("Content-Type", "")
    return "is still starting" if answer.status_code == 404 and not of_connect else ""


def _content(answer: requests.Response) -> Any:
    if answer.ok:
        return content(answer)
    try:
        message = str(answer.json()["message"])
    except (ValueError, KeyError, TypeError):
        message = answer.reason
    what = f"{answer.request.method} {answer.url}"
    raise ConnectError(f"Connect refused {what}: {answer.status_code} {message}", answer.status_code)
