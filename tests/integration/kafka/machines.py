"""Real brokers on this machine, by the kafka formula's own files. What systemd does is done here."""

import datetime
import ipaddress
import os
import signal
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import jinja2
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from meridian.common import paths
from meridian.common.tls import Tls
from meridian.services.kafka import broker as broker_node
from meridian.topology.kafka_mode import ZOOKEEPER

from tests.ports import free as free_ports

FORMULA = paths.repository() / "salt" / "kafka"
LISTENERS = ("INTERNAL", "CONTROLLER", "EXTERNAL")


class Machine:
    """A node with a broker.

    :ivar id: its ``node.id``.
    :ivar settings: pillar of the formula.
    """

    def __init__(self, folder: Path, settings: dict[str, Any], identity: Path, artifact: Path) -> None:
        self.folder = folder
        self.id = int(settings["node_id"])
        self.settings = settings
        self._process: subprocess.Popen[bytes] | None = None
        for name in (
            "etc/meridian/kafka",
            "etc/systemd/system",
            f"opt/meridian/{settings['artifact']}",
            "run/meridian-kafka",
            "data",
        ):
            (folder / name).mkdir(parents=True)
        (folder / "etc/meridian/pki").symlink_to(identity)
        (folder / "opt/meridian" / settings["artifact"] / "current").symlink_to(artifact)
        self.apply()

    @property
    def log(self) -> Path:
        """What the broker said."""
        return self.folder / "log"

    def apply(self) -> None:
        """Write the formula's files, as its config.sls does."""
        files = ["server.properties", "log4j2.yaml", "broker"]
        if self.settings["mode"] == ZOOKEEPER:
            files.append("zookeeper-jaas.conf")
        for name in files:
            self._write(name, self.folder / "etc/meridian/kafka" / name)
        unit = "meridian-kafka.service"
        self._write(unit, self.folder / "etc/systemd/system" / unit)
        (self.folder / "etc/meridian/kafka/broker").chmod(0o755)

    def start(self) -> None:
        """Start the broker."""
        with self.log.open("ab") as out:
            command = [str(self.folder / "etc/meridian/kafka/broker"), "start"]
            self._process = subprocess.Popen(command, stdout=out, stderr=out, start_new_session=True)

    def stop(self, how: int = signal.SIGTERM) -> None:
        """Stop the broker, and remove what systemd removes."""
        if self._process is None:
            return
        os.killpg(self._process.pid, how)
        try:
            self._process.wait(60)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(10)
        self._process = None
        for file in (self.folder / "run/meridian-kafka").iterdir():
            file.unlink()

    def signal(self, number: int) -> None:
        """Send the broker a signal: it is frozen by SIGSTOP, and goes on by SIGCONT."""
        assert self._process is not None
        os.killpg(self._process.pid, number)

    def pending(self) -> dict[str, Any]:
        """Return what ``kafka_broker.pending`` returns on a node."""
        settings = self.folder / "etc/meridian/kafka"
        return broker_node.pending(
            settings / "broker", settings / "server.properties", self.folder / "run/meridian-kafka"
        )

    def last_log_line(self) -> str:
        """Return the end of the broker's log."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(broker_node.telling(lines, 1))

    def _write(self, name: str, target: Path) -> None:
        environment = jinja2.Environment(
            extensions=["jinja2.ext.do"],
            loader=jinja2.FileSystemLoader(FORMULA / "files"),
            keep_trailing_newline=True,
        )
        text = environment.get_template(name).render(kafka=self.settings)
        for place in ("/etc/meridian", "/etc/systemd", "/opt/meridian", "/run/meridian-kafka"):
            text = text.replace(place, f"{self.folder}{place}")
        target.write_text(text, encoding="utf-8")


def machines(
    folder: Path,
    artifact: Path,
    identity: Path | None = None,
    further: Mapping[str, Any] = MappingProxyType({}),
) -> tuple[list[Machine], Tls]:
    """Return three machines, each in a rack of its own, and an identity to ask their cluster with.

    :param identity: folder that :func:`certificates` made; default: one of their own.
    :param further: further settings of all of them.
    """
    if identity is None:
        identity = folder / "pki"
        certificates(identity)
    kraft = further.get("mode") != ZOOKEEPER
    listeners = [name for name in LISTENERS if kraft or name != "CONTROLLER"]
    ports = {name: free_ports(3) for name in listeners}
    defaults = yaml.safe_load((FORMULA / "defaults.yaml").read_text(encoding="utf-8"))
    bootstrap = ",".join(f"localhost:{port}" for port in ports["INTERNAL"])
    made = []
    for index in range(3):
        here = folder / f"kafka-{index + 1}"
        settings = defaults | {
            "node_id": index + 1,
            "process_roles": ["broker", "controller"] if kraft else ["broker"],
            "rack": f"zone-{index + 1}",
            "cluster_id": "MkU3OEVBNTcwNTJENDM2Qg",
            "voters": [
                {"id": one + 1, "host": "localhost", "port": port}
                for one, port in enumerate(ports.get("CONTROLLER", []))
            ],
            "listeners": {name: f"127.0.0.1:{ports[name][index]}" for name in listeners},
            "advertised": {name: f"localhost:{ports[name][index]}" for name in listeners},
            "bootstrap_internal": bootstrap,
            "data": str(here / "data"),
            "heap_mb": 256,
            "serial_gc": True,
            "config": {"offsets.topic.num.partitions": 3},
            **further,
        }
        made.append(Machine(here, settings, identity, artifact))
    return made, Tls.of_service("kafka", identity)


def replacements(made: list[Machine], folder: Path, artifact: Path) -> list[Machine]:
    """Return as many machines again for a cluster: brokers only, in the same racks.

    :param made: the cluster's machines.
    """
    first = 1 + max(one.id for one in made)
    found = []
    for one, number in zip(made, range(first, first + len(made)), strict=True):
        here = folder / f"kafka-{number}"
        places = {name: free_ports(1)[0] for name in ("INTERNAL", "EXTERNAL")}
        settings = one.settings | {
            "node_id": number,
            "process_roles": ["broker"],
            "listeners": {name: f"127.0.0.1:{port}" for name, port in places.items()},
            "advertised": {name: f"localhost:{port}" for name, port in places.items()},
            "data": str(here / "data"),
        }
        found.append(Machine(here, settings, (one.folder / "etc/meridian/pki").resolve(), artifact))
    return found


def certificates(folder: Path, service: str = "kafka", further: Iterable[str] = ()) -> None:
    """Write an authority, and one certificate for all servers and clients, as the pki formula names them.

    :param service: whose certificate it is.
    :param further: names besides ``localhost`` that it is good for.
    """
    folder.mkdir(parents=True)
    now = datetime.datetime.now(datetime.UTC)
    authority = ec.generate_private_key(ec.SECP256R1())

    def certificate(name: str, key: ec.EllipticCurvePrivateKey, ca: bool) -> x509.Certificate:
        def named(text: str) -> x509.Name:
            return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

        names = [x509.DNSName(one) for one in ("localhost", *further)]
        places = [*names, x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        return (
            x509.CertificateBuilder()
            .subject_name(named(name))
            .issuer_name(named("test authority"))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(minutes=5))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName(places), critical=False)
            .sign(authority, hashes.SHA256())
        )

    def pem(one: x509.Certificate) -> bytes:
        return one.public_bytes(serialization.Encoding.PEM)

    key = ec.generate_private_key(ec.SECP256R1())
    plain = serialization.NoEncryption()
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    public = pem(certificate(service, key, ca=False))
    (folder / "ca.pem").write_bytes(pem(certificate("test authority", authority, ca=True)))
    (folder / f"{service}.pem").write_bytes(public)
    (folder / f"{service}.key").write_bytes(secret)
    (folder / f"{service}.keystore.pem").write_bytes(secret + public)
