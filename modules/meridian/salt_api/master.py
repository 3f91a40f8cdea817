"""The private Salt master of this clone: its generated configuration, its start and its end."""

import hashlib
import os
import socket
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from meridian.common import paths, processes
from meridian.common.errors import MeridianError
from meridian.salt_api import transport

# A unix socket's path may have 107 characters; the longest name that the master makes in there has about 40.
_SOCKET_FOLDER_LIMIT = 60
_RETURN_PORT = 4506
_EVERYWHERE = "0.0.0.0"


def configure(address: str, names: Iterable[str] = ()) -> bool:
    """Write the part of the configuration that depends on this clone's place.

    :param address: IP address that the master listens on: the platform's bridge and nothing else.
    :param names: further addresses and names that minions know it by.
    :return: whether the file changed.
    """
    state = paths.state()
    repository = paths.repository()
    artifacts = paths.cache() / "artifacts"
    artifacts.mkdir(parents=True, exist_ok=True)
    # Salt wants it before the first salt-run.
    (state / "var/cache/salt/master/proc").mkdir(parents=True, exist_ok=True)
    config = {
        "root_dir": str(state),
        "interface": address,
        "sock_dir": str(_socket_folder(state)),
        "pidfile": str(state / "run/salt-master.pid"),
        "log_file": str(state / "log/master"),
        "file_roots": {"base": [str(repository / "salt"), str(repository / "orchestrate"), str(artifacts)]},
        "pillar_roots": {"base": [str(repository / "pillar")]},
    }
    if speaks_tls():
        known = {address, *names} - {_EVERYWHERE}
        config |= transport.master_options(known)
    text = "# Made by ./meridian; changes are lost.\n" + yaml.safe_dump(config)
    target = state / "master.d/generated.conf"
    if target.exists() and target.read_text(encoding="utf-8") == text:
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
    return True


def speaks_tls() -> bool:
    """Return whether the master speaks TLS, or will when it is started."""
    return transport.wanted(paths.state() / "etc/salt/pki/master/minions")


def options() -> dict[str, Any]:
    """Return the master's options, read from the repository's own configuration folder."""
    import salt.config

    return dict(salt.config.client_config(str(paths.repository() / "master")))


def options_of_runners() -> dict[str, Any]:
    """Return the options that runners want: the master's, with extension modules."""
    import salt.config

    return dict(salt.config.master_config(str(paths.repository() / "master")))


def ensure(address: str, names: Iterable[str] = (), deadline: float = 60.0) -> bool:
    """Have the master run with today's code and configuration; restart it when either changed.

    :param address: see :func:`configure`.
    :param names: see :func:`configure`.
    :param deadline: seconds until it has to answer.
    :return: whether it was started.
    :raises MeridianError: when its ports are taken or it does not come up; names the log.
    """
    configure(address, names)
    mark = paths.state() / "run/salt-master.fingerprint"
    wanted = _fingerprint()
    if processes.running(_record()) is not None:
        if mark.exists() and mark.read_text(encoding="utf-8") == wanted and _answers(address):
            return False
        processes.stop(_record())
    if _answers(address):
        raise MeridianError(
            f"port {_RETURN_PORT} of {address} is taken by another program; end it "
            f"(see `ss -ltnp 'sport = :{_RETURN_PORT}'`) and run again"
        )
    log = paths.state() / "log/master.out"
    processes.start(
        [sys.executable, "-m", "meridian.salt_api.master_process", "-c", str(paths.repository())],
        _record(),
        log,
        cwd=paths.repository(),
    )
    until = time.monotonic() + deadline
    while not _answers(address):
        if processes.running(_record()) is None or time.monotonic() > until:
            raise MeridianError(f"the Salt master did not start; the end of {log} says why: {_tail(log)}")
        time.sleep(0.05)
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.write_text(wanted, encoding="utf-8")
    return True


def stop() -> bool:
    """End this clone's master; return whether one ran."""
    return processes.stop(_record())


def is_running() -> bool:
    """Return whether this clone's master runs."""
    return processes.running(_record()) is not None


def _record() -> Path:
    return paths.state() / "run/salt-master.json"


def _socket_folder(state: Path) -> Path:
    folder = state / "run/salt"
    if len(str(folder)) > _SOCKET_FOLDER_LIMIT:
        digest = hashlib.sha256(str(state).encode()).hexdigest()[:12]
        folder = Path("/run" if os.geteuid() == 0 else f"/run/user/{os.geteuid()}") / f"meridian-{digest}"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _answers(address: str) -> bool:
    try:
        socket.create_connection((address, _RETURN_PORT), timeout=1).close()
    except OSError:
        return False
    return True


def _fingerprint() -> str:
    """Digest of all that a running master holds in memory: configuration, certificate and our modules."""
    digest = hashlib.sha256(transport.certificate())
    repository = paths.repository()
    files = [repository / "master", repository / "cloud", paths.state() / "master.d/generated.conf"]
    files += sorted((repository / "modules/meridian").rglob("*.py"))
    for file in files:
        digest.update(f"{file} ".encode() + file.read_bytes())
    return digest.hexdigest()


def _tail(log: Path) -> str:
    lines = [line for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    return lines[-1] if lines else "it is empty"
