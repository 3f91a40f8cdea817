"""A real Connect worker on this machine, by the connect formula's own files, as systemd would run it."""

import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import jinja2
import yaml
from meridian.common import paths
from meridian.common.tls import Tls
from meridian.services.connect.client import ConnectClient
from meridian.services.connect.keystore import Stores

from tests.ports import free as free_ports
from tests.waiting import wait_until

FORMULA = paths.repository() / "salt" / "connect"
_UP_SECONDS = 240


class Worker:
    """A node with the only worker of its group.

    :ivar log: what the worker says.
    :ivar client: of its REST interface.
    """

    def __init__(self, folder: Path, bootstrap: str, identity: Path, kafka: Path, predicates: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.log = folder / "log"
        for name in ("etc/meridian/connect", "etc/systemd/system", "run/meridian-connect"):
            (folder / name).mkdir(parents=True)
        for name, artifact in (("kafka", kafka), ("connect-predicates", predicates)):
            (folder / "opt/meridian" / name).mkdir(parents=True)
            (folder / "opt/meridian" / name / "current").symlink_to(artifact)
        pki = folder / "etc/meridian/pki"
        pki.mkdir()
        for file in identity.iterdir():
            (pki / file.name.replace("kafka", "connect")).symlink_to(file)
        Stores("connect", pki, folder / "etc/meridian/connect").write(os.getgid())
        self.tls = Tls.of_service("connect", pki)
        (port,) = free_ports(1)
        self._settings: dict[str, Any] = yaml.safe_load((FORMULA / "defaults.yaml").read_text()) | {
            "bootstrap": bootstrap,
            "worker": f"localhost:{port}",
            "port": port,
            "heap_mb": 512,
            "serial_gc": True,
            "rebalance_delay_ms": 0,
        }
        for name in ("worker", "worker.properties", "log4j2.yaml"):
            self._write(name, folder / "etc/meridian/connect" / name)
        self._write("meridian-connect.service", folder / "etc/systemd/system/meridian-connect.service")
        (folder / "etc/meridian/connect/worker").chmod(0o755)
        self._url = f"https://localhost:{port}"
        self.client = ConnectClient([self._url], self.tls)

    def start(self) -> None:
        """Start the worker, and wait until it serves."""
        with self.log.open("ab") as out:
            command = [str(self._folder / "etc/meridian/connect/worker"), "start"]
            self._process = subprocess.Popen(command, stdout=out, stderr=out, start_new_session=True)
        wait_until("the worker serves", lambda: self.client.healthy(self._url), _UP_SECONDS, self.last_lines)

    def stop(self) -> None:
        """End the worker."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(30)
            self._process = None

    def last_lines(self) -> str:
        """Return the end of the worker's log."""
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-20:])

    def _write(self, name: str, target: Path) -> None:
        environment = jinja2.Environment(
            extensions=["jinja2.ext.do"],
            loader=jinja2.FileSystemLoader(FORMULA / "files"),
            keep_trailing_newline=True,
        )
        text = environment.get_template(name).render(connect=self._settings)
        for place in ("/etc/meridian", "/etc/systemd", "/opt/meridian", "/run/meridian-connect"):
            text = text.replace(place, f"{self._folder}{place}")
        target.write_text(text, encoding="utf-8")
