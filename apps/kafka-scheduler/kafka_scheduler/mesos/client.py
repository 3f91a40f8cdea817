"""A subscription to the leading master: events come in on one connection, calls go out on another.

Each subscription has a stream id, and Mesos takes calls with the present one only. Whenever it is not
certain that a call was taken, we subscribe anew: from then on the former call has come too late, and what
Mesos says of a task when it is asked is final.
"""

import contextlib
import http.client
import json
import logging
import random
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from meridian.common.errors import MeridianError

from kafka_scheduler.core.state import Call, Disconnected, Event, Removed, Subscribed
from kafka_scheduler.mesos import events
from kafka_scheduler.mesos.address import Endpoint, endpoint
from kafka_scheduler.mesos.detector import Detector
from kafka_scheduler.mesos.http import Access, refusal, request, unreachable
from kafka_scheduler.mesos.records import Decoder

log = logging.getLogger("kafka-scheduler")

PATH = "/api/v1/scheduler"
_CALL_SECONDS = 15.0
_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 15.0
_REDIRECTS = 5
# Heartbeats that may be missing before the master is taken for dead.
_MISSING_HEARTBEATS = 3
_CAPABILITIES = ("MULTI_ROLE", "RESERVATION_REFINEMENT", "PARTITION_AWARE")


@dataclass(frozen=True)
class FrameworkInfo:
    """What we tell Mesos of ourselves.

    :ivar failover_timeout: seconds that Mesos keeps our tasks while we are away.
    """

    name: str
    role: str
    user: str
    principal: str
    failover_timeout: float
    hostname: str = ""
    webui: str = ""

    def to_json(self, framework_id: str) -> dict[str, Any]:
        """Return it as Mesos takes it."""
        info: dict[str, Any] = {
            "user": self.user,
            "name": self.name,
            "roles": [self.role],
            "failover_timeout": self.failover_timeout,
            "checkpoint": True,
            "capabilities": [{"type": one} for one in _CAPABILITIES],
        }
        for key, value in (
            ("principal", self.principal),
            ("hostname", self.hostname),
            ("webui_url", self.webui),
        ):
            if value:
                info[key] = value
        return info | ({"id": {"value": framework_id}} if framework_id else {})


class FailedOver(MeridianError):
    """Another scheduler has subscribed with our framework id."""


class MesosClient:
    """Keeps subscribed, in a thread of its own, until it is closed.

    :param deliver: takes each event, in order; called by that thread.
    :param framework_id: gives the id to subscribe with; empty: as a new framework.
    :param fatal: told when there is no point in going on.
    """

    def __init__(
        self,
        detector: Detector,
        access: Access,
        info: FrameworkInfo,
        deliver: Callable[[Event], None],
        framework_id: Callable[[], str],
        fatal: Callable[[MeridianError], None],
    ) -> None:
        self._detector = detector
        self._access = access
        self._info = info
        self._deliver = deliver
        self._framework_id = framework_id
        self._fatal = fatal
        self._closed = threading.Event()
        self._lock = threading.Lock()
        self._stream: socket.socket | None = None
        self._calls: http.client.HTTPConnection | None = None
        self._stream_id = ""
        self._subscribed_as = ""
        self.master: Endpoint | None = None
        self.problem = ""
        self.heard = 0.0
        self.subscribed = 0.0
        self._thread = threading.Thread(target=self._run, name="mesos", daemon=True)

    def start(self) -> None:
        """Begin to subscribe."""
        self._thread.start()

    def close(self) -> None:
        """Leave; Mesos waits for us to come back for the failover timeout."""
        self._closed.set()
        self.reconnect()
        self._detector.close()

    def reconnect(self) -> None:
        """Subscribe anew."""
        with self._lock:
            stream, calls, self._calls, self._stream_id = self._stream, self._calls, None, ""
        for one in (stream, calls.sock if calls is not None else None):
            if one is not None:
                _shut(one)

    def send(self, call: Call) -> bool:
        """Send a call; tell whether the master has taken it. After a doubt we subscribe anew."""
        with self._lock:
            stream_id, master, connection = self._stream_id, self.master, self._calls
        if not stream_id or master is None:
            return False
        body: dict[str, Any] = {"type": call.kind, "framework_id": {"value": self._subscribed_as}}
        if call.body:
            body[call.kind.lower()] = call.body
        try:
            headers = self._access.headers() | {"Mesos-Stream-Id": stream_id}
            if connection is None:
                connection = self._access.connect(master, _CALL_SECONDS)
                with self._lock:
                    self._calls = connection
            answer = request(connection, PATH, body, headers)
            text = answer.read()
        except (OSError, http.client.HTTPException, MeridianError) as error:
            why = unreachable(master, error) if isinstance(error, OSError) else str(error)
            log.warning("%s: %s; subscribing anew", call.kind, why)
            self.reconnect()
            return False
        if answer.status == 202:
            return True
        log.warning("%s: %s", call.kind, refusal(master, self._info.principal, answer.status, text))
        # 400: a call that Mesos cannot read will be no better after another subscription.
        if answer.status not in (400, 403) or b"stream" in text.lower():
            self.reconnect()
        return False

    def _run(self) -> None:
        pause = _FIRST_PAUSE
        while not self._closed.is_set():
            began = time.monotonic()
            problem = ""
            try:
                self._subscribe()
                problem = "the master has ended the subscription"
            except FailedOver as error:
                self._fatal(error)
                return
            except MeridianError as error:
                problem = str(error)
            except OSError as error:
                problem = unreachable(self.master, error) if self.master else str(error)
            except (http.client.HTTPException, ValueError, KeyError, AttributeError) as error:
                # Also what http.client says of a connection closed by reconnect().
                problem = f"{self.master}: the event stream broke: {type(error).__name__}"
            was_subscribed = bool(self._subscribed_as)
            if problem != self.problem and not self._closed.is_set():
                log.warning("Mesos: %s", problem)
            self.problem = problem
            self._end()
            if self._closed.is_set():
                return
            if was_subscribed and time.monotonic() - began > _LONGEST_PAUSE:
                pause = _FIRST_PAUSE
            self._closed.wait(pause * random.uniform(0.5, 1.0))  # not all at once after a master's end
            pause = min(pause * 2, _LONGEST_PAUSE)

    def _end(self) -> None:
        self.reconnect()
        with self._lock:
            stream, self._stream = self._stream, None
        if stream is not None:
            stream.close()
        if self._subscribed_as:
            self._subscribed_as = ""
            self._deliver(Disconnected())

    def _subscribe(self) -> None:
        """Subscribe with the leading master, and take events until the connection ends."""
        master = self._detector.find()
        framework_id = self._framework_id()
        body: dict[str, Any] = {"type": "SUBSCRIBE"}
        if framework_id:
            body["framework_id"] = {"value": framework_id}
        body["subscribe"] = {"framework_info": self._info.to_json(framework_id)}
        for _ in range(_REDIRECTS):
            self.master = master
            connection = self._access.connect(master, _CALL_SECONDS)
            connection.connect()
            with self._lock:
                # The connection forgets it when the master means to close.
                self._stream = connection.sock
            answer = request(connection, PATH, body, self._access.headers())
            if answer.status == 200:
                self._read(answer)
                return
            location = answer.getheader("Location")
            text = answer.read(4096)
            connection.close()
            if answer.status not in (307, 308) or not location:
                raise MeridianError(refusal(master, self._info.principal, answer.status, text))
            parts = urlsplit(location)
            # Never from TLS back to plain text: the next request carries the secret.
            master = endpoint(parts.netloc, master.tls or parts.scheme == "https")
        raise MeridianError(f"{master}: masters send us round and round; none leads")

    def _read(self, answer: http.client.HTTPResponse) -> None:
        stream_id = answer.getheader("Mesos-Stream-Id") or ""
        decoder = Decoder()
        while not self._closed.is_set():
            data = answer.read1(1 << 16)
            if not data:
                return
            for record in decoder.feed(data):
                self.heard = time.time()
                self._take(json.loads(record), stream_id)

    def _take(self, data: Mapping[str, Any], stream_id: str) -> None:
        if data.get("type") == "ERROR":
            self._refused(str(data.get("error", {}).get("message", "")))
        event = events.parse(data)
        if isinstance(event, Subscribed):
            beat = float(data["subscribed"].get("heartbeat_interval_seconds", 15.0))
            with self._lock:
                if self._stream is not None:
                    self._stream.settimeout(beat * _MISSING_HEARTBEATS)
                self._stream_id = stream_id
            self._subscribed_as = event.framework_id
            self.problem = ""
            self.subscribed = time.time()
            log.info("subscribed with %s as framework %s", self.master, event.framework_id)
        if event is not None:
            self._deliver(event)

    def _refused(self, message: str) -> None:
        """Take an ERROR event: the subscription is over.

        :raises MeridianError: always.
        """
        said = message.lower()
        if "failed over" in said:
            raise FailedOver(f"another scheduler has taken over framework {self._framework_id()}")
        if "removed" in said or "completed" in said:
            log.warning("Mesos has removed the framework (%s); subscribing as a new one", message)
            self._deliver(Removed())
        raise MeridianError(f"{self.master} ends the subscription: {message}")


def _shut(one: socket.socket) -> None:
    """Wake whoever reads from a connection."""
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
