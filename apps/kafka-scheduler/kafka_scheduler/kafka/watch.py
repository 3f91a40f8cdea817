"""Looks at the brokers of the scheduler, in a thread of its own, and tells the engine."""

import logging
import socket
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient
from meridian.common.errors import MeridianError
from meridian.common.tls import Tls
from meridian.services.kafka import client as kafka_client
from meridian.services.kafka import cluster as kafka_cluster

from kafka_scheduler.core.model import Task, TaskState
from kafka_scheduler.core.state import State
from kafka_scheduler.kafka.availability import SESSION_SECONDS, Seen
from kafka_scheduler.kafka.launch import INTERNAL

log = logging.getLogger("kafka-scheduler")

_SECONDS = 10.0
_SECONDS_OF_PLAN = 1.0
# Brokers that clients are told of at first; they tell of all others.
_BOOTSTRAP = 5
_ANSWER_SECONDS = 3.0
_CONNECT_SECONDS = 1.0
# Beyond it a broker that was started is looked at as seldom as all others.
_STARTING_SECONDS = max(120.0, SESSION_SECONDS)


def bootstrap(state: State) -> str:
    """Return ``host:port,…`` of brokers that run."""
    found = [
        f"{one.task.hostname}:{one.task.ports[INTERNAL]}"
        for one in state.instances.values()
        if one.task is not None and one.task.state is TaskState.RUNNING and INTERNAL in one.task.ports
    ]
    return ",".join(found[:_BOOTSTRAP])


class Watch:
    """Looks often while a plan is under way, and seldom else.

    :param state: returns the engine's present state.
    :param tell: takes what was seen.
    :param tls: identity towards brokers; ``None``: they speak no TLS.
    """

    def __init__(self, state: Callable[[], State], tell: Callable[[Seen], None], tls: Tls | None) -> None:
        self._state = state
        self._tell = tell
        self._tls = tls
        self._closed = threading.Event()
        self._lock = threading.Lock()
        self._admin: tuple[str, AdminClient] | None = None
        self._answering: frozenset[str] = frozenset()
        self.seen: Seen | None = None
        self._thread = threading.Thread(target=self._run, name="kafka-watch", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def close(self) -> None:
        """Look no more."""
        self._closed.set()

    def admin(self) -> AdminClient:
        """Return an admin client of the brokers that run.

        :raises MeridianError: none runs.
        """
        at = bootstrap(self._state())
        if not at:
            raise MeridianError("no broker runs")
        with self._lock:
            if self._admin is None or self._admin[0] != at:
                self._admin = (at, self._client(at))
            return self._admin[1]

    def _client(self, at: str) -> AdminClient:
        if self._tls is not None:
            return kafka_client.admin(at, self._tls)
        return AdminClient({"bootstrap.servers": at, "client.id": "kafka-scheduler", "log_level": 0})

    def _run(self) -> None:
        due = 0.0
        while not self._closed.wait(0.2):
            state = self._state()
            busy = any(not one.is_over for one in state.plans) or bool(self._starting(state))
            if time.monotonic() < due - (0 if not busy else _SECONDS - _SECONDS_OF_PLAN):
                continue
            if not bootstrap(state) and not busy and self.seen is not None and self.seen.cluster is None:
                continue
            self.seen = self._look(state)
            self._tell(self.seen)
            due = time.monotonic() + _SECONDS

    def _look(self, state: State) -> Seen:
        now = time.time()
        try:
            admin = self.admin()
            cluster = kafka_cluster.describe(admin, _ANSWER_SECONDS)
            minimum = kafka_cluster.min_in_sync(admin, {one.topic for one in cluster.partitions})
            controller = admin.describe_cluster(request_timeout=_ANSWER_SECONDS).result().controller
            self._answering = self._ask_new(state)
        except (MeridianError, KafkaException) as error:
            said = str(error) if isinstance(error, MeridianError) else kafka_client.explain(error)
            return Seen(now, problem=said, answering=self._answering)
        except Exception as error:  # a defect of the client library must not end the looking
            log.exception("looking at the cluster failed")
            return Seen(now, problem=repr(error), answering=self._answering)
        return Seen(now, cluster, minimum, _id(controller), self._answering)

    def _ask_new(self, state: State) -> frozenset[str]:
        """Return the tasks whose broker has answered itself; each is asked until it has, then no more.

        Only those that a plan or a start waits for are asked: a client for each broker is too much otherwise.
        """
        tasks = _running(state)
        answered = self._answering & tasks.keys()
        awaited = {
            step.instance
            for plan in state.plans
            if not plan.is_over and plan.whole
            for phase in plan.phases
            for step in phase.steps
            if step.status == "running"
        }
        awaited |= self._starting(state)
        for name, (instance, task) in tasks.items():
            if name in answered or instance not in awaited:
                continue
            try:
                # A client would try for as long as it may where nobody listens yet.
                socket.create_connection((task.hostname, task.ports[INTERNAL]), _CONNECT_SECONDS).close()
                own = self._client(f"{task.hostname}:{task.ports[INTERNAL]}")
                own.list_topics(timeout=_ANSWER_SECONDS)
                answered |= {name}
            except (KafkaException, MeridianError, OSError):
                continue
        return answered

    def _starting(self, state: State) -> set[str]:
        """Return the instances that have begun to run lately, and have not answered yet."""
        since = time.time() - _STARTING_SECONDS
        return {
            instance
            for name, (instance, task) in _running(state).items()
            if name not in self._answering and task.running_since > since
        }


def _running(state: State) -> Mapping[str, tuple[str, Task]]:
    return {
        one.task.id: (one.id, one.task)
        for one in state.instances.values()
        if one.task is not None and one.task.state is TaskState.RUNNING
    }


def _id(node: Any) -> int | None:
    return None if node is None or node.id < 0 else int(node.id)


def identity(
    ca: Path | None, certificate: Path | None, key: Path | None, keystore: Path | None
) -> Tls | None:
    """Return the identity towards brokers; ``None`` when no file is named."""
    if ca is None or certificate is None or key is None:
        return None
    return Tls(ca, certificate, key, keystore)
