"""A Mesos cluster with two Marathons on this machine, with TLS and authentication as the formulas have it."""

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
from meridian.common.errors import MeridianError
from meridian.pki import authority
from meridian.services.connect.keystore import Stores
from meridian.services.marathon.client import MarathonClient

from tests.integration import mesos_agents
from tests.integration.kafka.machines import free_ports
from tests.integration.marathon.programs import Program
from tests.integration.zookeeper_server import Ensemble
from tests.waiting import wait_until

FORMULA = paths.repository() / "salt" / "marathon"
CREDENTIALS = ("admin", "apisecret")
AGENTS = ("127.0.0.1", "127.0.0.2", "127.0.0.3")
_SECRETS = {"agent": "agentsecret", "marathon": "marathonsecret", "operator": "operatorsecret"}


class Lab:
    """The cluster.

    :ivar marathons: two of them, by URL.
    :ivar marathon: the unpacked artifact.
    :ivar ensemble: its ZooKeeper, at ``zookeeper``.
    :ivar folder: where all of it is.
    """

    def __init__(self, folder: Path, ensemble: Ensemble, mesos: Path, marathon: Path) -> None:
        self.folder = folder
        self.ensemble = ensemble
        self.zookeeper = ensemble.hosts
        self._pki = folder / "pki"
        self._mesos, self.marathon = mesos, marathon
        self._identities()
        self._tls = {
            "LIBPROCESS_SSL_ENABLED": "true",
            "LIBPROCESS_SSL_VERIFY_SERVER_CERT": "true",
            "LIBPROCESS_SSL_VERIFY_IPADD": "true",
            "LIBPROCESS_SSL_HOSTNAME_VALIDATION_SCHEME": "openssl",
            "LIBPROCESS_SSL_CIPHERS": "ECDHE+AESGCM",
            "LIBPROCESS_SSL_CA_FILE": str(self._pki / "ca.pem"),
            "LIBPROCESS_SSL_CERT_FILE": str(self._pki / "marathon.pem"),
            "LIBPROCESS_SSL_KEY_FILE": str(self._pki / "marathon.key"),
        }
        (self.master_port,) = free_ports(1)
        self.master = self._master()
        self.agents = {address: self._agent(address, index) for index, address in enumerate(AGENTS)}
        self.marathons = {f"https://127.0.0.1:{port}": self.server(port) for port in free_ports(2)}

    def start(self) -> None:
        """Start all and wait until apps can be deployed."""
        for program in (self.master, *self.agents.values(), *self.marathons.values()):
            program.start()
        self.ready()

    def revive(self) -> None:
        """Start what has ended by itself, as units do."""
        for program in (self.master, *self.agents.values(), *self.marathons.values()):
            if not program.alive:
                program.kill()
                program.start()

    def stop(self) -> None:
        """End all, and whatever tasks are left."""
        for program in (*self.marathons.values(), *self.agents.values(), self.master):
            program.kill()
        for task in self.processes(str(self.folder)):
            os.kill(task, signal.SIGKILL)

    def ready(self) -> None:
        """Wait until a Marathon leads and knows Mesos."""
        client = self.client()

        def leads() -> bool:
            return any(client.healthy(url) for url in self.marathons) and bool(
                client.info().get("frameworkId")
            )

        try:
            wait_until("a Marathon leads, and is registered", leads)
        except (AssertionError, MeridianError) as problem:
            told = {name: program.last_log_line() for name, program in self.marathons.items()}
            raise AssertionError(f"{problem}\n{told}\nmaster: {self.master.last_log_line()}") from problem

    def client(self, patience: float = 30) -> MarathonClient:
        """Return a client of both Marathons."""
        return MarathonClient(list(self.marathons), CREDENTIALS, self._pki / "ca.pem", patience=patience)

    def leader(self) -> str:
        """Return the URL of the Marathon that leads."""
        return f"https://{self.client().leader()}"

    def follower(self) -> str:
        """Return the URL of the one that does not."""
        leader = self.leader()
        return next(url for url in self.marathons if url != leader)

    def trouble(self, url: str, **order: Any) -> None:
        """Order a double to misbehave."""
        answer = requests.post(
            f"{url}/double", json=order, auth=CREDENTIALS, verify=str(self._pki / "ca.pem"), timeout=10
        )
        answer.raise_for_status()

    def master_trouble(self, **order: Any) -> None:
        """Order the double of the master to misbehave."""
        url = f"https://127.0.0.1:{self.master_port}/double"
        who = ("operator", _SECRETS["operator"])
        answer = requests.post(url, json=order, auth=who, verify=str(self._pki / "ca.pem"), timeout=10)
        answer.raise_for_status()

    def get(self, url: str, **options: Any) -> requests.Response:
        """Ask one Marathon, as whoever one is."""
        return requests.get(url, verify=str(self._pki / "ca.pem"), timeout=15, **options)

    def clear(self) -> None:
        """Take all apps away, whatever else is going on with them, and wait until it is done."""
        client = self.client()
        root = client.group("/") or {}
        paths = [f"apps{one['id']}" for one in root.get("apps", ())]
        paths += [f"groups{one['id']}" for one in root.get("groups", ())]
        for path in paths:
            answer = requests.delete(
                f"{self.leader()}/v2/{path}?force=true",
                auth=CREDENTIALS,
                verify=str(self._pki / "ca.pem"),
                timeout=15,
            )
            answer.raise_for_status()
        wait_until("all apps are gone", lambda: not client.deployments() and not client.apps())

    def processes(self, mark: str) -> list[int]:
        """Return processes whose environment or folder has a mark in it: tasks, by what Mesos gave them."""
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and int(entry.name) != os.getpid():
                try:
                    if mark.encode() in (entry / "environ").read_bytes():
                        found.append(int(entry.name))
                except OSError:
                    continue
        return found

    def _identities(self) -> None:
        now = datetime.datetime.now(datetime.UTC)
        self._pki.mkdir(parents=True)
        ca, _ = authority.ensure(self._pki, "test", now)
        names = ["localhost", *AGENTS]
        until = now + datetime.timedelta(days=1)
        certificate, key = ca.issue("marathon", names, until, now, server=True)
        (self._pki / "marathon.pem").write_text(certificate)
        (self._pki / "marathon.key").write_text(key)
        # As on nodes: executors read it.
        (self._pki / "ca.pem").chmod(0o644)
        known = [{"principal": name, "secret": secret} for name, secret in _SECRETS.items()]
        (self.folder / "credentials").write_text(json.dumps({"credentials": known}))
        (self.folder / "agent.credential").write_text(json.dumps(known[0]))
        stores = self.folder / "etc/meridian/marathon"
        stores.mkdir(parents=True)
        Stores("marathon", self._pki, stores).write(os.getgid())

    def _master(self) -> Program:
        here = self.folder / "master"
        arguments = [
            f"--zk=zk://{self.zookeeper}/mesos",
            "--quorum=1",
            "--ip=127.0.0.1",
            "--hostname=127.0.0.1",
            f"--port={self.master_port}",
            f"--work_dir={here / 'work'}",
            f"--credentials={self.folder / 'credentials'}",
            "--authenticate_http_frameworks=true",
            "--http_framework_authenticators=basic",
            "--authenticate_frameworks=true",
            "--authenticate_agents=true",
            "--allocation_interval=200ms",
        ]
        variables = {**self._tls, "LD_LIBRARY_PATH": str(self._mesos / "lib")}
        return Program(self._mesos, "mesos-master", here, arguments, variables)

    def _agent(self, address: str, index: int) -> Program:
        here = self.folder / f"agent-{index + 1}"
        first = 31000 + 100 * index
        arguments = [
            f"--master=zk://{self.zookeeper}/mesos",
            f"--ip={address}",
            f"--hostname={address}",
            f"--port={free_ports(1)[0]}",
            f"--work_dir={here / 'work'}",
            f"--runtime_dir={here / 'run'}",
            f"--fetcher_cache_dir={here / 'cache'}",
            f"--credential={self.folder / 'agent.credential'}",
            f"--resources=cpus:4;mem:4096;disk:4096;ports:[{first}-{first + 99}]",
            f"--attributes=zone:zone-{index + 1};disk:{'ssd' if index else 'hdd'}",
        ]
        start = mesos_agents.start(self._mesos, self._tls)
        variables = {**start.environment, **self._tls}
        return Program(self._mesos, "mesos-agent", here, [*arguments, *start.flags], variables, start.through)

    def server(self, port: int, **changes: Any) -> Program:
        """Return a Marathon with the very environment that the formula would give it.

        :param changes: settings of the formula.
        """
        defaults = yaml.safe_load((FORMULA / "defaults.yaml").read_text(encoding="utf-8"))
        (driver,) = free_ports(1)
        settings = defaults | {
            "port": port,
            "driver": defaults["driver"] | {"port": driver},
            "heap_mb": 256,
            "libmesos": str(self._mesos / "lib/libmesos.so"),
            "zookeeper": self.zookeeper,
            "zookeeper_password": "zookeepersecret",
            "mesos_password": _SECRETS["marathon"],
            "password": CREDENTIALS[1],
            "task_user": "root",
            "zk_session_ms": 4000,
            **changes,
        }
        secret = self.folder / "etc/meridian/marathon/mesos-secret"
        secret.write_text(_SECRETS["marathon"])
        files = {"marathon/map.jinja": "{% set marathon, tls = settings, tls %}"}
        loader = jinja2.ChoiceLoader(
            [jinja2.DictLoader(files), jinja2.FileSystemLoader([FORMULA / "files", FORMULA.parent])]
        )
        node = {"id": "127.0.0.1", "addresses": {"region": "127.0.0.1"}}
        templates = jinja2.Environment(loader=loader, extensions=["jinja2.ext.do"])
        tls = yaml.safe_load((FORMULA.parent / "mesos/defaults.yaml").read_text(encoding="utf-8"))["tls"]
        templates.globals |= {"settings": settings, "tls": tls, "pillar": {"meridian": {"node": node}}}
        (self.folder / "etc/meridian/marathon/logback.xml").write_text(
            templates.get_template("logback.xml").render()
        )
        text = templates.get_template("environment").render()
        text = text.replace("/etc/meridian/pki", str(self._pki))
        text = text.replace("/etc/meridian", str(self.folder / "etc/meridian"))
        lines = (line.partition("=") for line in text.splitlines() if line and not line.startswith("#"))
        environment = {name: value.strip('"') for name, _, value in lines}
        if settings["mesos_password"] != _SECRETS["marathon"]:
            wrong = secret.with_name("wrong-secret")
            wrong.write_text(settings["mesos_password"])
            environment["MARATHON_MESOS_AUTHENTICATION_SECRET_FILE"] = str(wrong)
        return Program(self.marathon, "marathon", self.folder / f"marathon-{port}", (), environment)
