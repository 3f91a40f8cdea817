"""Bringing a machine its files and running the installer there over ssh, by the system's own client.

For providers that carry no user-data. The minion's private key goes through the connection's standard input,
so it stands in no argument list; the host key is pinned, or recorded at the first contact and demanded from
then on (OpenSSH's ``StrictHostKeyChecking``).
"""

import shlex
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from meridian.cloud import bootstrap
from meridian.cloud.errors import CloudError, Timeout
from meridian.cloud.local.container import File, archive
from meridian.common.errors import MeridianError

_PAUSE, _CONNECT_SECONDS, _INSTALL_SECONDS = 2.0, 10, 900.0
# The client's own exit code; any other is that of the command there.
_NO_CONNECTION = 255
_WRONG_HOST = ("Host key verification failed", "REMOTE HOST IDENTIFICATION HAS CHANGED")


@dataclass(frozen=True)
class Login:
    """How to log in at a machine.

    :ivar name: node id; the host key is recorded under it, whatever its address.
    :ivar address: IP address or name.
    :ivar user: root, or one who may ``sudo`` without a password.
    :ivar private_key: file with the private key; the client's own choice when empty.
    :ivar known_hosts: file of this machine's host key; it need not exist.
    :ivar host_key: its public host key (``ssh-ed25519 AAAA…``) when it is known beforehand.
    """

    name: str
    address: str
    user: str
    private_key: str
    known_hosts: Path
    host_key: str = ""


def bring(
    login: Login,
    files: Mapping[str, File],
    deadline: float,
    wait: Callable[[float], None] = time.sleep,
) -> None:
    """Put files into a machine and run the installer that is among them.

    :param files: see :func:`meridian.cloud.bootstrap.with_installer`.
    :param deadline: seconds until it must let us in.
    :raises MeridianError: it is not the machine that it was, lets us not in, or the installer failed.
    """
    if shutil.which("ssh") is None:
        raise MeridianError("bootstrap: ssh needs the program ssh (Debian: apt-get install openssh-client)")
    login.known_hosts.parent.mkdir(parents=True, exist_ok=True)
    if login.host_key:
        login.known_hosts.write_text(f"{login.name} {login.host_key.strip()}\n", encoding="utf-8")
    until = time.monotonic() + deadline
    while True:
        code, said = _run(login, "true", b"", _CONNECT_SECONDS * 3)
        if code == 0:
            break
        if any(mark in said for mark in _WRONG_HOST):
            raise CloudError(
                f"{login.name}: the machine at {login.address} shows another host key than the one in "
                f"{login.known_hosts}: if that is meant, remove the file; nothing was sent"
            )
        if time.monotonic() + _PAUSE > until:
            raise Timeout(f"{login.name}: no login by ssh at {login.address} after {deadline:.0f} s: {said}")
        wait(_PAUSE)
    code, said = _run(login, _command(login), archive(files), _INSTALL_SECONDS)
    if code:
        raise CloudError(f"{login.name}: the installer ended with exit code {code}: {said}")


def arguments(login: Login, command: str) -> list[str]:
    """Return the client's command line."""
    options = {
        "BatchMode": "yes",
        "ConnectTimeout": str(_CONNECT_SECONDS),
        "HashKnownHosts": "no",
        "HostKeyAlias": login.name,
        "CheckHostIP": "no",
        "UserKnownHostsFile": str(login.known_hosts),
        "GlobalKnownHostsFile": "/dev/null",
        "StrictHostKeyChecking": "yes" if login.host_key else "accept-new",
        "LogLevel": "ERROR",
    }
    line = ["ssh", "-T", *(part for key, value in options.items() for part in ("-o", f"{key}={value}"))]
    if login.private_key:
        line += ["-o", "IdentitiesOnly=yes", "-i", str(Path(login.private_key).expanduser())]
    return [*line, "--", f"{login.user}@{login.address}", command]


def _command(login: Login) -> str:
    name = shlex.quote(login.name)
    script = (
        f'set -e; tar -x -C /; [ "$(hostname)" = {name} ] || hostnamectl set-hostname {name}; '
        f"exec {bootstrap.INSTALLER}"
    )
    return f"{'' if login.user == 'root' else 'sudo -n '}sh -c {shlex.quote(script)}"


def _run(login: Login, command: str, data: bytes, seconds: float) -> tuple[int, str]:
    try:
        done = subprocess.run(
            arguments(login, command), input=data, capture_output=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        return _NO_CONNECTION, f"no end after {seconds:.0f} s"
    text = (done.stderr + done.stdout).decode(errors="replace")
    return done.returncode, " / ".join([line.strip() for line in text.splitlines() if line.strip()][-3:])
