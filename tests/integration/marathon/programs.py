"""Programs of Mesos and Marathon: those that a setting names, or the doubles, packed and run as on nodes."""

import contextlib
import os
import signal
import subprocess
import sys
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.doubles.mesos import pack

_SETTINGS = {"mesos": "MERIDIAN_MESOS_ARTIFACT", "marathon": "MERIDIAN_MARATHON_ARTIFACT"}


def unpacked(name: str, folder: Path) -> Path:
    """Return an artifact, unpacked.

    :param name: ``mesos`` or ``marathon``.
    :param folder: folder to make.
    """
    named = os.environ.get(_SETTINGS[name])
    tarball = Path(named) if named else pack.pack(name, folder.parent / "packed")
    folder.mkdir(parents=True)
    with tarfile.open(tarball) as tar:
        tar.extractall(folder)
    # Releases have one folder at the top, our doubles have none.
    inside = list(folder.iterdir())
    return inside[0] if len(inside) == 1 else folder


def real(name: str) -> bool:
    """Tell whether an artifact is not our double."""
    return _SETTINGS[name] in os.environ


class Program:
    """One process of a program.

    :ivar log: what it says.
    """

    def __init__(
        self,
        artifact: Path,
        name: str,
        folder: Path,
        arguments: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
        through: Sequence[str] = (),
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.log = folder / "log"
        self._file = artifact / "bin" / name
        self._command = [*through, str(self._file), *arguments]
        self._environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **(environment or {})}
        self._process: subprocess.Popen[bytes] | None = None
        if "/usr/bin/python3" in self._file.read_text(encoding="latin-1").partition("\n")[0]:
            # The double's interpreter here is that of the tests, which has the libraries of a node's Salt.
            self._command.insert(len(through), sys.executable)

    @property
    def environment(self) -> Mapping[str, str]:
        """What it is started with."""
        return self._environment

    def change(self, variables: Mapping[str, str]) -> None:
        """Have it started with other variables from now on."""
        self._environment = {**self._environment, **variables}

    def start(self) -> None:
        """Start it."""
        with self.log.open("ab") as out:
            self._process = subprocess.Popen(
                self._command, env=self._environment, stdout=out, stderr=out, start_new_session=True
            )

    def kill(self, how: int = signal.SIGKILL) -> None:
        """End it, if it runs."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, how)
        self._process.wait(30)
        self._process = None

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """Its process id."""
        assert self._process is not None
        return self._process.pid

    def said(self) -> str:
        """Return all that it said."""
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""

    def last_log_line(self) -> str:
        """Return the end of what it said."""
        return self.said()[-1500:]
