"""Which capabilities a node may have: all that the engine itself has."""

from pathlib import Path

# In the order of their numbers in linux/capability.h.
NAMES = [
    "CHOWN",
    "DAC_OVERRIDE",
    "DAC_READ_SEARCH",
    "FOWNER",
    "FSETID",
    "KILL",
    "SETGID",
    "SETUID",
    "SETPCAP",
    "LINUX_IMMUTABLE",
    "NET_BIND_SERVICE",
    "NET_BROADCAST",
    "NET_ADMIN",
    "NET_RAW",
    "IPC_LOCK",
    "IPC_OWNER",
    "SYS_MODULE",
    "SYS_RAWIO",
    "SYS_CHROOT",
    "SYS_PTRACE",
    "SYS_PACCT",
    "SYS_ADMIN",
    "SYS_BOOT",
    "SYS_NICE",
    "SYS_RESOURCE",
    "SYS_TIME",
    "SYS_TTY_CONFIG",
    "MKNOD",
    "LEASE",
    "AUDIT_WRITE",
    "AUDIT_CONTROL",
    "SETFCAP",
    "MAC_OVERRIDE",
    "MAC_ADMIN",
    "SYSLOG",
    "WAKE_ALARM",
    "BLOCK_SUSPEND",
    "AUDIT_READ",
    "PERFMON",
    "BPF",
    "CHECKPOINT_RESTORE",
]


def missing(status: str) -> list[str]:
    """Return the capabilities that a process's bounding set lacks.

    Asking an engine for one of them makes it refuse to start the container, so ``cap_add: ALL`` needs
    them dropped again.

    :param status: text of ``/proc/<pid>/status``.
    """
    for line in status.splitlines():
        if line.startswith("CapBnd:"):
            bounding = int(line.split()[1], 16)
            return [name for bit, name in enumerate(NAMES) if not bounding >> bit & 1]
    return []


def missing_here() -> list[str]:
    """Return the capabilities that the Docker engine of this host lacks, or else this process."""
    for pidfile in (Path("/run/docker.pid"), Path("/var/run/docker.pid")):
        try:
            return missing(Path(f"/proc/{int(pidfile.read_text())}/status").read_text())
        except (OSError, ValueError):
            continue
    return missing(Path("/proc/self/status").read_text())
