"""A client of Marathon's REST API (v2) that asks its instances in turn."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import requests

from meridian.common.errors import MeridianError
from meridian.common.rest import Instances, RestError, content, reason


class MarathonError(RestError):
    """Marathon refused a request, or none of its instances answered.

    :ivar deployments: ids of the deployments that hold the app, when that is why.
    """

    nobody = "no Marathon answers ({}); see journalctl -u meridian-marathon there"
    # 502 and 503 while a leader is elected, 504 when the leader did not answer the instance that was asked.
    transient = (502, 503, 504)

    def __init__(self, message: str, status: int = 0, deployments: Sequence[str] = ()) -> None:
        super().__init__(message, status)
        self.deployments = tuple(deployments)


def read_credentials(path: Path) -> tuple[str, str]:
    """Return user and password from a file with one line ``user:password``.

    :raises MeridianError: when it cannot be read or has another form.
    """
    try:
        user, colon, password = path.read_text(encoding="utf-8").strip().partition(":")
    except OSError as error:
        raise MeridianError(f"{path}: {error.strerror}; apply the state marathon.config") from error
    if not (user and colon and password):
        raise MeridianError(f"{path}: not of the form user:password; apply the state marathon.config")
    return user, password


class MarathonClient:
    """Marathon's REST API.

    A request goes to the first instance that answers, which hands it on to the leader; one that does not
    answer is tried last from then on. While a leader is being elected, requests are repeated.

    :param urls: e.g. ``https://masters-1.central.local:8443`` of each instance.
    :param credentials: user and password; ``None`` where Marathon asks for none.
    :param ca: certificate of the authority that the instances' certificates come from.
    :param timeout: seconds to wait for one answer.
    :param patience: seconds over which to repeat a request that met no leader.
    """

    def __init__(
        self,
        urls: Sequence[str],
        credentials: tuple[str, str] | None = None,
        ca: Path | None = None,
        timeout: float = 15,
        patience: float = 60,
    ) -> None:
        self._instances = Instances(
            urls,
            MarathonError,
            credentials,
            ca,
            timeout=timeout,
            patience=patience,
        )

    @property
    def urls(self) -> tuple[str, ...]:
        """URLs of the instances, the one that answered last first."""
        return self._instances.urls

    def info(self) -> dict[str, Any]:
        """Return version, framework id, leader and settings."""
        return dict(self._call("GET", "/v2/info"))

    def leader(self) -> str:
        """Return ``host:port`` of the leader; empty while there is none."""
        try:
            return str(self._call("GET", "/v2/leader")["leader"])
        except MarathonError as error:
            if error.status != 404:
                raise
            return ""

    def app(self, app_id: str) -> dict[str, Any] | None:
        """Return an app with its counts, tasks, last failure and deployments; ``None`` when there is none."""
        embed = "embed=app.counts&embed=app.tasks&embed=app.lastTaskFailure&embed=app.deployments"
        found = self._find(f"/v2/apps/{_path(app_id)}?{embed}")
        return dict(found["app"]) if found else None

    def apps(self) -> list[dict[str, Any]]:
        """Return all apps with their counts, last failures and deployments."""
        embed = "embed=apps.counts&embed=apps.lastTaskFailure&embed=apps.deployments"
        return list(self._call("GET", f"/v2/apps?{embed}")["apps"])

    def put_app(self, app_id: str, app: Mapping[str, Any], force: bool = False) -> str:
        """Make or replace an app by its whole definition.

        :param force: let go of a deployment that holds the app.
        :return: id of the deployment.
        """
        query = f"partialUpdate=false&force={_word(force)}"
        return _deployment(self._call("PUT", f"/v2/apps/{_path(app_id)}?{query}", dict(app)))

    def restart_app(self, app_id: str, force: bool = False) -> str:
        """Replace all tasks of an app, as its upgrade strategy says; returns the deployment's id."""
        return _deployment(self._call("POST", f"/v2/apps/{_path(app_id)}/restart?force={_word(force)}"))

    def delete_app(self, app_id: str) -> str:
        """Stop an app and forget it; returns the deployment's id."""
        return _deployment(self._call("DELETE", f"/v2/apps/{_path(app_id)}"))

    def group(self, group_id: str) -> dict[str, Any] | None:
        """Return a group with the definitions of its apps, deep; ``None`` when there is none."""
        # Counts and tasks would be a request's worth of work for each app.
        embed = "embed=group.groups&embed=group.apps"
        return self._find(f"/v2/groups/{_path(group_id)}?{embed}")

    def put_group(self, group_id: str, group: Mapping[str, Any], force: bool = False) -> str:
        """Make a group, or replace what it has of apps and groups; returns the deployment's id."""
        return _deployment(
            self._call("PUT", f"/v2/groups/{_path(group_id)}?force={_word(force)}", dict(group))
        )

    def delete_group(self, group_id: str) -> str:
        """Stop a group's apps and forget all of it; returns the deployment's id."""
        return _deployment(self._call("DELETE", f"/v2/groups/{_path(group_id)}"))

    def deployments(self) -> list[dict[str, Any]]:
        """Return the running deployments: ``[{"id", "affectedApps", "currentStep", "totalSteps"…}]``."""
        return list(self._call("GET", "/v2/deployments"))

    def roll_back(self, deployment: str) -> str:
        """Take back what a running deployment changes; returns the id of the deployment that does it."""
        return _deployment(self._call("DELETE", f"/v2/deployments/{quote(deployment)}"))

    def queue(self) -> list[dict[str, Any]]:
        """Return apps that wait for offers or for their back-off, with why offers were not used."""
        return list(self._call("GET", "/v2/queue?embed=lastUnusedOffers").get("queue") or [])

    def tasks(self, app_id: str) -> list[dict[str, Any]]:
        """Return the tasks of an app with the results of their health checks."""
        return list(self._call("GET", f"/v2/apps/{_path(app_id)}/tasks")["tasks"])

    def kill_task(self, task_id: str) -> None:
        """Kill one task; Marathon starts another in its place."""
        self._call("POST", "/v2/tasks/delete", {"ids": [task_id]})

    def events(self, types: Sequence[str] = (), silence: float = 60) -> Iterator[dict[str, Any]]:
        """Yield Marathon's events until the connection ends.

        :param types: only these ``eventType`` values; all when empty.
        :param silence: seconds without a word after which the connection counts as lost.
        :raises MarathonError: when no instance answers, or the connection is lost.
        """
        query = "&".join(f"event_type={quote(one)}" for one in types)
        # The leader itself: another instance answers with a redirection, which would lose the credentials.
        url = f"{self.urls[0].partition('://')[0]}://{self.leader()}/v2/events?{query}"
        try:
            answer = self._instances.ask("GET", url, timeout=silence, stream=True, allow_redirects=False)
        except requests.RequestException as error:
            raise MarathonError(f"no events of Marathon at {url} ({reason(error)})") from error
        with _checked(answer):
            try:
                for line in answer.iter_lines(chunk_size=1):
                    if line.startswith(b"data:"):
                        yield dict(json.loads(line[5:]))
            except requests.RequestException as error:
                raise MarathonError(f"events of Marathon were cut off ({reason(error)})") from error

    def healthy(self, url: str) -> bool:
        """Return whether one instance answers and knows a leader."""
        try:
            self._instances.ask("GET", f"{url.rstrip('/')}/ping").raise_for_status()
            found = self._instances.ask("GET", f"{url.rstrip('/')}/v2/leader")
        except requests.RequestException:
            return False
        return found.status_code == 200

    def _find(self, path: str) -> dict[str, Any] | None:
        try:
            return dict(self._call("GET", path))
        except MarathonError as error:
            if error.status != 404:
                raise
            return None

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        def once() -> Any:
            return content(_checked(self._instances.in_turn(method, path, _no_leader, json=body)))

        return self._instances.patiently(once)


def _no_leader(answer: requests.Response) -> str:
    # One that hands on to a leader that dies meanwhile answers 500; what only asks may be asked again.
    lost = answer.status_code == 500 and answer.request.method == "GET"
    passing = lost or answer.status_code in MarathonError.transient
    return f"{answer.status_code}, no leader yet?" if passing else ""


def _path(path_id: str) -> str:
    return quote(path_id.strip("/"))


def _word(flag: bool) -> str:
    return "true" if flag else "false"


def _deployment(answer: Any) -> str:
    """Return the deployment's id from any of the forms that Marathon's answers have."""
    if isinstance(answer, Mapping):
        if "deploymentId" in answer:
            return str(answer["deploymentId"])
        for one in answer.get("deployments") or []:
            return str(one["id"])
    return ""


def _checked(answer: requests.Response) -> requests.Response:
    if answer.ok:
        return answer
    what = f"{answer.request.method} {answer.url.partition('?')[0]}"
    if answer.status_code == 401:
        raise MarathonError(
            f"Marathon refused {what}: wrong user or password, apply marathon.config on its nodes", 401
        )
    try:
        told = answer.json()
        message, details = str(told.get("message", answer.reason)), _details(told.get("details"))
        held_by = [str(one["id"]) for one in told.get("deployments") or []]
    except (ValueError, AttributeError, TypeError, KeyError):
        message, details, held_by = answer.reason or answer.text[:200], "", []
    why = f"Marathon refused {what}: {answer.status_code} {message}{details}"
    raise MarathonError(why, answer.status_code, held_by)


def _details(details: Any) -> str:
    """Return Marathon's list of what is wrong with a definition as text."""
    if not isinstance(details, list):
        return ""
    told = [f"{one.get('path', '')}: {', '.join(one.get('errors') or [])}" for one in details]
    return f" ({'; '.join(told)})" if told else ""
