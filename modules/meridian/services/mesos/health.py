"""Whether the masters of a cluster and an agent of it do their work."""

import contextlib
import os
import shutil
import signal
import time
from pathlib import Path

import requests

from meridian.common.errors import MeridianError
from meridian.common.rest import Instances, reason
from meridian.services.mesos.operator import MesosError, OperatorClient

_POLL = 0.5


def wait_for_leader(client: OperatorClient, seconds: float = 120) -> str:
    """Wait until a master leads and answers.

    :return: its URL.
    :raises MeridianError: none does when the time is over; says what each master says.
    """
    until = time.monotonic() + seconds
    while True:
        try:
            return client.leader()
        except MesosError as problem:
            if problem.status not in (0, 503) or time.monotonic() > until:
                raise
        time.sleep(_POLL)


def wait_for_agent(url: str, credential: tuple[str, str], ca: Path | None, seconds: float = 120) -> None:
    """Wait until an agent is registered with the leading master.

    :param url: the agent's own, e.g. ``https://kafka-1.us-east.local-mesos:5051``.
    :param credential: principal and secret.
    :param ca: certificate of the authority of the agent's certificate.
    :raises MeridianError: it is not when the time is over; in one line, why.
    """
    agent = Instances([url], MesosError, credential, ca, timeout=10)
    until = time.monotonic() + seconds
    while True:
        try:
            answer = agent.ask("GET", f"{url}/metrics/snapshot")
            answer.raise_for_status()
            if answer.json().get("slave/registered"):
                return
            found = "it runs, but is not registered with a master: see the masters, and its secret"
        except (requests.RequestException, ValueError) as problem:
            found = reason(problem)
        if time.monotonic() > until:
            raise MeridianError(
                f"Mesos agent {url}: {found} (waited {seconds:g} s); see journalctl -u meridian-mesos-agent"
            )
        time.sleep(_POLL)


def must_check_tasks(path: str | None = None) -> None:
    """Refuse a node whose executors could not check tasks by HTTP: they run ``curl`` for it.

    :param path: where programs are looked for; default: as this process does.
    :raises MeridianError: it is not there.
    """
    if shutil.which("curl", path=path) is None:
        raise MeridianError(
            "curl is not on this node: no task with a MESOS_HTTP check would ever be healthy; install the "
            "package curl (state mesos.install)"
        )


def end_agent(pid: int, seconds: float) -> None:
    """Have an agent unregister, end its tasks and then itself.

    :param pid: its process.
    :param seconds: how long to wait.
    :raises MeridianError: it has not ended when the time is over.
    """
    until = time.monotonic() + seconds
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGUSR1)
        while time.monotonic() < until:
            os.kill(pid, 0)
            time.sleep(_POLL)
        raise MeridianError(
            f"the Mesos agent (process {pid}) has not ended its tasks within {seconds:g} s; see "
            "journalctl -u meridian-mesos-agent"
        )
