"""Run other programs, and say in one line why one failed."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from meridian.common.errors import MeridianError


def run(
    command: Sequence[str | Path],
    environment: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    stdin: bytes | None = None,
    good: Sequence[int] = (0,),
) -> str:
    """Run a program to its end.

    :param command: program and arguments.
    :param environment: variables to add to this process's own.
    :param cwd: working folder.
    :param stdin: what it reads; nothing when ``None``.
    :param good: exit codes that are no failure.
    :return: its standard output.
    :raises MeridianError: it cannot be started or fails; holds the last lines of what it said.
    """
    try:
        done = subprocess.run(
            [str(part) for part in command],
            env={**os.environ, **(environment or {})},
            cwd=cwd,
            input=stdin if stdin is not None else b"",
            capture_output=True,
            check=False,
        )
    except OSError as problem:
        raise MeridianError(f"{command[0]} cannot be run ({problem.strerror})") from problem
    if done.returncode not in good:
        lines = (done.stderr or done.stdout).decode(errors="replace").split("\n")
        said = " / ".join(line.strip() for line in lines if line.strip())[-400:]
        raise MeridianError(f"{Path(command[0]).name} failed with exit code {done.returncode}: {said}")
    return done.stdout.decode(errors="replace")


def program(name: str, package: str) -> str:
    """Find a program, first beside this Python, then on the PATH.

    :param name: program, e.g. ``uv``.
    :param package: what to install when it is missing, as a phrase: ``Debian's openjdk-17-jdk-headless``.
    :return: absolute path.
    :raises MeridianError: it is not there; says what to install.
    """
    beside = Path(sys.executable).parent / name
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        raise MeridianError(f"the program {name} is missing: install {package}")
    return found
