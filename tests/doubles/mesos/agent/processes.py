"""Processes of tasks: started so that they outlive the agent, found again, watched, killed."""

import asyncio
import contextlib
import os
import pwd
import signal
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

# Stays with the task as its executor would, and leaves its exit code where a restarted agent finds it.
_SHIM = 'out="$1"; shift; trap : TERM INT HUP; "$@"; code=$?; echo $code >"$out.new"; mv "$out.new" "$out"'


class LaunchFailed(Exception):
    """Why a task could not be started."""


def started_at(pid: int) -> str:
    """Return when a process began, in ticks since boot; with its number it is one process for ever."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""


def user_of(name: str) -> pwd.struct_passwd:
    """Return a user.

    :raises LaunchFailed: there is none.
    """
    try:
        return pwd.getpwnam(name)
    except KeyError:
        raise LaunchFailed(f"Failed to get user information for '{name}': No such user") from None


def launch(
    command: Sequence[str], user: str | None, environment: dict[str, str], folder: Path, exit_file: Path
) -> int:
    """Start a task's process.

    :param user: whom to run as; ``None`` for the agent's own.
    :param folder: its sandbox, which gets ``stdout`` and ``stderr``.
    :param exit_file: where its exit code will be.
    :return: process id of what stays with it.
    :raises LaunchFailed: it can't be started.
    """
    become: list[str] = []
    if user is not None and (found := user_of(user)).pw_uid != os.geteuid():
        if os.geteuid() != 0:
            raise LaunchFailed(f"Failed to switch to user '{user}': Operation not permitted")
        become = ["setpriv", f"--reuid={found.pw_uid}", f"--regid={found.pw_gid}", "--init-groups", "--"]
    try:
        with (folder / "stdout").open("ab") as out, (folder / "stderr").open("ab") as err:
            process = subprocess.Popen(
                ["/bin/sh", "-c", _SHIM, "mesos-executor", str(exit_file), *become, *command],
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                start_new_session=True,
            )
    except OSError as problem:
        raise LaunchFailed(str(problem)) from problem
    # It is waited for by whoever watches it, which may be the next agent.
    process.returncode = 0
    return process.pid


def descendants(pid: int) -> list[int]:
    """Return the processes below one, and what else is in its session; without itself."""
    parents: dict[int, tuple[int, int]] = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            with contextlib.suppress(OSError, IndexError, ValueError):
                fields = Path(f"/proc/{name}/stat").read_text().rpartition(")")[2].split()
                parents[int(name)] = (int(fields[1]), int(fields[3]))
    found = {one for one, (_, session) in parents.items() if session == pid and one != pid}
    more = True
    while more:
        below = {one for one, (parent, _) in parents.items() if parent in found | {pid}} - found - {pid}
        found |= below
        more = bool(below)
    return sorted(found)


def send(pid: int, number: int) -> None:
    """Send a signal to a task's processes."""
    for one in descendants(pid):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(one, number)


def resident(pid: int) -> int:
    """Return the bytes of memory that a task's processes hold."""
    pages = 0
    for one in [pid, *descendants(pid)]:
        with contextlib.suppress(OSError, IndexError):
            pages += int(Path(f"/proc/{one}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def outcome(exit_file: Path) -> tuple[bool, str]:
    """Return whether a process that has ended was successful, and what to say of it."""
    try:
        code = int(exit_file.read_text())
    except (OSError, ValueError):
        return False, "Executor terminated"
    if code > 128:
        with contextlib.suppress(ValueError):
            return False, f"Command terminated with signal {signal.strsignal(code - 128)}"
    return code == 0, f"Command exited with status {code}"


async def watch(pid: int, started: str, over: Callable[[], None]) -> None:
    """Wait for the end of a process, whoever its parent is."""
    try:
        handle = os.pidfd_open(pid)
    except OSError:
        handle = -1
    if handle >= 0 and started_at(pid) == started:
        done = asyncio.Event()
        loop = asyncio.get_running_loop()
        loop.add_reader(handle, done.set)
        try:
            await done.wait()
        finally:
            loop.remove_reader(handle)
            os.close(handle)
    while started_at(pid) == started and handle < 0:
        await asyncio.sleep(0.2)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
    over()
