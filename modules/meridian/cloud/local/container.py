"""What makes a container a machine: systemd as PID 1, with the rights that a small VM would have. Pure."""

import io
import posixpath
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

INIT = "/usr/local/sbin/meridian-init"

# A plain remount says "busy"; a bind remount of each controller works. It must come before systemd looks.
INIT_SCRIPT = """\
#!/bin/sh
# Makes the node's own cgroups writable, as they are on a machine, then becomes its init.
for controller in /sys/fs/cgroup /sys/fs/cgroup/*; do
    mountpoint -q "$controller" && mount -o remount,bind,rw "$controller" 2>/dev/null
done
exec /sbin/init "$@"
"""

# Folders that a machine may lack.
_OURS = ("/etc/salt", "/opt/meridian", "/root/.ssh", "/var/lib/cloud/")
# What systemd takes as "power off".
STOP_SIGNAL = "SIGRTMIN+3"


@dataclass(frozen=True)
class File:
    """A file to put into a node before it starts.

    :ivar data: its content.
    :ivar mode: permission bits.
    :ivar link: what it points to, when it is a symbolic link; ``data`` is empty then.
    """

    data: bytes = b""
    mode: int = 0o644
    link: str = ""


@dataclass(frozen=True)
class Attachment:
    """A node's place on one Docker network.

    :ivar network: name of the Docker network.
    :ivar address: its fixed IPv4 address there.
    :ivar aliases: names that the other members of the network find it by.
    """

    network: str
    address: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Machine:
    """All that the local driver asks of Docker for one node.

    :ivar name: container name.
    :ivar memory_mb: memory limit in MiB, 0 for none.
    :ivar cpus: CPU limit, 0 for none: nodes of one laptop share its cores.
    :ivar command: PID 1 and its arguments.
    :ivar drop: capabilities that the engine does not have itself.
    :ivar capabilities: those it gets; all, for a machine.
    :ivar stop_signal: what PID 1 takes as "power off".
    :ivar files: absolute path to what is put there before the start.
    """

    name: str
    hostname: str
    image: str
    labels: Mapping[str, str]
    attachments: Sequence[Attachment]
    memory_mb: int = 0
    cpus: float = 0
    command: Sequence[str] = (INIT,)
    drop: Sequence[str] = ()
    capabilities: Sequence[str] = ("ALL",)
    stop_signal: str = STOP_SIGNAL
    files: Mapping[str, File] = field(default_factory=dict)


def create_arguments(machine: Machine) -> dict[str, Any]:
    """Return the body of Docker's ``POST /containers/create`` for a node, attached to its first network.

    :param machine: what to make.
    """
    first = machine.attachments[0]
    return {
        "Hostname": machine.hostname,
        "Image": machine.image,
        "Cmd": list(machine.command),
        "Entrypoint": [],
        "Env": ["container=docker"],
        "Labels": dict(machine.labels),
        "StopSignal": machine.stop_signal,
        "StopTimeout": 60,
        "HostConfig": {
            "CapAdd": list(machine.capabilities),
            "CapDrop": list(machine.drop),
            # --privileged needs capabilities that the engine itself may lack; these are its other halves.
            "SecurityOpt": ["seccomp=unconfined", "apparmor=unconfined"],
            "MaskedPaths": [],
            "ReadonlyPaths": [],
            "CgroupnsMode": "private",
            "Tmpfs": {"/run": "rw,exec,mode=755", "/run/lock": "rw"},
            # An engine that crashed ends its containers when it comes back, which it takes for a user's wish:
            # "unless-stopped" would leave them down.
            "RestartPolicy": {"Name": "always"},
            "Memory": machine.memory_mb * 1024 * 1024,
            "MemorySwap": machine.memory_mb * 1024 * 1024,
            "NanoCpus": int(machine.cpus * 1_000_000_000),
            "NetworkMode": first.network,
            "LogConfig": {"Type": "json-file", "Config": {"max-size": "1m", "max-file": "1"}},
        },
        "NetworkingConfig": {"EndpointsConfig": {first.network: endpoint(first)}},
    }


def endpoint(attachment: Attachment) -> dict[str, Any]:
    """Return Docker's description of a fixed address on a network."""
    return {
        "IPAMConfig": {"IPv4Address": attachment.address},
        "Aliases": list(attachment.aliases),
    }


def archive(files: Mapping[str, File]) -> bytes:
    """Pack files, with the folders above them, as the tar stream that Docker unpacks at ``/``.

    :param files: absolute path to content.
    """
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        made: set[str] = set()
        for path in sorted(files):
            for folder in _parents(path):
                if folder not in made and folder.startswith(_OURS):
                    made.add(folder)
                    entry = tarfile.TarInfo(folder.lstrip("/"))
                    entry.type, entry.mode = tarfile.DIRTYPE, 0o755
                    tar.addfile(entry)
            entry = tarfile.TarInfo(path.lstrip("/"))
            entry.size, entry.mode = len(files[path].data), files[path].mode
            if files[path].link:
                entry.type, entry.linkname = tarfile.SYMTYPE, files[path].link
            tar.addfile(entry, io.BytesIO(files[path].data))
    return buffer.getvalue()


def _parents(path: str) -> list[str]:
    found = []
    folder = posixpath.dirname(path)
    while folder != "/":
        found.append(folder)
        folder = posixpath.dirname(folder)
    return found[::-1]
