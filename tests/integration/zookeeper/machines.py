"""Real ZooKeeper servers on this machine, by the formula's own files. What systemd does is done here."""

import os
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jinja2
import yaml
from kazoo.security import make_digest_acl_credential
from meridian.common import paths
from meridian.common.errors import MeridianError
from meridian.common.tls import Tls
from meridian.services.zookeeper import node, roll, srvr
from meridian.services.zookeeper.client import connected
from meridian.services.zookeeper.members import Member, Membership, Step

from tests.integration.kafka.machines import free_ports
from tests.integration.zookeeper_server import end_with_parent

FORMULA = paths.repository() / "salt" / "zookeeper"
PLACES = ("/etc/meridian", "/etc/systemd", "/opt/meridian", "/run/meridian-zookeeper")


class Machine:
    """A node with a server.

    :ivar id: number of the server.
    :ivar settings: pillar of the formula.
    :ivar port: of clients.
    """

    def __init__(self, folder: Path, settings: dict[str, Any], identity: Path, artifacts: Path) -> None:
        self.folder = folder
        self.id = int(settings["server_id"])
        self.settings = settings
        self.port = int(settings["ports"]["client"])
        self.tls = Tls.of_service("zookeeper", identity)
        self._process: subprocess.Popen[bytes] | None = None
        for name in (
            "etc/meridian/zookeeper",
            "etc/systemd/system",
            "opt/meridian/zookeeper",
            "opt/meridian/zookeeper-access",
            "run/meridian-zookeeper",
            "data/data",
            "data/members",
        ):
            (folder / name).mkdir(parents=True)
        (folder / "etc/meridian/pki").symlink_to(identity)
        for name in ("zookeeper", "zookeeper-access"):
            (folder / "opt/meridian" / name / "current").symlink_to(artifacts / name)
        self.apply()

    @property
    def log(self) -> Path:
        """What the server said."""
        return self.folder / "log"

    def apply(self) -> None:
        """Write the formula's files, as its config.sls does."""
        for name in ("zoo.cfg", "jaas.conf", "log4j2.properties", "server"):
            self._write(name, self.folder / "etc/meridian/zookeeper" / name)
        unit = "meridian-zookeeper.service"
        self._write(unit, self.folder / "etc/systemd/system" / unit)
        (self.folder / "etc/meridian/zookeeper/server").chmod(0o755)

    def start(self) -> None:
        """Start the server."""
        with self.log.open("ab") as out:
            command = [str(self.folder / "etc/meridian/zookeeper/server"), "start"]
            self._process = subprocess.Popen(
                command, stdout=out, stderr=out, start_new_session=True, preexec_fn=end_with_parent
            )

    def stop(self, how: int = signal.SIGTERM) -> None:
        """Stop the server, and remove what systemd removes."""
        if self._process is None:
            return
        os.killpg(self._process.pid, how)
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(10)
        self._process = None
        for file in (self.folder / "run/meridian-zookeeper").iterdir():
            file.unlink()

    def ask(self) -> srvr.Answer:
        """Return what the server says; an empty answer when it does not answer."""
        try:
            return srvr.ask("localhost", self.port, self.tls)
        except MeridianError:
            return srvr.Answer()

    def status(self) -> roll.Status:
        """Return what ``zookeeper.status`` returns on a node."""
        script = self.folder / "etc/meridian/zookeeper/server"
        noted = self.folder / "run/meridian-zookeeper/fingerprint"
        return roll.Status(self.ask().mode, tuple(node.pending(script, noted)))

    def _write(self, name: str, target: Path) -> None:
        environment = jinja2.Environment(
            extensions=["jinja2.ext.do"],
            loader=jinja2.FileSystemLoader(FORMULA / "files"),
            keep_trailing_newline=True,
        )
        text = environment.get_template(name).render(zookeeper=self.settings)
        for place in PLACES:
            text = text.replace(place, f"{self.folder}{place}")
        target.write_text(text, encoding="utf-8")


class _Server(node.Server):
    """What a machine's pillar would say, but for ports, which all machines have the same elsewhere."""

    ensemble: "Ensemble"

    def address(self, member: Member) -> str:
        return self.ensemble.hosts(member.id)

    def tls(self) -> Tls:
        return self.ensemble.tls


class Ensemble:
    """Servers that belong together, as ``zookeeper.roll`` sees them.

    :ivar machines: all, those that did not join yet among them, by id.
    :ivar wanted: members as a topology would have them.
    :ivar restarted: ids in the order of their restarts.
    """

    def __init__(self, machines: list[Machine], users: Mapping[str, str]) -> None:
        self.machines = {one.id: one for one in machines}
        self.users = dict(users)
        self.wanted: dict[int, Member] = {}
        self.restarted: list[int] = []

    def member(self, number: int) -> Member:
        """Return a machine as a member."""
        ports = self.machines[number].settings["ports"]
        return Member(number, "localhost", ports["quorum"], ports["election"])

    def want(self, *numbers: int) -> None:
        """Say who shall belong to it."""
        self.wanted = {number: self.member(number) for number in numbers}

    def prepare(self, number: int) -> str:
        """Do what ``zookeeper.prepared`` does on a node; return the list."""
        folder = self.machines[number].folder / "data/members"
        server = _Server(self.member(number), self.wanted, self.machines[number].port, self.users)
        server.ensemble = self
        members = node.prepare(server, folder)
        if members:
            (folder / "zoo.cfg.dynamic").write_text(members, encoding="utf-8")
        return members

    def hosts(self, *numbers: int) -> str:
        """Return ``host:port,…`` of machines; default: of all that are wanted."""
        return ",".join(f"localhost:{self.machines[one].port}" for one in numbers or self.wanted)

    @property
    def tls(self) -> Tls:
        """An identity that the servers trust."""
        return next(iter(self.machines.values())).tls

    def client(self, user: str = "", *numbers: int, password: str = "") -> Any:
        """Connect as a user; a context manager."""
        return connected(self.hosts(*numbers), self.tls, user, password or self.users.get(user, ""))

    # What zookeeper.roll asks.

    def name(self, server: int) -> str:
        return f"masters-{server}" if server in self.wanted else f"server {server}"

    def status(self) -> dict[int, roll.Status]:
        return {number: self.machines[number].status() for number in self.wanted}

    def membership(self, server: int) -> Membership:
        with self.client(node.ADMIN, server) as client:
            return node.membership(client)

    def change(self, server: int, step: Step, version: int) -> Membership:
        with self.client(node.ADMIN, server) as client:
            return node.change(client, step.joining, step.leaving, version)

    def restart(self, server: int) -> None:
        self.restarted.append(server)
        self.machines[server].stop()
        self.machines[server].start()

    def last_log_line(self, server: int) -> str:
        lines = self.machines[server].log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(node.telling(lines, 1))


def machines(
    folder: Path, artifacts: Path, identity: Path, count: int, users: Mapping[str, str]
) -> list[Machine]:
    """Return machines that are not started yet, of one ensemble.

    :param artifacts: folder of the formula's artifacts, unpacked.
    :param identity: folder of certificates, as the pki formula names them.
    :param users: name → password.
    """
    ports = {name: free_ports(count) for name in ("client", "quorum", "election")}
    defaults = yaml.safe_load((FORMULA / "defaults.yaml").read_text(encoding="utf-8"))
    made = []
    for index in range(count):
        here = folder / f"zookeeper-{index + 1}"
        settings = defaults | {
            "server_id": index + 1,
            "ports": {name: ports[name][index] for name in ports},
            "users": dict(users),
            "super_digest": make_digest_acl_credential(node.ADMIN, users[node.ADMIN]),
            "data": str(here / "data"),
            "heap_mb": 96,
            "serial_gc": True,
            # Patient: on a busy machine a beat may come late.
            "tick_ms": 1000,
            "init_ticks": 60,
            "sync_ticks": 40,
            "config": {"secureClientPortAddress": "127.0.0.1", "quorumListenOnAllIPs": False},
        }
        made.append(Machine(here, settings, identity, artifacts))
    return made
