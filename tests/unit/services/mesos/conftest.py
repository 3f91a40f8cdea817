"""A master and an agent of the double, without ZooKeeper and TLS, for tests of those who talk to them."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from meridian.common import paths
from meridian.services.mesos.operator import OperatorClient

from tests.ports import free as free_ports

OPERATOR = ("operator", "secretofoperator")
NODE = "kafka-1.us-east.test"
_START = "from tests.doubles.mesos.{0}.main import main; main()"


class Small:
    """A cluster of one master and one agent.

    :ivar url: of the master.
    :ivar agent_url: of the agent.
    :ivar credentials: file of principals and secrets.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        ports = free_ports(2)
        self.url, self.agent_url = (f"http://127.0.0.1:{port}" for port in ports)
        self.credentials = folder / "credentials.json"
        entries = [{"principal": OPERATOR[0], "secret": OPERATOR[1]}, {"principal": "agent", "secret": "s"}]
        self.credentials.write_text(json.dumps({"credentials": entries}))
        (folder / "credential.json").write_text(json.dumps(entries[1]))
        self._commands = {
            "master": [
                f"--port={ports[0]}",
                f"--work_dir={folder / 'master'}",
                f"--credentials={self.credentials}",
                "--authenticate_http_readonly",
                "--authenticate_http_readwrite",
                "--authenticate_agents",
                "--allocation_interval=100ms",
            ],
            "agent": [
                f"--master=127.0.0.1:{ports[0]}",
                f"--port={ports[1]}",
                f"--hostname={NODE}",
                f"--work_dir={folder / 'agent'}",
                f"--credential={folder / 'credential.json'}",
                "--attributes=zone:a;rack:7",
                "--resources=cpus:4;mem:1024;disk:1024;ports:[31000-31009]",
            ],
        }
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, role: str) -> None:
        """Start the master or the agent."""
        command = [sys.executable, "-c", _START.format(role), "--ip=127.0.0.1", *self._commands[role]]
        with (self._folder / f"{role}.log").open("ab") as out:
            self.processes[role] = subprocess.Popen(
                command,
                cwd=paths.repository(),
                env={"PATH": os.environ["PATH"]},
                stdout=out,
                stderr=out,
                start_new_session=True,
            )

    def stop(self, role: str, how: int = signal.SIGKILL) -> None:
        """End one of them; the agent's tasks go on."""
        process = self.processes.pop(role, None)
        if process is not None:
            process.send_signal(how)
            process.wait(20)

    def client(self, secret: str = OPERATOR[1], patience: float = 10) -> OperatorClient:
        """Return an operator's client."""
        return OperatorClient([self.url], (OPERATOR[0], secret), patience=patience)

    def registered(self, seconds: float = 20) -> dict[str, Any]:
        """Wait for the agent, and return what the master says of it."""
        until = time.monotonic() + seconds
        while True:
            found = self.client().agents()
            if found and found[0]["active"]:
                return found[0]
            assert time.monotonic() < until, (self._folder / "agent.log").read_text()
            time.sleep(0.05)

    def trouble(self, **order: Any) -> None:
        """Order the master to misbehave."""
        requests.post(f"{self.url}/double", json=order, auth=OPERATOR, timeout=10).raise_for_status()


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Small]:
    """A cluster that works."""
    cluster = Small(tmp_path)
    try:
        cluster.start("master")
        cluster.start("agent")
        cluster.registered()
        yield cluster
    finally:
        if "agent" in cluster.processes:
            # Its tasks end with it, as when a machine is cleaned.
            cluster.stop("agent", signal.SIGUSR1)
        cluster.stop("master")
