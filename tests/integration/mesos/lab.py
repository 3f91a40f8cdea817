"""Three masters and two agents on this machine, by the formula's own files, without systemd."""

import datetime
import json
import os
import signal
from pathlib import Path
from typing import Any

import jinja2
import requests
import yaml
from meridian.common import paths
from meridian.pki import authority
from meridian.services.mesos import isolation
from meridian.services.mesos.executors import Identity
from meridian.services.mesos.operator import MesosError, OperatorClient

from tests.integration.marathon.programs import Program
from tests.integration.mesos.framework import Framework
from tests.ports import free as free_ports
from tests.waiting import wait_until

FORMULA = paths.repository() / "salt" / "mesos"
SECRETS = {
    name: f"secretof{name}" for name in ("agent", "kafka-scheduler", "marathon", "mesos-dns", "operator")
}
MASTERS = ("127.0.0.11", "127.0.0.12", "127.0.0.13")
AGENTS = ("127.0.0.21", "127.0.0.22")
# Quicker than an operator would want them.
_QUICK = {
    "master": {
        "allocation_interval": "200ms",
        "registry_fetch_timeout": "5secs",
        "zk_session_timeout": "4secs",
    },
    "agent": {"zk_session_timeout": "4secs", "registration_backoff_factor": "100ms"},
}


def opened(folder: Path) -> Path:
    """Let every user get to what is in a folder, as tasks of other users than root's must; return it."""
    for one in (folder, *folder.parents):
        mode = one.stat().st_mode
        if not mode & 0o001:
            one.chmod(mode | 0o011)
    return folder


class Lab:
    """The cluster.

    :ivar masters: URL of each to its program.
    :ivar agents: address of each to its program.
    :ivar ca: certificate of its authority.
    """

    def __init__(self, folder: Path, zookeeper: str, artifact: Path) -> None:
        self.folder, self._zookeeper, self._artifact = folder, zookeeper, artifact
        self.pki = folder / "pki"
        self.ca = str(self.pki / "ca.pem")
        self._identities()
        ports = iter(free_ports(len(MASTERS) + len(AGENTS), "0.0.0.0"))
        self.ports = {address: next(ports) for address in (*MASTERS, *AGENTS)}
        self.masters = {self.url(address): self._program("master", address) for address in MASTERS}
        self.agents = {address: self._program("agent", address) for address in AGENTS}

    def url(self, address: str) -> str:
        """Return the URL of a master or an agent."""
        return f"https://{address}:{self.ports[address]}"

    def start(self) -> None:
        """Start what does not run, and wait until all of it works together."""
        for program in (*self.masters.values(), *self.agents.values()):
            if not program.alive:
                program.kill()
                program.start()
        try:
            wait_until("all agents are registered", lambda: len(self.registered()) == len(AGENTS))
        except AssertionError as problem:
            programs = {**self.masters, **self.agents}
            told = {name: program.last_log_line() for name, program in programs.items()}
            raise AssertionError(
                f"{problem}\n" + "\n".join(f"{k}: {v}" for k, v in told.items())
            ) from problem

    def stop(self) -> None:
        """End all, and whatever tasks are left."""
        for program in (*self.agents.values(), *self.masters.values()):
            program.kill()
        for task in self.processes():
            os.kill(task, signal.SIGKILL)

    def registered(self) -> dict[str, Any]:
        """Return the agents that are active, by address; none while no master leads."""
        try:
            found = self.operator(patience=0).agents()
        except MesosError:
            return {}
        return {one["agent_info"]["hostname"]: one for one in found if one["active"] or one["deactivated"]}

    def operator(self, patience: float = 30, secret: str = "", principal: str = "operator") -> OperatorClient:
        """Return an operator's client."""
        credential = (principal, secret or SECRETS[principal])
        return OperatorClient(list(self.masters), credential, Path(self.ca), patience=patience)

    def leader(self) -> str:
        """Return the URL of the leading master."""
        return self.operator().leader()

    def framework(self, secret: str = "", principal: str = "kafka-scheduler", **options: Any) -> Framework:
        """Return a framework that has not subscribed yet."""
        credential = (principal, secret or SECRETS[principal])
        return Framework(self.leader(), credential, self.ca, **options)

    def ask_agent(self, address: str, path: str, **options: Any) -> requests.Response:
        """Ask an agent itself."""
        known: dict[str, Any] = {"auth": ("kafka-scheduler", SECRETS["kafka-scheduler"]), "timeout": 15}
        return requests.get(f"{self.url(address)}{path}", verify=self.ca, **(known | options))

    def sandbox(self, address: str, task: str) -> Path:
        """Return the sandbox of a task's last run."""
        found = (self._data(address) / "agent/slaves").glob(f"*/frameworks/*/executors/{task}/runs/latest")
        return next(iter(found)).resolve()

    def processes(self, mark: str = "") -> list[int]:
        """Return processes of tasks, by the folders that Mesos tells them; those of one with a mark."""
        wanted = str(self.folder).encode()
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit() or int(entry.name) == os.getpid():
                continue
            try:
                variables = (entry / "environ").read_bytes()
            except OSError:
                continue
            if b"MESOS_SANDBOX=" + wanted in variables and mark.encode() in variables:
                found.append(int(entry.name))
        return found

    def volumes(self, address: str) -> list[str]:
        """Return the persistent volumes that lie on an agent."""
        return sorted(path.name for path in (self._data(address) / "agent/volumes/roles").glob("*/*"))

    def await_freed(self, address: str) -> None:
        """Wait until an agent holds nothing for any role; one that is killed before keeps the rest."""

        def freed() -> bool:
            reserved = self.ask_agent(address, "/state").json()["reserved_resources"]
            return not reserved and self.volumes(address) == []

        wait_until("its volumes and reservations are gone", freed)

    def _data(self, address: str) -> Path:
        return self.folder / address / "data"

    def _identities(self) -> None:
        now = datetime.datetime.now(datetime.UTC)
        self.pki.mkdir(parents=True)
        ca, _ = authority.ensure(self.pki, "test", now)
        names = ["localhost", *MASTERS, *AGENTS]
        certificate, key = ca.issue("mesos", names, now + datetime.timedelta(days=1), now, server=True)
        (self.pki / "mesos.pem").write_text(certificate)
        (self.pki / "mesos.key").write_text(key)
        # As on nodes: executors read it.
        self.pki.chmod(0o755)
        (self.pki / "ca.pem").chmod(0o644)

    def _program(self, role: str, address: str) -> Program:
        here = self.folder / address
        settings = yaml.safe_load((FORMULA / "defaults.yaml").read_text(encoding="utf-8"))
        passwords = SECRETS if role == "master" else {"agent": SECRETS["agent"]}
        if role == "agent":
            passwords = passwords | {"kafka-scheduler": SECRETS["kafka-scheduler"]}
        settings |= {
            "masters": list(MASTERS),
            "agents": list(AGENTS),
            "cluster": "tests",
            "ports": {role: self.ports[address]},
            "zookeeper": self._zookeeper,
            "zookeeper_password": "secretofmesos",
            "passwords": passwords,
            "data": str(here / "data"),
            "frameworks": {"kafka-scheduler": {"roles": ["kafka"], "users": ["root", "nobody"]}},
            "config": {"master": _QUICK["master"], "agent": _QUICK["agent"]},
            "master": settings["master"] | {"ping_seconds": 1, "pings": 3},
        }
        index = int(address.rpartition(".")[2])
        settings["agent"] |= {
            "attributes": {"rack": f"rack-{index}"},
            "resources": {"cpus": 4, "mem_mb": 2048, "disk_mb": 4096},
            "ports": [f"{31000 + 100 * index}-{31099 + 100 * index}"],
            "grace_seconds": 3,
        }
        files = ["zookeeper", role]
        files += (
            ["credentials.json", "acls.json"]
            if role == "master"
            else ["credential.json", "http-credentials.json", "agent-acls.json", "start-agent"]
        )
        written = {name: self._write(name, settings, address, here) for name in files}
        if role == "agent":
            # As the state mesos_agent.executors does.
            Identity(here / "etc/executors", ("127.0.0.1", address), self.pki / "ca.pem").make()
        text = written[role]
        if role == "agent":
            text += "\n" + isolation.decide(isolation.mounts(), os.geteuid() == 0).environment()
        lines = (line.partition("=") for line in text.splitlines() if line and not line.startswith("#"))
        environment = {name: value for name, _, value in lines}
        # As its unit does: an agent must not see control groups of both versions.
        through = ["sh", str(here / "etc/start-agent")] if role == "agent" else []
        return Program(self._artifact, f"mesos-{role}", here, (), environment, through)

    def _write(self, name: str, settings: dict[str, Any], address: str, here: Path) -> str:
        node = {"id": address, "zone": f"zone-{address[-1]}", "roles": ["mesos-agent", "kafka"]}
        pillar = {"meridian": {"region": "test", "node": node}}
        files = {
            "mesos/map.jinja": "{% set mesos, pillar = settings, given %}{% set node = given.meridian.node %}"
            "{% set address = node.id %}{% set pki, etc = folder ~ '/pki', here ~ '/etc' %}"
            "{% set top = artifact %}"
            "{% set programs, executors = artifact ~ '/bin', here ~ '/etc/executors' %}"
        }
        templates = jinja2.Environment(
            loader=jinja2.ChoiceLoader([jinja2.DictLoader(files), jinja2.FileSystemLoader(FORMULA.parent)]),
            extensions=["jinja2.ext.do"],
        )
        templates.filters["dictsort"] = lambda value: sorted(value.items())
        templates.globals |= {
            "settings": settings,
            "given": pillar,
            "pillar": pillar,
            "grains": {"id": address},
            "folder": str(self.folder),
            "here": str(here),
            "artifact": str(self._artifact),
        }
        templates.filters["json"] = json.dumps
        text = templates.get_template(f"mesos/files/{name}").render()
        text = text.replace("/run/meridian-mesos", str(here / "run"))
        file = here / "etc" / name
        for folder in (file.parent, here / "run"):
            folder.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        file.chmod(0o700)
        return text
