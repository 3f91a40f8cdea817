"""Files, users and processes of a node."""

import grp
import pwd
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from meridian.services.mesos.work_dir import look


def read(patterns: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return what ``stat`` says of paths.

    :param patterns: absolute globs; ``**`` goes down.
    :return: path to ``mode`` (octal text, e.g. ``0640``), ``user``, ``group``, ``directory``, ``bytes`` and,
        for a link, its ``target``.
    """
    paths = {path for pattern in patterns for path in Path("/").glob(pattern.lstrip("/"))}
    return {str(path): _stat(path) for path in sorted(paths)}


def used_percent(patterns: Iterable[str]) -> dict[str, float]:
    """Return how full the disk of each folder is, in percent.

    :param patterns: absolute globs.
    """
    paths = {path for pattern in patterns for path in Path("/").glob(pattern.lstrip("/")) if path.is_dir()}
    return {str(path): look(path).used_percent for path in sorted(paths)}


def _stat(path: Path) -> dict[str, Any]:
    found = path.lstat()
    facts: dict[str, Any] = {
        "mode": f"{stat.S_IMODE(found.st_mode):04o}",
        "user": _name(pwd.getpwuid, found.st_uid),
        "group": _name(grp.getgrgid, found.st_gid),
        "directory": stat.S_ISDIR(found.st_mode),
        "bytes": found.st_size,
    }
    if path.is_symlink():
        facts["target"] = str(path.readlink())
    return facts


def _name(look_up: Any, number: int) -> str:
    try:
        return str(look_up(number)[0])
    except KeyError:
        return str(number)


def texts(patterns: Iterable[str]) -> dict[str, str]:
    """Return the contents of files that are no secrets, certificates for one."""
    return {
        str(path): path.read_text(errors="replace")
        for pattern in patterns
        for path in sorted(Path("/").glob(pattern.lstrip("/")))
    }


def users() -> dict[str, dict[str, Any]]:
    """Return the node's users: name to ``uid``, ``shell`` and ``home``."""
    return {
        user.pw_name: {"uid": user.pw_uid, "shell": user.pw_shell, "home": user.pw_dir}
        for user in pwd.getpwall()
    }


def processes(proc: Path = Path("/proc")) -> list[dict[str, Any]]:
    """Return what any user of the node sees in a process list: ``pid``, ``user`` and ``command``."""
    found = []
    for folder in proc.glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
            owner = _name(pwd.getpwuid, folder.stat().st_uid)
        except OSError:  # it has ended meanwhile
            continue
        if command:
            found.append({"pid": int(folder.name), "user": owner, "command": command})
    return sorted(found, key=lambda process: process["pid"])
