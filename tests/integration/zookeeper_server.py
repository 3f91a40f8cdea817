"""Real ZooKeeper servers on this machine, from the very artifact that nodes get: one, or an ensemble.

>>> with ensemble(folder, artifact) as servers:          # one server, plain
...     KazooClient(servers.hosts)
>>> with ensemble(folder, artifact, count=3, identity=Tls.of_service("kafka", pki)) as servers:   # TLS
...     servers[0].kill()
"""

import ctypes
import os
import shutil
import signal
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from meridian.artifacts.store import Store
from meridian.common import paths
from meridian.common.tls import Tls

from tests.ports import free as free_ports
from tests.waiting import wait_until

_PATIENCE_SECONDS = 90.0
_PR_SET_PDEATHSIG = 1
_JAVA = ("java", "-Xmx96m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dlog4j2.level=INFO")
_MAIN = "org.apache.zookeeper.server.quorum.QuorumPeerMain"
_SETTINGS = """\
tickTime=500
initLimit=20
syncLimit=10
dataDir={data}
admin.enableServer=false
4lw.commands.whitelist=srvr
maxClientCnxns=0
reconfigEnabled=true
"""
# A client must have a certificate too, as on nodes.
_TLS = """\
serverCnxnFactory=org.apache.zookeeper.server.NettyServerCnxnFactory
secureClientPort={port}
secureClientPortAddress=127.0.0.1
ssl.keyStore.type=PEM
ssl.keyStore.location={keystore}
ssl.trustStore.type=PEM
ssl.trustStore.location={ca}
"""
_PLAIN = """\
clientPort={port}
clientPortAddress=127.0.0.1
"""


def unpacked(folder: Path, name: str = "zookeeper") -> Path:
    """Return an artifact of jars, unpacked, its class path pointing to where it is. For a session's fixture.

    :param folder: folder to make.
    :param name: the artifact.
    """
    if not shutil.which("java"):
        pytest.skip("no java on this machine; servers on nodes bring their own")
    store = Store(paths.repository(), paths.cache())
    tree = store.unpacked(store.prepare([name])[name], folder)
    arguments = tree / "classpath.args"
    text = arguments.read_text(encoding="utf-8")
    arguments.unlink()
    arguments.write_text(text.replace(f"/opt/meridian/{name}/current", str(tree)), encoding="utf-8")
    return tree


class Server:
    """One server.

    :ivar port: its clients' port on 127.0.0.1.
    :ivar log: file of what it says.
    """

    def __init__(self, folder: Path, artifact: Path, port: int, identity: Tls | None) -> None:
        self.port = port
        self.log = folder / "log"
        self._folder = folder
        self._artifact = artifact
        self._identity = identity
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process; it answers when :meth:`mode` is not empty."""
        command = [*_JAVA, f"@{self._artifact / 'classpath.args'}", _MAIN, str(self._folder / "zoo.cfg")]
        with self.log.open("ab") as out:
            self._process = subprocess.Popen(
                command, stdout=out, stderr=out, start_new_session=True, preexec_fn=end_with_parent
            )

    def kill(self, how: int = signal.SIGKILL) -> None:
        """End the process, if it runs; its data stay."""
        if self._process is not None:
            os.killpg(self._process.pid, how)
            self._process.wait(30)
            self._process = None

    @property
    def pid(self) -> int:
        """Process id of the running server."""
        assert self._process is not None, "the server does not run"
        return self._process.pid

    def mode(self) -> str:
        """Return ``standalone``, ``leader``, ``follower``; empty while it serves nobody."""
        try:
            answer = self._srvr()
        except OSError:
            return ""
        return next((line[6:] for line in answer.splitlines() if line.startswith("Mode: ")), "")

    def _srvr(self) -> str:
        with socket.create_connection(("127.0.0.1", self.port), 2) as plain:
            if self._identity is None:
                return _asked(plain)
            context = ssl.create_default_context(cafile=str(self._identity.ca))
            context.load_cert_chain(self._identity.certificate, self._identity.key)
            with context.wrap_socket(plain, server_hostname="127.0.0.1") as secure:
                return _asked(secure)


class Ensemble(list[Server]):
    """Servers that belong together."""

    @property
    def hosts(self) -> str:
        """``host:port,…`` for clients."""
        return ",".join(f"127.0.0.1:{server.port}" for server in self)

    def wait(self, count: int | None = None, seconds: float = _PATIENCE_SECONDS) -> None:
        """Wait until so many servers (default: all) serve clients.

        :param count: how many.
        :param seconds: how long at most; fails then with the end of the servers' logs.
        """
        wanted = len(self) if count is None else count
        wait_until(
            f"{wanted} servers of ZooKeeper serve",
            lambda: sum(bool(server.mode()) for server in self) >= wanted,
            seconds,
            self._logs,
        )

    def _logs(self) -> str:
        return "\n".join(
            server.log.read_text(encoding="utf-8", errors="replace")[-1500:]
            for server in self
            if server.log.exists()
        )


@contextmanager
def ensemble(folder: Path, artifact: Path, count: int = 1, identity: Tls | None = None) -> Iterator[Ensemble]:
    """Start servers, wait until all of them serve clients, and end them afterwards.

    :param folder: folder to make.
    :param artifact: what :func:`unpacked` returned.
    :param count: 1 or 3.
    :param identity: with it clients need TLS and a certificate of the same authority; it must have a
        keystore, and be good for 127.0.0.1.
    """
    servers = make(folder, artifact, count, identity)
    try:
        for server in servers:
            server.start()
        servers.wait()
        yield servers
    finally:
        for server in servers:
            server.kill()


def make(folder: Path, artifact: Path, count: int = 1, identity: Tls | None = None) -> Ensemble:
    """Return servers that are not started yet. Parameters as of :func:`ensemble`."""
    clients, quorum, election = (free_ports(count) for _ in range(3))
    members = [
        f"server.{index + 1}=127.0.0.1:{quorum[index]}:{election[index]}:participant\n"
        for index in range(count)
    ]
    servers = Ensemble()
    for index in range(count):
        here = folder / f"zookeeper-{index + 1}"
        (here / "data").mkdir(parents=True)
        (here / "data/myid").write_text(f"{index + 1}\n", encoding="utf-8")
        text = _SETTINGS.format(data=here / "data")
        if identity is None:
            text += _PLAIN.format(port=clients[index])
        else:
            text += _TLS.format(port=clients[index], keystore=identity.keystore, ca=identity.ca)
        if count > 1:
            text += "".join(members)
        (here / "zoo.cfg").write_text(text, encoding="utf-8")
        servers.append(Server(here, artifact, clients[index], identity))
    return servers


def end_with_parent() -> None:
    """Have the kernel kill this process when who started it is gone: tests that are killed leave none."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _asked(connection: socket.socket) -> str:
    connection.settimeout(2)
    connection.sendall(b"srvr")
    parts = []
    while part := connection.recv(4096):
        parts.append(part)
    return b"".join(parts).decode()
