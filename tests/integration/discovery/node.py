"""A node with the proxy and the discovery, by the formula's own files. What systemd does is done here."""

import getpass
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import jinja2
import yaml
from meridian.common import paths
from meridian.services.discovery.haproxy import RuntimeApi, parse
from meridian.services.discovery.model import DiscoveryError

from tests.doubles import broker_list
from tests.integration.kafka.machines import free_ports
from tests.waiting import wait_until

FORMULA = paths.repository() / "salt" / "proxy"
PORTS = ("zookeeper", "scheduler", "marathon", "bootstrap", "external", "metrics")


class ProxyNode:
    """A node.

    :ivar ports: where its addresses are, by name.
    :param identity: folder with the certificates.
    :param service: whose certificate the proxy shows.
    :param servers: what ``proxy:servers`` is in pillar.
    """

    def __init__(
        self,
        folder: Path,
        identity: Path,
        service: str,
        servers: dict[str, list[dict[str, Any]]],
        follow: bool,
    ) -> None:
        self.folder = folder
        self.ports = dict(zip(PORTS, free_ports(len(PORTS)), strict=True))
        defaults = yaml.safe_load((FORMULA / "defaults.yaml").read_text(encoding="utf-8"))
        self.settings = defaults | {
            "identity": service,
            "user": getpass.getuser(),
            "name": "localhost",
            "ports": self.ports,
            "servers": servers,
            "follow": follow,
            "entry": True,
            "scheduler_user": broker_list.USER,
            "check_seconds": 1,
            "scheduler_check_seconds": 1,
            "poll_seconds": 0.5,
            "slots": 6,
        }
        # A socket's path has at most 107 letters; those of tests are long.
        self._run = tempfile.TemporaryDirectory(prefix="mi-")
        for name in ("etc/meridian/proxy/conf.d", "var/lib/meridian/discovery"):
            (folder / name).mkdir(parents=True)
        (folder / "etc/meridian/pki").symlink_to(identity)
        (folder / "etc/meridian/proxy/scheduler.password").write_text(broker_list.PASSWORD)
        self._proxy: subprocess.Popen[bytes] | None = None
        self._discovery: subprocess.Popen[bytes] | None = None
        self.api = RuntimeApi(Path(self._run.name) / "admin.sock")
        self.apply()

    @property
    def _conf(self) -> Path:
        return self.folder / "etc/meridian/proxy/conf.d"

    def apply(self) -> None:
        """Write the formula's files, as its config.sls does, and check them as it does."""
        servers, follow = self.settings["servers"], self.settings["follow"]
        wanted = [name for name in ("zookeeper", "scheduler", "marathon") if servers.get(name)]
        wanted += ["kafka"] if follow or servers.get("kafka") else []
        for name in ("00-global", *wanted):
            self._write(f"{name}.cfg", self._conf / f"{name}.cfg")
        self._write("discovery.json", self.folder / "etc/meridian/proxy/discovery.json")
        subprocess.run(["haproxy", "-c", "-q", "-f", str(self._conf)], check=True)

    def start(self) -> None:
        """Start the proxy, and wait until it answers."""
        with (self.folder / "proxy.log").open("ab") as out:
            command = ["haproxy", "-W", "-db", "-f", str(self._conf)]
            self._proxy = subprocess.Popen(command, stdout=out, stderr=out, start_new_session=True)
        wait_until(f"the proxy answers; see {self.folder}/proxy.log", self._answers)

    def reload(self) -> None:
        """Reload the proxy, and wait until another worker serves."""
        assert self._proxy is not None
        before = self._worker()
        self._proxy.send_signal(signal.SIGUSR2)
        wait_until("another worker serves", lambda: self._answers() and self._worker() != before)

    def stop(self) -> None:
        """Stop the proxy at once."""
        self._proxy = _ended(self._proxy, signal.SIGKILL)

    def start_discovery(self) -> None:
        """Start the daemon."""
        with (self.folder / "discovery.log").open("ab") as out:
            config = self.folder / "etc/meridian/proxy/discovery.json"
            command = [sys.executable, "-m", "meridian.services.discovery", "--config", str(config)]
            environment = os.environ | {"PYTHONPATH": str(paths.repository() / "modules")}
            self._discovery = subprocess.Popen(
                command, stdout=out, stderr=out, env=environment, start_new_session=True
            )

    def stop_discovery(self) -> None:
        """Stop the daemon in an orderly way."""
        self._discovery = _ended(self._discovery, signal.SIGTERM)

    def leads_to(self, backend: str) -> set[int]:
        """Return the ports of servers that a backend leads to, and that answer."""
        try:
            slots = parse(self.api.state())
        except DiscoveryError:
            return set()
        found = (slot for slot in slots if slot.backend == backend and slot.ready and slot.up)
        return {slot.endpoint.port for slot in found if slot.endpoint is not None}

    def log(self, name: str = "discovery") -> str:
        """Return what the daemon, or the ``proxy``, said."""
        return (self.folder / f"{name}.log").read_text(encoding="utf-8")

    def connect(self, port: str) -> socket.socket:
        """Connect to one of its addresses."""
        return socket.create_connection(("127.0.0.1", self.ports[port]), timeout=10)

    def _worker(self) -> str:
        return next(line for line in self.api._ask("show info").splitlines() if line.startswith("Pid:"))

    def _answers(self) -> bool:
        try:
            self.api.state()
            return True
        except DiscoveryError:
            return False

    def _write(self, name: str, target: Path) -> None:
        environment = jinja2.Environment(
            extensions=["jinja2.ext.do"],
            loader=jinja2.FileSystemLoader(FORMULA / "files"),
            keep_trailing_newline=True,
        )
        text = environment.get_template(name).render(proxy=self.settings)
        for place in ("/etc/meridian", "/var/lib/meridian"):
            text = text.replace(place, f"{self.folder}{place}")
        text = text.replace("/run/meridian-proxy", self._run.name)
        if name.endswith(".json"):
            json.loads(text)
        # A user's own group need not have the user's name.
        target.write_text(
            "\n".join(line for line in text.split("\n") if line != f"  group {getpass.getuser()}")
        )


def _ended(process: subprocess.Popen[bytes] | None, how: int) -> None:
    """End a process and those that it started."""
    if process is not None and process.poll() is None:
        os.killpg(process.pid, how)
        process.wait(20)
