"""Where Mesos is: what ``--master`` may say. Pure."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from meridian.common.errors import MeridianError

_DEFAULT_PORT = 5050


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A master's or agent's API."""

    host: str
    port: int
    tls: bool = False

    def __str__(self) -> str:
        return f"{'https' if self.tls else 'http'}://{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class ZooKeeperPath:
    """A path in ZooKeeper, and who may read it.

    :ivar hosts: ``host:port,…``.
    """

    hosts: str
    path: str
    user: str = ""
    secret: str = ""

    def __repr__(self) -> str:
        return f"zk://{self.hosts}{self.path}"


def zookeeper(text: str) -> ZooKeeperPath:
    """Return what ``zk://[user:pass@]h1,h2/path`` says.

    :raises MeridianError: it is no such address.
    """
    found = re.fullmatch(r"zk://(?:([^:@/]+):([^@/]*)@)?([^@/]+)(/[^@]*)?", text.strip())
    if not found:
        # Not repeated: it may hold a secret.
        raise MeridianError("ZooKeeper address: expected zk://[user:secret@]host:port,…/path")
    user, secret, hosts, path = found.groups()
    hosts = ",".join(one if ":" in one else f"{one}:2181" for one in hosts.split(","))
    return ZooKeeperPath(hosts, (path or "/").rstrip("/") or "/", unquote(user or ""), unquote(secret or ""))


def resolved(text: str) -> str:
    """Return an address; ``file:///path`` is replaced by what the file says, as Mesos does it.

    :raises MeridianError: the file is not to be read.
    """
    if not text.startswith("file://"):
        return text.strip()
    path = Path(text.removeprefix("file://"))
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise MeridianError(f"master: {path}: {error.strerror}") from error


def endpoints(text: str, tls: bool) -> tuple[Endpoint, ...]:
    """Return the masters that ``host:port,…`` or ``https://host:port,…`` names.

    :param tls: whether they speak TLS, when the text does not say.
    :raises MeridianError: it names none.
    """
    return tuple(endpoint(one, tls) for one in text.split(","))


def endpoint(text: str, tls: bool) -> Endpoint:
    """Return one master or agent."""
    parts = urlsplit(text.strip() if "//" in text else f"//{text.strip()}")
    try:
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or parts.scheme not in ("", "http", "https"):
        raise MeridianError(f"master {text.strip()!r}: expected host:port, or zk://…/mesos")
    return Endpoint(host, port or _DEFAULT_PORT, parts.scheme == "https" if parts.scheme else tls)


def agent(url: str, hostname: str, tls: bool) -> Endpoint:
    """Return an agent's API, spoken to as the framework's own settings say.

    :param url: what its offer said. Its scheme counts for nothing: a real master writes ``http`` there,
        whatever the agent speaks.
    :param hostname: the agent's name, which its certificate has to fit.
    """
    at = endpoint(url, tls)
    return Endpoint(hostname if tls and hostname else at.host, at.port, tls)


def master_info(data: bytes, tls: bool) -> Endpoint:
    """Return the master that a ``json.info_…`` node of ZooKeeper describes."""
    said = json.loads(data)["address"]
    # The certificate has names; an address is always there.
    host = said.get("hostname") if tls else said.get("ip") or said.get("hostname")
    return Endpoint(host or said["ip"], int(said["port"]), tls)
