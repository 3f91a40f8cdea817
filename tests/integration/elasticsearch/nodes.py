"""Real nodes of Elasticsearch on this machine, by the formula's own files. What systemd does is done here."""

import json
import os
import pwd
import signal
import socket
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jinja2
import yaml
from meridian.common import paths
from meridian.pki import authority
from meridian.services.elasticsearch import node as elastic_node
from meridian.services.elasticsearch import users

from tests import ports

FORMULA = paths.repository() / "salt" / "elasticsearch"
FILES = (
    "elasticsearch.yml",
    "jvm.options",
    "log4j2.properties",
    "roles.yml",
    "users",
    "users_roles",
    "keystore.txt",
)
PASSWORDS = {"elastic": "elasticPassword1", "sink": "sinkPassword2"}
_UNIT = "meridian-elasticsearch.service"


class Node:
    """A machine with a node of Elasticsearch.

    :ivar id: its name in the cluster.
    :ivar settings: pillar of the formula.
    :ivar task: whether it is started as a Mesos task is, by ``node-task`` in a sandbox.
    """

    def __init__(
        self, folder: Path, settings: dict[str, Any], identity: Path, artifact: Path, task: bool
    ) -> None:
        self.folder = folder
        self.settings = settings
        self.task = task
        self.noted = folder / "run/meridian-elasticsearch"
        self.id = str(settings["nodes"][settings["index"] - 1]["id"])
        self._process: subprocess.Popen[bytes] | None = None
        for name in ("etc/meridian/elasticsearch", "etc/systemd/system", "opt/meridian/elasticsearch"):
            (folder / name).mkdir(parents=True)
        for name in ("data", "run/meridian-elasticsearch"):
            (folder / name).mkdir(parents=True)
            if not task or name != "data":
                _give(folder / name)
        (folder / "etc/meridian/pki").symlink_to(identity)
        (folder / "opt/meridian/elasticsearch/current").symlink_to(artifact)
        self.apply()

    @property
    def log(self) -> Path:
        """What the node said."""
        return self.folder / "log"

    @property
    def running(self) -> bool:
        """Whether its process lives."""
        return self._process is not None and self._process.poll() is None

    def apply(self) -> None:
        """Write the formula's files, as its config.sls does."""
        for name in (*FILES, "node", "node-task"):
            self._write(name, self.folder / "etc/meridian/elasticsearch" / name)
        self._write(_UNIT, self.folder / "etc/systemd/system" / _UNIT)
        for name in ("node", "node-task"):
            (self.folder / "etc/meridian/elasticsearch" / name).chmod(0o755)

    def start(self) -> None:
        """Start the node, never as root."""
        scripts = self.folder / "etc/meridian/elasticsearch"
        command, other = [str(scripts / "node"), "start"], dict[str, Any]()
        if self.task:
            ports = {name.upper(): str(port) for name, port in self.settings["ports"].items()}
            told = {
                "ELASTIC_NODE_NAME": self.id,
                "ELASTIC_HEAP_MB": "256",
                "ELASTIC_DATA": "data",
                **{f"ELASTIC_PORT_{name}": port for name, port in ports.items()},
            }
            command, other = [str(scripts / "node-task")], {"cwd": self.folder, "env": os.environ | told}
        elif os.geteuid() == 0:
            other = {"user": _nobody().pw_uid, "group": _nobody().pw_gid, "extra_groups": []}
        with self.log.open("ab") as out:
            self._process = subprocess.Popen(command, stdout=out, stderr=out, start_new_session=True, **other)

    def stop(self, how: int = signal.SIGTERM) -> None:
        """Stop the node, and remove what systemd removes."""
        if self._process is None:
            return
        if how == signal.SIGTERM:
            # As systemd does with KillMode=mixed: the launcher hands it on.
            self._process.terminate()
        else:
            os.killpg(self._process.pid, how)
        try:
            self._process.wait(60)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(10)
        self._process = None
        for file in self.noted.glob("*"):
            file.unlink()

    def pending(self) -> list[str]:
        """Return what ``elasticsearch.pending`` returns on a node."""
        return elastic_node.pending(
            self.folder / "etc/meridian/elasticsearch/node", self.noted / "fingerprint"
        )

    def _write(self, name: str, target: Path) -> None:
        environment = jinja2.Environment(
            extensions=["jinja2.ext.do"],
            loader=jinja2.FileSystemLoader(FORMULA / "files"),
            keep_trailing_newline=True,
        )
        environment.filters["json"] = json.dumps
        text = environment.get_template(name).render(
            elastic=self.settings,
            pillar=SimpleNamespace(elasticsearch=self.settings),
            grains=SimpleNamespace(id=self.id),
            salt={"elasticsearch.password_hash": users.password_hash},
        )
        for place in ("/etc/meridian", "/etc/systemd", "/opt/meridian", "/run/meridian-elasticsearch"):
            text = text.replace(place, f"{self.folder}{place}")
        target.write_text(text, encoding="utf-8")


def nodes(
    folder: Path, artifact: Path, network: str = "127.0.1", runtime: str = "systemd", **further: Any
) -> list[Node]:
    """Return three machines, each in a zone and with a loopback address of its own; one runs it as a task.

    :param network: first three numbers of their addresses.
    :param runtime: ``mesos``: a scheduler starts them all, and they are called as their hosts are.
    :param further: of the formula's settings.
    """
    addresses = [f"{network}.{number}" for number in (1, 2, 3)]
    identity = folder / "pki"
    _certificates(identity, folder / "authority", addresses)
    defaults = yaml.safe_load((FORMULA / "defaults.yaml").read_text(encoding="utf-8"))
    pillar_file = paths.repository() / "pillar" / "defaults" / "elasticsearch.sls"
    defaults |= yaml.safe_load(pillar_file.read_text(encoding="utf-8"))["elasticsearch"]
    ports = {"http": _free_port(addresses), "transport": _free_port(addresses)}
    known = [
        {
            "id": address if runtime == "mesos" else f"elastic-{number}",
            "index": number,
            "zone": f"zone-{number}",
            "address": address,
        }
        for number, address in enumerate(addresses, start=1)
    ]
    made = []
    for index, address in enumerate(addresses, start=1):
        here = folder / f"elastic-{index}"
        settings = defaults | {
            "cluster": "local-central",
            "index": index,
            "zone": f"zone-{index}",
            "address": address,
            "nodes": known,
            "urls": [f"https://{one}:{ports['http']}" for one in addresses],
            "ports": ports,
            "user": "nobody",
            "users": PASSWORDS,
            "data": str(here / "data"),
            "heap_mb": 256,
            "serial_gc": True,
            # Three starts are most of what a test costs; no one measures throughput here.
            "jvm_flags": ["-XX:TieredStopAtLevel=1"],
            # On one machine, three cannot share a port of all addresses.
            "config": {"http.host": address, "discovery.probe.connect_timeout": "5s"},
            "runtime": runtime,
            **further,
        }
        made.append(Node(here, settings, identity, artifact, task=index == 3 or runtime == "mesos"))
    return made


def _nobody() -> pwd.struct_passwd:
    return pwd.getpwnam("nobody")


def _give(path: Path) -> None:
    if os.geteuid() == 0:
        os.chown(path, _nobody().pw_uid, _nobody().pw_gid)


def _free_port(addresses: list[str]) -> int:
    """Return a port that is free on all addresses."""
    while True:
        (port,) = ports.free(1, addresses[0])
        try:
            for address in addresses[1:]:
                socket.create_server((address, port)).close()
        except OSError:
            continue
        return port


def _certificates(folder: Path, authority_folder: Path, addresses: list[str]) -> None:
    """Write one certificate for all nodes, as the pki formula names it."""
    folder.mkdir()
    now = datetime.now(UTC)
    made, _ = authority.ensure(authority_folder, "test", now)
    certificate, key = made.issue(
        "elasticsearch", ("localhost", *addresses), now + timedelta(days=1), now, server=True
    )
    (folder / "ca.pem").write_text(made.pem)
    (folder / "elasticsearch.pem").write_text(certificate)
    (folder / "elasticsearch.key").write_text(key)
    for file in folder.iterdir():
        file.chmod(0o640)
        _give(file)
