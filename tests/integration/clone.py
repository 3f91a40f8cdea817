"""A clone of the working tree to deploy from, and its command line as a user types it."""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
_SHOWN_LINES = 60


@dataclass(frozen=True)
class Outcome:
    """What a command came to.

    :ivar output: its standard output.
    :ivar messages: its standard error: progress and what went wrong.
    :ivar seconds: wall time.
    """

    code: int
    output: str
    messages: str
    seconds: float

    @property
    def json(self) -> dict[str, Any]:
        """The last JSON object on standard output."""
        for start in (match.start() for match in re.finditer(r"^\{", self.output, re.MULTILINE)):
            try:
                found = json.loads(self.output[start:])
            except ValueError:
                continue
            assert isinstance(found, dict)
            return found
        pytest.fail(f"no JSON in:\n{self.output[-2000:]}", pytrace=False)


class Clone:
    """A copy of what git would commit, in a folder with a short name: sockets below it may have 107 letters.

    It has a virtual environment, a Salt master, networks and keys of its own and shares the user's caches.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for name in filter(None, listed.split("\0")):
            source, target = REPOSITORY / name, folder / name
            if source.is_file():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, target)

    @property
    def platform(self) -> str:
        """The id in the names of all that the clone made in Docker; empty before it made something."""
        record = self.folder / ".platform" / "networks.json"
        return str(json.loads(record.read_text(encoding="utf-8"))["platform"]) if record.exists() else ""

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start ``./meridian`` with standard output and error in one stream of lines."""
        return subprocess.Popen(
            ["./meridian", *arguments],
            cwd=self.folder,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            bufsize=1,
        )

    def meridian(self, *arguments: str, timeout: float = 900, code: int | None = 0) -> Outcome:
        """Run ``./meridian`` to its end.

        :param timeout: seconds.
        :param code: exit code that it must have, ``None`` for any; another fails the test with the last lines
            of the command and of the clone's logs.
        """
        started = time.monotonic()
        done = subprocess.run(
            ["./meridian", *arguments],
            cwd=self.folder,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        outcome = Outcome(done.returncode, done.stdout, done.stderr, time.monotonic() - started)
        if code is not None and done.returncode != code:
            self.fail(
                f"./meridian {' '.join(arguments)}: exit code {done.returncode}", done.stderr + done.stdout
            )
        return outcome

    def during(
        self, arguments: tuple[str, ...], line: str, act: Callable[[], object], timeout: float = 900
    ) -> str:
        """Run ``./meridian``, and do something as soon as it prints a certain line.

        :param line: regular expression searched in each line.
        :param act: called once, while the command goes on.
        :return: all that the command printed; it must end well, and the line must have come.
        """
        process = self.start(*arguments)
        assert process.stdout is not None
        printed: list[str] = []
        acted = False
        deadline = time.monotonic() + timeout
        try:
            for text in process.stdout:
                printed.append(text)
                if not acted and re.search(line, text):
                    acted = True
                    act()
                if time.monotonic() > deadline:
                    self.fail(f"no end after {timeout:.0f} s", "".join(printed))
            code = process.wait(timeout=60)
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait(timeout=60)
        if code != 0:
            self.fail(f"./meridian {' '.join(arguments)}: exit code {code}", "".join(printed))
        assert acted, f"no line like {line!r} in:\n{''.join(printed)[-3000:]}"
        return "".join(printed)

    def kill_at(self, arguments: tuple[str, ...], line: str, timeout: float = 300) -> None:
        """Start ``./meridian``, and kill it with its orchestration as soon as it prints a certain line.

        :param line: regular expression searched in each line.
        :param timeout: seconds in which the line must come.
        """
        process = self.start(*arguments)
        assert process.stdout is not None
        printed: list[str] = []
        watchdog = threading.Timer(timeout, process.kill)
        watchdog.start()
        try:
            for text in process.stdout:
                printed.append(text)
                if re.search(line, text):
                    return
            self.fail(f"no line like {line!r}", "".join(printed))
        finally:
            watchdog.cancel()
            process.kill()
            self._end_orchestrations(signal.SIGKILL)
            process.wait(60)

    def on(self, node: str, command: str) -> str:
        """Run a shell command on a node, by Salt, and return what it printed; it must succeed."""
        salt = self.folder / ".platform" / "venv" / "bin" / "salt"
        done = subprocess.run(
            [str(salt), "-c", str(self.folder), "--out=json", "--static", node, "cmd.run_all", command],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        try:
            answer = json.loads(done.stdout)[node]
        except (ValueError, KeyError):
            self.fail(f"{node} did not run {command!r}", done.stdout + done.stderr)
        assert answer["retcode"] == 0, f"{node}: {command}: {answer['stderr']}"
        return str(answer["stdout"])

    def status(self, environment: str = "local") -> dict[str, Any]:
        """Return ``./meridian status --json``, well or not."""
        return self.meridian("status", environment, "--json", code=None, timeout=120).json

    def well_within(self, seconds: float, environment: str = "local") -> dict[str, Any]:
        """Wait until the status is all well."""
        deadline = time.monotonic() + seconds
        while True:
            status = self.status(environment)
            if status["ok"]:
                return status
            if time.monotonic() > deadline:
                self.fail(f"not well after {seconds:.0f} s", json.dumps(status, indent=2))
            time.sleep(2)

    def lose(self, node: str) -> None:
        """Take a machine away, and its disk with it, as if it had burnt."""
        mine = f"label=meridian.platform={self.platform}"
        listed = ["docker", "ps", "--quiet", "--filter", mine, "--filter", f"name=^{node}"]
        (found,) = subprocess.run(listed, capture_output=True, text=True, check=True).stdout.split()
        subprocess.run(["docker", "rm", "--force", "--volumes", found], capture_output=True, check=True)

    def left_of(self, platform: str) -> list[str]:
        """Return the ids of all that the engine still has of a clone.

        :param platform: the clone's id, taken before it destroyed something.
        """
        found: list[str] = []
        for kind in (("ps", "--all"), ("network", "ls"), ("volume", "ls")):
            chosen = ["docker", *kind, "--quiet", "--filter", f"label=meridian.platform={platform}"]
            # The engine ends with the last clone that needs it, and then nothing is left for certain.
            found += subprocess.run(chosen, capture_output=True, text=True, check=False).stdout.split()
        return found

    def fail(self, what: str, printed: str) -> None:
        """Fail the test with the lines that explain why."""
        parts = [what, *printed.splitlines()[-_SHOWN_LINES:]]
        for log in sorted((self.folder / ".platform" / "log").glob("*")):
            lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.is_file() else []
            telling = [
                text for text in lines if re.search(r"error|critical|traceback|fail", text, re.IGNORECASE)
            ]
            if telling:
                parts += [f"--- {log.name}", *telling[-10:]]
        pytest.fail("\n".join(parts), pytrace=False)

    def remove(self) -> None:
        """Destroy whatever the clone still has, and the clone."""
        self._end_orchestrations()
        if (self.folder / ".platform").exists():
            self.meridian("destroy", "--yes", code=None)
            self.meridian("down", code=None)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _end_orchestrations(self, how: int = signal.SIGTERM) -> None:
        """End what an interrupted test has left running: it holds the environment's lock."""
        mine = str(self.folder / ".platform" / "venv" / "bin" / "salt-run").encode()
        for process in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if mine in (process / "cmdline").read_bytes():
                    os.kill(int(process.name), how)


def _environment() -> dict[str, str]:
    """Return the user's environment without what the running tests' own virtual environment put there."""
    mine = {"VIRTUAL_ENV", "SALT_CONFIG_DIR", "MERIDIAN_ENVIRONMENT", "PYTHONPATH", "PYTEST_CURRENT_TEST"}
    return {key: value for key, value in os.environ.items() if key not in mine} | {"NO_COLOR": "1"}
