"""A framework for tests: the v1 scheduler API over HTTP, nothing hidden."""

import queue
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import requests

from tests.doubles.mesos.recordio import Decoder

Json = dict[str, Any]
CAPABILITIES = ("MULTI_ROLE", "RESERVATION_REFINEMENT", "PARTITION_AWARE", "TASK_KILLING_STATE")


class Framework:
    """One framework with one connection at a time.

    :ivar id: what Mesos has named it; empty before it has subscribed.
    :ivar updates: status updates in the order in which they came.
    :ivar acknowledging: whether updates are acknowledged as they come.
    """

    def __init__(
        self,
        url: str,
        credential: tuple[str, str],
        ca: str,
        role: str = "kafka",
        failover_timeout: float = 3600,
        capabilities: Sequence[str] = CAPABILITIES,
    ) -> None:
        self.url, self.role = url, role
        self.id = ""
        self.updates: list[Json] = []
        self.acknowledging = True
        self._events: queue.Queue[Json] = queue.Queue()
        self._offers: dict[str, Json] = {}
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.auth, self._session.verify = credential, ca
        self._stream: requests.Response | None = None
        self._info: Json = {
            "user": "root",
            "name": "tests",
            "principal": credential[0],
            "failover_timeout": failover_timeout,
            "checkpoint": True,
            "roles": [role],
            "capabilities": [{"type": one} for one in capabilities],
        }

    def subscribe(self, url: str = "") -> requests.Response:
        """Subscribe, again under the same id when there is one; returns the answer's head."""
        self.url = url or self.url
        call: Json = {"type": "SUBSCRIBE", "subscribe": {"framework_info": self._info}}
        if self.id:
            call["framework_id"] = {"value": self.id}
            self._info["id"] = {"value": self.id}
        answer = self._session.post(
            f"{self.url}/api/v1/scheduler",
            json=call,
            headers={"Accept": "application/json"},
            stream=True,
            timeout=30,
            allow_redirects=False,
        )
        if answer.status_code == 200:
            self._stream, self._offers = answer, {}
            threading.Thread(target=self._read, args=(answer,), daemon=True).start()
            if not self.id:
                event = self.event("SUBSCRIBED")
                self.id = event["subscribed"]["framework_id"]["value"]
        return answer

    def leave(self) -> None:
        """Cut the connection."""
        if self._stream is not None:
            # To close the answer would wait for the thread that reads it, until the next heartbeat.
            connection: Any = self._stream.raw.connection
            if connection is not None and connection.sock is not None:
                socket.socket.shutdown(connection.sock, socket.SHUT_RDWR)
            self._stream = None

    def call(self, kind: str, **content: Any) -> requests.Response:
        """Make a call."""
        assert self._stream is not None, "not subscribed"
        body = {"type": kind, "framework_id": {"value": self.id}}
        if content:
            body[kind.lower()] = content
        headers = {"Mesos-Stream-Id": self._stream.headers["Mesos-Stream-Id"]}
        return self._session.post(f"{self.url}/api/v1/scheduler", json=body, headers=headers, timeout=30)

    def event(self, kind: str, seconds: float = 30, true: Callable[[Json], bool] = lambda one: True) -> Json:
        """Return the next event of a kind; those before it are taken note of."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                event = self._events.get(timeout=max(0.01, deadline - time.monotonic()))
            except queue.Empty:
                states = [(one["task_id"]["value"], one["state"]) for one in self.updates]
                raise AssertionError(f"no {kind} within {seconds:g} s; updates: {states}") from None
            self._note(event)
            if event["type"] == kind and true(event):
                return event

    def offer(self, host: str = "", seconds: float = 30) -> Json:
        """Return an offer that stands, of one host if that is named."""
        deadline = time.monotonic() + seconds
        while True:
            found = next((one for one in self._offers.values() if host in ("", one["hostname"])), None)
            if found is not None:
                return found
            self.event("OFFERS", max(0.1, deadline - time.monotonic()))

    def accept(self, offer: Json, *operations: Json, refuse_seconds: float = 0) -> None:
        """Accept an offer."""
        self._offers.pop(offer["id"]["value"], None)
        answer = self.call(
            "ACCEPT",
            offer_ids=[offer["id"]],
            operations=list(operations),
            filters={"refuse_seconds": refuse_seconds},
        )
        assert answer.status_code == 202, answer.text

    def decline(self, offer: Json, refuse_seconds: float = 0) -> None:
        """Decline an offer."""
        self._offers.pop(offer["id"]["value"], None)
        self.call("DECLINE", offer_ids=[offer["id"]], filters={"refuse_seconds": refuse_seconds})

    def update(self, task: str, state: str, seconds: float = 30) -> Json:
        """Return the update of a task with a state, also one that came before."""

        def mine(one: Json) -> bool:
            return one["task_id"]["value"] == task and one["state"] == state

        found = next((one for one in self.updates if mine(one)), None)
        if found is not None:
            return found
        event = self.event("UPDATE", seconds, lambda one: mine(one["update"]["status"]))
        return dict(event["update"]["status"])

    def states(self, task: str) -> list[str]:
        """Return the states that were reported of a task, in order."""
        self.take_note()
        return [one["state"] for one in self.updates if one["task_id"]["value"] == task]

    def take_note(self) -> None:
        """Take note of what has come."""
        while not self._events.empty():
            self._note(self._events.get())

    def acknowledge(self, status: Json) -> None:
        """Acknowledge an update that wants it."""
        if "uuid" in status:
            keys = ("agent_id", "task_id", "uuid")
            self.call("ACKNOWLEDGE", **{key: status[key] for key in keys})

    def cpus(self, amount: float = 0.1) -> Json:
        """Return processor time out of an offer."""
        return self._own({"name": "cpus", "type": "SCALAR", "scalar": {"value": amount}})

    def disk(self, amount: float, volume: str = "") -> Json:
        """Return reserved disk, or the volume made of it."""
        reservation = {"type": "DYNAMIC", "role": self.role, "principal": self._info["principal"]}
        one = self._own({"name": "disk", "type": "SCALAR", "scalar": {"value": amount}})
        one["reservations"] = [reservation]
        if volume:
            one["disk"] = {
                "persistence": {"id": volume, "principal": self._info["principal"]},
                "volume": {"container_path": "data", "mode": "RW"},
            }
        return one

    def _own(self, resource: Json) -> Json:
        return resource | {"allocation_info": {"role": self.role}}

    def _note(self, event: Json) -> None:
        kind = event["type"]
        if kind == "OFFERS":
            self._offers |= {one["id"]["value"]: one for one in event["offers"]["offers"]}
        elif kind == "RESCIND":
            self._offers.pop(event["rescind"]["offer_id"]["value"], None)
        elif kind == "UPDATE":
            self.updates.append(event["update"]["status"])

    def _read(self, answer: requests.Response) -> None:
        decoder = Decoder()
        try:
            for piece in answer.iter_content(None):
                for event in decoder.feed(piece):
                    self._events.put(event)
                    if event["type"] == "UPDATE" and self.acknowledging:
                        self.acknowledge(event["update"]["status"])
        except (requests.RequestException, AttributeError, AssertionError, ValueError, OSError):
            pass
        self._events.put({"type": "CLOSED"})


def launch(
    name: str, offer: Json, resources: Sequence[Json], command: Mapping[str, Any], **more: Any
) -> Json:
    """Return the operation that launches a task."""
    task = {
        "name": name,
        "task_id": {"value": name},
        "agent_id": offer["agent_id"],
        "resources": list(resources),
        "command": dict(command),
        **more,
    }
    return {"type": "LAUNCH", "launch": {"task_infos": [task]}}


def reserve(*resources: Json) -> Json:
    """Return the operation that reserves resources."""
    return {"type": "RESERVE", "reserve": {"resources": list(resources)}}


def unreserve(*resources: Json) -> Json:
    """Return the operation that gives them back."""
    return {"type": "UNRESERVE", "unreserve": {"resources": list(resources)}}


def create(*volumes: Json) -> Json:
    """Return the operation that makes volumes."""
    return {"type": "CREATE", "create": {"volumes": list(volumes)}}


def destroy(*volumes: Json) -> Json:
    """Return the operation that deletes volumes."""
    return {"type": "DESTROY", "destroy": {"volumes": list(volumes)}}
