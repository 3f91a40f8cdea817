"""A client of the operator API of a Mesos cluster: it asks the masters in turn until the leader answers."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import requests

from meridian.common.errors import MeridianError
from meridian.common.rest import Instances, RestError, reason


class MesosError(RestError):
    """A Mesos cluster refused a request, or none of its masters leads."""

    nobody = "no Mesos master leads ({}); see journalctl -u meridian-mesos-master there"


def read_credential(path: Path, principal: str = "") -> tuple[str, str]:
    """Return principal and secret of a file of credentials as Mesos itself takes it.

    :param principal: whose; default: the only one.
    :raises MeridianError: it cannot be read, or does not know the principal.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        entries = data.get("credentials", [data])
        known = {str(entry["principal"]): str(entry["secret"]) for entry in entries}
    except OSError as problem:
        raise MeridianError(f"{path}: {problem.strerror}; apply the state mesos.config") from problem
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise MeridianError(f"{path}: no credentials of Mesos; apply the state mesos.config") from problem
    wanted = principal or next(iter(known), "")
    if wanted not in known:
        raise MeridianError(f"{path}: knows no principal {wanted!r}; apply the state mesos.config")
    return wanted, known[wanted]


class OperatorClient:
    """The v1 operator API.

    While no master leads, requests are repeated until the deadline.

    :param masters: URLs, e.g. ``https://masters-1.central.local:5050``, of all masters of a cluster.
    :param credential: principal and secret; ``None`` where the masters ask for none.
    :param ca: certificate of the authority that the masters' certificates come from.
    :param timeout: seconds to wait for one answer.
    :param patience: seconds over which to repeat a request that met no leader.
    """

    def __init__(
        self,
        masters: Sequence[str],
        credential: tuple[str, str] | None = None,
        ca: Path | None = None,
        timeout: float = 15,
        patience: float = 60,
    ) -> None:
        self._masters = Instances(
            masters,
            MesosError,
            credential,
            ca,
            timeout=timeout,
            patience=patience,
        )

    def leader(self) -> str:
        """Return the URL of the leading master.

        :raises MesosError: none leads.
        """
        self.call("GET_MASTER")
        # Those that did not answer for the cluster stand behind the one that did.
        return self._masters.urls[0]

    def health(self) -> dict[str, str]:
        """Return what each master says of itself, by URL: ``leading``, ``standing by``, or why nothing."""
        done = {}
        for url in sorted(self._masters.urls):
            try:
                answer = self._masters.ask("GET", f"{url}/metrics/snapshot")
                answer.raise_for_status()
                elected = answer.json().get("master/elected")
                done[url] = "leading" if elected else "standing by"
            except (requests.RequestException, ValueError) as problem:
                done[url] = reason(problem)
        return done

    def agents(self) -> list[dict[str, Any]]:
        """Return the registered agents: ``agent_info``, ``active``, ``deactivated``, ``drain_info``…"""
        return list(self.call("GET_AGENTS").get("agents", ()))

    def tasks(self) -> list[dict[str, Any]]:
        """Return the tasks that are not history yet, those that nobody can reach now among them."""
        found = self.call("GET_TASKS")
        return [*found.get("tasks", ()), *found.get("unreachable_tasks", ())]

    def frameworks(self) -> list[dict[str, Any]]:
        """Return the frameworks that are registered: ``framework_info``, ``active``, ``connected``…"""
        return list(self.call("GET_FRAMEWORKS").get("frameworks", ()))

    def schedule(self) -> dict[str, Any]:
        """Return the maintenance schedule: ``{"windows": […]}``."""
        return dict(self.call("GET_MAINTENANCE_SCHEDULE").get("schedule", {}))

    def down(self) -> dict[str, dict[str, str]]:
        """Return the machines that are in maintenance, by their host names."""
        found = self.call("GET_MAINTENANCE_STATUS").get("status", {})
        return {str(one.get("hostname", "")): dict(one) for one in found.get("down_machines", ())}

    def plan_maintenance(self, windows: Sequence[Mapping[str, Any]]) -> None:
        """Replace the maintenance schedule."""
        self.call("UPDATE_MAINTENANCE_SCHEDULE", schedule={"windows": list(windows)})

    def start_maintenance(self, machines: Sequence[Mapping[str, str]]) -> None:
        """Take machines of the schedule down: their agents end, and may not come back before its end."""
        self.call("START_MAINTENANCE", machines=list(machines))

    def stop_maintenance(self, machines: Sequence[Mapping[str, str]]) -> None:
        """Let machines come up again; they leave the schedule."""
        self.call("STOP_MAINTENANCE", machines=list(machines))

    def drain(self, agent_id: str, grace_seconds: float | None = None, gone: bool = False) -> None:
        """Have an agent's tasks killed and nothing placed on it any more.

        :param grace_seconds: most time that a task gets to end; default: what the task itself asks for.
        :param gone: afterwards, the agent is given up for ever, with what it stores.
        """
        content: dict[str, Any] = {"agent_id": {"value": agent_id}, "mark_gone": gone}
        if grace_seconds is not None:
            content["max_grace_period"] = f"{grace_seconds:g}s"
        self.call("DRAIN_AGENT", **content)

    def deactivate(self, agent_id: str) -> None:
        """Have nothing placed on an agent any more; its tasks go on."""
        self.call("DEACTIVATE_AGENT", agent_id={"value": agent_id})

    def reactivate(self, agent_id: str) -> None:
        """Let tasks be placed on an agent again that was drained or deactivated."""
        self.call("REACTIVATE_AGENT", agent_id={"value": agent_id})

    def mark_gone(self, agent_id: str) -> None:
        """Give an agent up for ever: its tasks and what it stores never come back."""
        self.call("MARK_AGENT_GONE", agent_id={"value": agent_id})

    def unreserve(self, agent_id: str, resources: Sequence[Mapping[str, Any]]) -> None:
        """Give reserved resources of an agent back to all."""
        self.call("UNRESERVE_RESOURCES", agent_id={"value": agent_id}, resources=list(resources))

    def destroy_volumes(self, agent_id: str, volumes: Sequence[Mapping[str, Any]]) -> None:
        """Delete persistent volumes of an agent with what is in them."""
        self.call("DESTROY_VOLUMES", agent_id={"value": agent_id}, volumes=list(volumes))

    def call(self, kind: str, **content: Any) -> dict[str, Any]:
        """Make a call.

        :param kind: its type, e.g. ``GET_AGENTS``.
        :param content: what it carries.
        :return: what the answer carries; empty for calls without an answer.
        :raises MesosError: it was refused, or no master leads.
        """
        body = {"type": kind} | ({kind.lower(): content} if content else {})

        def once() -> requests.Response:
            # Those that do not lead name who does; but the secret goes to no name out of an answer.
            return self._masters.in_turn("POST", "/api/v1", _does_not_lead, json=body, allow_redirects=False)

        answer = self._masters.patiently(once)
        if answer.status_code not in (200, 202):
            raise _refused(kind, answer)
        return _content(answer, kind)


def _does_not_lead(answer: requests.Response) -> str:
    return "does not lead" if answer.is_redirect or answer.status_code == 503 else ""


def _content(answer: requests.Response, kind: str) -> dict[str, Any]:
    return dict(answer.json().get(kind.lower(), {})) if answer.content else {}


def _refused(kind: str, answer: requests.Response) -> MesosError:
    place = _place(answer.url)
    if answer.status_code == 401:
        return MesosError(f"Mesos master {place} does not know this principal or its secret", 401)
    text = " ".join(answer.text.split()) or answer.reason
    return MesosError(f"Mesos master {place} refused {kind}: {answer.status_code} {text}", answer.status_code)


def _place(url: str) -> str:
    return url.partition("://")[2].partition("/")[0]
