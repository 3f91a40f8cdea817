"""Settings of the scheduler: from its command line, and from a properties file."""

import argparse
import getpass
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from meridian.common.errors import MeridianError

from kafka_scheduler.kafka.values import PortRange, duration, ports

CONFIG_FILE = Path("/etc/meridian/kafka-scheduler/scheduler.properties")


@dataclass(frozen=True)
class SchedulerSettings:
    """Settings of a scheduler. Times in seconds.

    :ivar secret: file with the principal's secret, so that it is in no list of processes.
    :ivar ca: authority of Mesos' certificates; without it, Mesos is spoken to without TLS.
    :ivar certificate: ours towards Mesos, with ``key``.
    :ivar api_properties: of REST, see :mod:`kafka_scheduler.api.settings`.
    :ivar kafka_ca: authority of the brokers' certificates; without it, brokers speak no TLS.
    :ivar started: when an instance has: ``registered`` in its cluster, or its task ``running``.
    :ivar port: of brokers that name none; ``port_external``: of their listener to other regions.
    :ivar classpath: Java argument file with the class path of Kafka's tools, for moves and quotas.
    """

    api: str = ""
    bind_address: str = ""
    debug: bool = False
    framework_name: str = "kafka"
    framework_role: str = "*"
    framework_timeout: float = 30 * 86400.0
    reconciliation_timeout: float = 300.0
    reconciliation_attempts: int = 6
    jre: str = ""
    log: str = ""
    master: str = ""
    principal: str = ""
    secret: Path | None = None
    storage: str = "file:kafka-scheduler.json"
    user: str = ""
    zk: str = ""
    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    api_certificate: str = ""
    api_key: str = ""
    api_ca: str = ""
    api_user: str = ""
    api_secret_file: str = ""
    api_reader_secret_file: str = ""
    archive: str = ""
    launcher: str = ""
    stop_timeout: float = 60.0
    started: str = "registered"
    port: tuple[PortRange, ...] = ()
    port_external: tuple[PortRange, ...] | None = None
    kafka_ca: Path | None = None
    kafka_certificate: Path | None = None
    kafka_key: Path | None = None
    kafka_keystore: Path | None = None
    classpath: Path = Path("/opt/meridian/kafka/current/classpath.args")

    @property
    def api_properties(self) -> dict[str, str]:
        """What REST is told, under the names of the properties file."""
        return {
            one.name: getattr(self, one.field) for one in _SETTINGS if one.name.partition("-")[0] == "api"
        }


@dataclass(frozen=True)
class _Setting:
    name: str
    read: Callable[[str], Any]
    help: str

    @property
    def field(self) -> str:
        return self.name.replace("-", "_")


def _boolean(text: str) -> bool:
    if text.lower() not in ("true", "false", "1", "0", ""):
        raise MeridianError("expected true or false")
    return text.lower() in ("true", "1", "")


def _started(text: str) -> str:
    if text not in ("registered", "running"):
        raise MeridianError("expected registered or running")
    return text


def _attempts(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 30:
        raise MeridianError("expected a number from 1 to 30")
    return int(text)


def _name(text: str) -> str:
    if not text or any(one in text for one in " /\\") or text in (".", ".."):
        raise MeridianError("expected a name without spaces and slashes")
    return text


def _file(text: str) -> Path | None:
    return Path(text) if text else None


_SETTINGS = (
    _Setting("api", str, "address of the REST API, such as https://kafka-scheduler.example:7000"),
    _Setting(
        "bind-address", str, "where it listens: name, 0.0.0.0, 192.168.50.*, if:eth1 (default: of --api)"
    ),
    _Setting("debug", _boolean, "log more (default false)"),
    _Setting("framework-name", _name, "name of the framework, and on its reservations (default kafka)"),
    _Setting("framework-role", str, "role that resources are offered to and reserved for (default *)"),
    _Setting(
        "framework-timeout", duration, "time that Mesos keeps brokers without a scheduler (default 30d)"
    ),
    _Setting("reconciliation-timeout", duration, "time that Mesos has to tell of all tasks (default 5m)"),
    _Setting("reconciliation-attempts", _attempts, "how often it is asked in that time (default 6)"),
    _Setting("jre", str, "URI of a JRE that brokers run with, when there is no launcher"),
    _Setting("log", str, "file to log to (default: standard error)"),
    _Setting("master", str, "Mesos: host:port, zk://[user:secret@]h1,h2/mesos, or file:///… that says so"),
    _Setting("principal", str, "who we are to Mesos"),
    _Setting("secret", _file, "file with the principal's secret"),
    _Setting(
        "storage", str, "state: file:<path>, zk:/<path> (see --zk), zk://…/<path>, or file:///… that says so"
    ),
    _Setting("user", str, "system user that brokers run as (default: the scheduler's own)"),
    _Setting("zk", str, "ZooKeeper for --storage zk:/…: [zk://user:secret@]h1:2181,h2:2181, or file:///…"),
    _Setting("ca", _file, "authority of Mesos' certificates; without it, Mesos is spoken to without TLS"),
    _Setting("certificate", _file, "our certificate towards Mesos"),
    _Setting("key", _file, "its private key"),
    _Setting("api-certificate", str, "certificate of the REST API"),
    _Setting("api-key", str, "its private key"),
    _Setting("api-ca", str, "certificate of the authority that users of the API trust"),
    _Setting("api-user", str, "user of the API (default api)"),
    _Setting("api-secret-file", str, "file with that user's secret"),
    _Setting("api-reader-secret-file", str, "file with the secret of the user reader, who may only GET"),
    _Setting("archive", str, "URIs of a Kafka archive and others, with commas, when there is no launcher"),
    _Setting(
        "launcher", str, "command on agents that runs a broker, such as /etc/meridian/kafka/broker-task"
    ),
    _Setting("stop-timeout", duration, "time that a broker has to stop before it is killed (default 1m)"),
    _Setting(
        "started",
        _started,
        "when an instance has started: registered in its cluster (default), or running, for trials of a "
        "launcher that runs something else",
    ),
    _Setting("port", ports, "ports of brokers that are added without --port: n, a..b, auto (default)"),
    _Setting(
        "port-external",
        ports,
        "ports of brokers that are added without --port-external (default: no listener to other regions)",
    ),
    _Setting("kafka-ca", _file, "authority of the brokers' certificates; without it they speak no TLS"),
    _Setting("kafka-certificate", _file, "our certificate towards brokers"),
    _Setting("kafka-key", _file, "its private key"),
    _Setting("kafka-keystore", _file, "both in one file, for Kafka's own tools"),
    _Setting("classpath", Path, "Java argument file with the class path of Kafka's tools"),
)


def load(arguments: Sequence[str]) -> SchedulerSettings:
    """Return the settings: what the command line says, else the file, else the default.

    :param arguments: options, and the properties file (default: CONFIG_FILE when it is there).
    :raises MeridianError: one of them is none, or contradicts another.
    """
    parser = argparse.ArgumentParser(prog="kafka-scheduler scheduler", description=__doc__)
    parser.add_argument("config", nargs="?", type=Path, help=f"properties file (default {CONFIG_FILE})")
    for one in _SETTINGS:
        extra: dict[str, Any] = {"nargs": "?", "const": "true"} if one.read is _boolean else {}
        parser.add_argument(f"--{one.name}", help=one.help.replace("%", "%%"), **extra)
    given = vars(parser.parse_args(arguments))
    path: Path | None = given.pop("config")
    if path is None and CONFIG_FILE.is_file():
        path = CONFIG_FILE
    said = {} if path is None else _properties(path)
    said |= {
        one.name: (given[one.field], f"--{one.name}") for one in _SETTINGS if given[one.field] is not None
    }
    return _checked(said)


def _properties(path: Path) -> dict[str, tuple[str, str]]:
    """Return what a file says: name → text, and where it stands."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise MeridianError(f"{path}: {error.strerror}") from error
    known = {one.name for one in _SETTINGS}
    found = {}
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if not text or text.startswith(("#", "!")):
            continue
        key, equals, value = (part.strip() for part in text.partition("="))
        if key not in known or not equals:
            raise MeridianError(
                f"{path}:{number}: {key!r} is no setting; known are {', '.join(sorted(known))}"
            )
        found[key] = (value, f"{path}:{number}: {key}")
    return found


def _checked(said: Mapping[str, tuple[str, str]]) -> SchedulerSettings:
    values: dict[str, Any] = {}
    for one in _SETTINGS:
        if one.name not in said:
            continue
        text, where = said[one.name]
        try:
            values[one.field] = one.read(text)
        except (MeridianError, ValueError) as error:
            raise MeridianError(f"{where}: {error}") from error
    found = SchedulerSettings(**values)
    if not found.master:
        raise MeridianError("name the Mesos master by --master: host:port, or zk://…/mesos")
    if bool(found.certificate) != bool(found.key):
        raise MeridianError("--certificate and --key belong together")
    if found.principal and found.secret is None and found.ca is not None:
        raise MeridianError("--principal needs a secret: name its file by --secret")
    return found


def user(settings: SchedulerSettings) -> str:
    """Return whom brokers run as."""
    return settings.user or getpass.getuser()


#: Names of all settings, as files have them.
NAMES = tuple(one.name for one in _SETTINGS)
_FIELDS = {one.field for one in _SETTINGS}
assert {one.name for one in fields(SchedulerSettings)} == _FIELDS, "each setting has a field"
