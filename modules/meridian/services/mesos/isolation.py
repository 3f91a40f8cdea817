"""Which launcher and isolators a machine's control groups allow to an agent, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

UNIFIED = "/sys/fs/cgroup/unified"
_NEEDED = ("cpu", "cpuacct", "memory", "freezer")
_CGROUPS = ("cgroups/cpu", "cgroups/mem")
_POSIX = ("posix/cpu", "posix/mem")


@dataclass(frozen=True)
class Mount:
    """A mounted hierarchy of control groups.

    :ivar path: where.
    :ivar version: 1 or 2.
    :ivar controllers: what it controls.
    :ivar writable: whether groups can be made in it.
    """

    path: str
    version: int
    controllers: frozenset[str]
    writable: bool = True


@dataclass(frozen=True)
class Isolation:
    """What an agent is to be told.

    :ivar launcher: ``linux`` or ``posix``.
    :ivar isolators: names for ``--isolation``.
    :ivar hide_unified: whether it must not see the version 2 hierarchy beside those of version 1.
    :ivar reason: in a sentence.
    """

    launcher: str
    isolators: tuple[str, ...]
    hide_unified: bool
    reason: str

    def environment(self) -> str:
        """Return it as a file of variables for the agent's unit."""
        lines = [
            f"# {self.reason}",
            f"MESOS_LAUNCHER={self.launcher}",
            f"MESOS_ISOLATION={','.join(self.isolators)}",
            # Executors in slices of systemd's own are for cgroup hierarchies that the agent manages itself.
            f"MESOS_SYSTEMD_ENABLE_SUPPORT={str(self.launcher == 'linux').lower()}",
        ]
        if self.hide_unified:
            lines.append("MERIDIAN_HIDE_UNIFIED=yes")
        return "\n".join(lines) + "\n"


def mounts(mountinfo: Path = Path("/proc/self/mountinfo"), root: Path = Path("/")) -> list[Mount]:
    """Read what is mounted.

    :param mountinfo: the kernel's list.
    :param root: where the listed paths begin; for tests.
    """
    found = []
    for line in mountinfo.read_text(encoding="utf-8").splitlines():
        before, _, after = line.partition(" - ")
        fields, kind = before.split(), after.split()
        if kind[0] not in ("cgroup", "cgroup2"):
            continue
        path = fields[4]
        options = set(kind[2].split(","))
        writable = "rw" in fields[5].split(",") and "rw" in options
        if kind[0] == "cgroup2":
            listed = root / path.lstrip("/") / "cgroup.controllers"
            known = listed.read_text(encoding="utf-8").split() if listed.is_file() else []
            found.append(Mount(path, 2, frozenset(known), writable))
        else:
            found.append(Mount(path, 1, frozenset(options - {"rw", "ro"}), writable))
    return found


def decide(mounted: Sequence[Mount], is_root: bool = True) -> Isolation:
    """Choose for a machine.

    1. Only root can make groups. 2. Version 2 alone: its controllers for cpu and memory, if it has both.
    3. Version 1 alone: cpu, cpuacct, memory, and the freezer that kills a task's processes for certain.
    4. Both at once, as systemd's hybrid mode has them: the agent takes the machine for one of version 2 and
    refuses to start, so that hierarchy is hidden from it; without it, no isolator that relies on systemd's
    groups is safe, so tasks are plain processes. 5. Whatever is missing or read-only: plain processes too.

    :param mounted: what :func:`mounts` returned.
    :param is_root: whether the agent runs as root.
    """
    first = [one for one in mounted if one.version == 1 and one.controllers]
    second = [one for one in mounted if one.version == 2]
    hybrid = bool(first and second)
    hide = hybrid and any(one.path == UNIFIED for one in second)
    if not is_root:
        return Isolation("posix", _POSIX, False, "plain processes: only root can make control groups")
    if hybrid:
        reason = "plain processes: control groups of version 1 and 2 are mounted side by side (hybrid)"
        return Isolation("posix", _POSIX, hide, reason)
    if second:
        missing = sorted({"cpu", "memory"} - set().union(*(one.controllers for one in second)))
        return _judged("2", missing, all(one.writable for one in second))
    if first:
        held = {name: one for one in first for name in one.controllers}
        missing = [name for name in _NEEDED if name not in held]
        return _judged("1", missing, all(held[name].writable for name in _NEEDED if name in held))
    return Isolation("posix", _POSIX, False, "plain processes: no control groups are mounted")


def _judged(version: str, missing: Sequence[str], writable: bool) -> Isolation:
    if missing:
        reason = f"plain processes: control groups of version {version} lack {', '.join(missing)}"
        return Isolation("posix", _POSIX, False, reason)
    if not writable:
        reason = f"plain processes: control groups of version {version} are read-only here"
        return Isolation("posix", _POSIX, False, reason)
    return Isolation("linux", _CGROUPS, False, f"control groups of version {version} for cpu and memory")


def chosen(isolators: Sequence[str], launcher: str, found: Isolation) -> Isolation:
    """Return what the pillar says, with the machine's own where it says nothing.

    :param isolators: names; none for the machine's own.
    :param launcher: ``linux``, ``posix``, or ``auto`` for the machine's own.
    :param found: what :func:`decide` said.
    """
    if not isolators and launcher == "auto":
        return found
    return Isolation(
        found.launcher if launcher == "auto" else launcher,
        tuple(isolators) or found.isolators,
        found.hide_unified,
        f"set in pillar (mesos.agent); the machine's own would be {found.launcher} with "
        f"{', '.join(found.isolators)}: {found.reason}",
    )
