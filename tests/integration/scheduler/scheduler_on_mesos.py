"""Mesos and schedulers on this machine. Mesos is the double, or what MERIDIAN_MESOS_ARTIFACT names.

The brokers are shell scripts that write down that they run, so that a second one of an id is seen.
"""

import base64
import contextlib
import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests import ports
from tests.integration import mesos_agents
from tests.waiting import PATIENCE, wait_until

REPOSITORY = Path(__file__).parents[3]
SECRET, API_SECRET = "schedulers-secret", "users-secret"
_LAUNCHER = """#!/bin/sh
echo "$KAFKA_BROKER_ID $$" >> {journal}
mkdir -p "$KAFKA_DATA"
echo "$$" >> "$KAFKA_DATA/starts"
echo "broker $KAFKA_BROKER_ID with $KAFKA_OPTIONS"
exec sleep 100000
"""
_AGENT = ("--containerizers=mesos", "--no-switch_user")


def free_port() -> int:
    """Return a port that nobody listens on."""
    return ports.free(1)[0]


class Process:
    """A process that ends with its test."""

    def __init__(
        self, name: str, folder: Path, command: list[str], env: Mapping[str, str] | None = None
    ) -> None:
        self.log = folder / f"{name}.log"
        with self.log.open("ab") as out:
            self._process = subprocess.Popen(
                command,
                stdout=out,
                stderr=out,
                cwd=folder,
                start_new_session=True,
                env=os.environ | dict(env or {}),
            )

    def end(self, how: signal.Signals = signal.SIGTERM, seconds: float = 20) -> int:
        """End it, at the latest by force; return its exit code."""
        for which in (how, signal.SIGCONT):
            self.signal(which)
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self._process.wait(seconds)
        self._process.kill()
        return self._process.wait()

    def signal(self, which: signal.Signals) -> None:
        """Send it a signal, if it runs."""
        if self._process.poll() is None:
            self._process.send_signal(which)

    def exit_code(self) -> int | None:
        """Return its exit code; ``None`` while it runs."""
        return self._process.poll()

    def said(self) -> str:
        """Return what it has logged."""
        return self.log.read_text(encoding="utf-8", errors="replace")


class Scheduler(Process):
    """A scheduler and its REST API.

    :param words: what runs it.
    """

    def __init__(
        self,
        name: str,
        folder: Path,
        options: Mapping[str, str],
        words: Sequence[str] = ("scheduler",),
    ) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        lines = {**options, "api": self.url, "api-secret-file": str(folder / "api-secret")}
        config = folder / f"{name}.properties"
        config.write_text("".join(f"{key}={value}\n" for key, value in lines.items()), encoding="utf-8")
        path = f"{REPOSITORY / 'modules'}:{REPOSITORY / 'apps/kafka-scheduler'}"
        command = [sys.executable, "-m", "kafka_scheduler", *words, str(config)]
        super().__init__(name, folder, command, {"PYTHONPATH": path})

    def ask(self, path: str, **parameters: Any) -> Any:
        """Ask for something.

        :return: the answer; of a refusal its message as text.
        """
        token = base64.b64encode(f"api:{API_SECRET}".encode()).decode()
        request = urllib.request.Request(
            self.url + path, urlencode(parameters).encode(), {"Authorization": f"Basic {token}"}
        )
        try:
            with urllib.request.urlopen(request, timeout=900) as answer:
                return json.loads(answer.read())
        except urllib.error.HTTPError as error:
            return error.read().decode()

    def health(self) -> dict[str, Any]:
        """Return how it is; empty while it does not answer."""
        try:
            answer = self.ask("/health")
        except OSError:
            return {}
        return answer if isinstance(answer, dict) else dict(json.loads(answer))

    def wait_connected(self) -> None:
        """Wait until it leads and is subscribed."""
        wait_until(
            "scheduler connected",
            lambda: self.health().get("connected"),
            explain=lambda: self.said()[-2000:],
        )

    def broker(self, number: int) -> dict[str, Any]:
        """Return a broker."""
        (found,) = self.ask("/api/broker/list", broker=str(number))["brokers"]
        return dict(found)

    def wait_state(self, number: int, state: str, seconds: float = PATIENCE) -> dict[str, Any]:
        """Wait until a broker is in a state."""
        wait_until(
            f"broker {number} {state}",
            lambda: self.broker(number)["state"] == state,
            seconds,
            lambda: f"{self.broker(number)} {self.said()[-1500:]}",
        )
        return self.broker(number)


class Cluster:
    """Machines of one test.

    :ivar journal: where brokers write down their id and process.
    """

    def __init__(self, folder: Path, mesos: Path, zookeeper: str = "") -> None:
        self.folder = folder
        self._mesos = mesos
        self._zookeeper = zookeeper
        self._processes: list[Process] = []
        self.masters: dict[int, Process] = {}
        self.agents: dict[str, Process] = {}
        self._ports: dict[str, int] = {}
        self.journal = folder / "journal"
        self.journal.touch()
        self.launcher = folder / "launcher"
        self.launcher.write_text(_LAUNCHER.format(journal=self.journal), encoding="utf-8")
        self.launcher.chmod(0o755)
        for name, text in (("secret", SECRET), ("api-secret", API_SECRET)):
            (folder / name).write_text(text, encoding="utf-8")
        credentials = {"credentials": [{"principal": "kafka-scheduler", "secret": SECRET}]}
        (folder / "credentials").write_text(json.dumps(credentials), encoding="utf-8")

    @property
    def master(self) -> str:
        """What schedulers and agents are told of the masters."""
        return f"{self._zookeeper}/mesos" if self._zookeeper else f"127.0.0.1:{next(iter(self.masters))}"

    def start_master(self) -> int:
        """Start a master; return its port."""
        port = free_port()
        command = [
            str(self._mesos / "bin/mesos-master"),
            "--ip=127.0.0.1",
            f"--port={port}",
            f"--work_dir={self.folder}/master-{port}",
            "--authenticate_http_frameworks",
            "--http_framework_authenticators=basic",
            f"--credentials={self.folder}/credentials",
            "--agent_ping_timeout=1secs",
            "--max_agent_ping_timeouts=5",
        ]
        if self._zookeeper:
            command += [f"--zk={self._zookeeper}/mesos", "--quorum=1", "--zk_session_timeout=4secs"]
        library = {"LD_LIBRARY_PATH": str(self._mesos / "lib")}
        self.masters[port] = self._keep(Process(f"master-{port}", self.folder, command, library))
        return port

    def start_agent(self, number: int, ports: str = "31000-31100") -> str:
        """Start, or start again, an agent that offers some ports; return its host's name."""
        host = f"127.0.0.{number}"
        port = self._ports.setdefault(host, free_port())
        start = mesos_agents.start(self._mesos)
        command = [
            *start.through,
            str(self._mesos / "bin/mesos-agent"),
            f"--master={self.master}",
            "--ip=127.0.0.1",
            f"--hostname={host}",
            f"--port={port}",
            f"--work_dir={self.folder}/agent-{number}",
            f"--runtime_dir={self.folder}/run-{number}",
            f"--attributes=rack:r{number}",
            f"--resources=cpus:4;mem:4096;disk:10000;ports:[{ports}]",
            *start.flags,
            *_AGENT,
        ]
        self.agents[host] = self._keep(Process(f"agent-{number}", self.folder, command, start.environment))
        return host

    def start_scheduler(
        self, name: str = "scheduler", words: Sequence[str] = ("scheduler",), **options: str
    ) -> Scheduler:
        """Start a scheduler."""
        storage = (
            f"{self._zookeeper}/kafka-scheduler" if self._zookeeper else f"file:{self.folder}/state.json"
        )
        said = {
            "master": self.master,
            "storage": storage,
            "launcher": str(self.launcher),
            "framework-role": "brokers",
            "principal": "kafka-scheduler",
            "secret": str(self.folder / "secret"),
            "reconciliation-timeout": "10s",
            "stop-timeout": "2s",
            # The launcher of its own runs no broker that could register.
            "started": "running",
        }
        said |= {key.replace("_", "-"): value for key, value in options.items()}
        scheduler = Scheduler(name, self.folder, said, words)
        self._keep(scheduler)
        return scheduler

    def _keep(self, process: Process) -> Process:
        self._processes.append(process)
        return process

    def freeze(self, host: str) -> None:
        """Have an agent neither hear nor say anything, as if its network were cut."""
        self.agents[host].signal(signal.SIGSTOP)

    def thaw(self, host: str) -> None:
        """Let it go on."""
        self.agents[host].signal(signal.SIGCONT)

    def trouble(self, port: int, **order: Any) -> None:
        """Order the double of a master to misbehave."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/double",
            json.dumps(order).encode(),
            {"Content-Type": "application/json"},
        )
        urllib.request.urlopen(request, timeout=10).close()

    def running(self, number: int) -> list[int]:
        """Return the processes that run as a broker."""
        found = []
        for line in self.journal.read_text(encoding="utf-8").splitlines():
            broker, pid = line.split()
            if int(broker) == number and _alive(int(pid)):
                found.append(int(pid))
        return found

    def reservations(self) -> dict[str, list[str]]:
        """Return host → persistent volumes, of which and of reservations the master in use knows."""
        for port in self.masters:
            with contextlib.suppress(OSError, ValueError):
                url = f"http://127.0.0.1:{port}/slaves"
                with urllib.request.urlopen(url, timeout=5) as answer:
                    agents = json.loads(answer.read())["slaves"]
                return {
                    one["hostname"]: sorted(
                        resource.get("disk", {}).get("persistence", {}).get("id", resource["name"])
                        for listed in one.get("reserved_resources_full", {}).values()
                        for resource in listed
                    )
                    for one in agents
                }
        raise AssertionError("no master answers")

    def close(self) -> None:
        """End everything, brokers too."""
        for process in reversed(self._processes):
            process.end(seconds=10)
        for line in self.journal.read_text(encoding="utf-8").splitlines():
            pid = int(line.split()[1])
            if _alive(pid):
                os.kill(pid, signal.SIGKILL)


def _alive(pid: int) -> bool:
    """Return whether a process runs, and is still what it was: it sleeps."""
    try:
        return b"sleep" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
