"""``./meridian test``: every test, cheap ones first, by pytest."""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType
from typing import IO, NoReturn

from meridian import paths

FAST = ("tests/lint", "tests/unit", "tests/render")
#: What works on one deployment after the other; beside it go servers of their own. Both mostly wait.
PLATFORM = ("tests/integration/test_*.py", "tests/integration/cloud")
LABS = ("tests/integration/*/",)
# Of pytest: no test was chosen.
_NONE = 5


def main(argv: Sequence[str]) -> NoReturn:
    """Run the tests; output is pytest's own, with a line for each stage.

    The cheap ones first. When they pass, those of the platform, and beside them those of single servers,
    whose output comes behind the others'; with ``-k`` one after the other. Whoever ends this process ends
    pytest, which then takes down what it had brought up.

    :param argv: arguments behind ``test``; what is not known here goes to pytest.
    :return: never; the process's exit code is pytest's: 0 when all that was asked for passed.
    """
    parser = argparse.ArgumentParser(
        prog="meridian test",
        description="Lint, unit tests, rendering, a real deployment with faults; a failed stage is the last.",
        epilog="Other arguments go to pytest.",
        allow_abbrev=False,
    )
    parser.add_argument("--fast", action="store_true", help="stop after rendering: no Docker, a few minutes")
    parser.add_argument(
        "-k", default="", metavar="EXPRESSION", help="only tests whose names match, as pytest's -k"
    )
    options, others = parser.parse_known_args(argv)
    os.chdir(paths.repository())
    more = [*(["-k", options.k] if options.k else []), *others]
    sides = [] if options.fast else [[PLATFORM, LABS]] if not options.k else [[PLATFORM], [LABS]]
    codes: list[int] = []
    for side in ([FAST], *sides):
        codes += run([command(places, more) for places in side])
        if failed := [code for code in codes if code not in (0, _NONE)]:
            sys.exit(failed[0])
    sys.exit(0 if 0 in codes else _NONE)


def command(places: Sequence[str], more: Sequence[str]) -> list[str]:
    """Return the command line of pytest.

    :param places: files and folders of tests, or patterns of them.
    :param more: further arguments.
    """
    # What has a place in the other half has none here.
    found = [path for place in places for path in sorted(map(str, Path().glob(place)))]
    return [sys.executable, "-m", "pytest", *_without_others(places, found), *more]


def _without_others(places: Sequence[str], found: list[str]) -> list[str]:
    others = [] if places is not LABS else [str(path) for place in PLATFORM for path in Path().glob(place)]
    return [path for path in found if path not in others and not path.endswith("__pycache__")]


def run(commands: Sequence[Sequence[str]]) -> list[int]:
    """Run commands side by side: the first on our own streams, the others' output comes when it has ended.

    :return: their exit codes.
    """
    processes: list[subprocess.Popen[bytes]] = []
    codes: list[int] = []
    with ExitStack() as stack:
        outputs = [stack.enter_context(tempfile.TemporaryFile()) for _ in commands[1:]]
        stack.enter_context(_ended_with_us(processes))
        for line, output in zip(commands, [None, *outputs], strict=True):
            processes.append(_start(line, output))
        codes.append(processes[0].wait())
        for process, output in zip(processes[1:], outputs, strict=True):
            codes.append(process.wait())
            output.seek(0)
            shutil.copyfileobj(output, sys.stdout.buffer)
            sys.stdout.flush()
    return codes


def _start(line: Sequence[str], output: IO[bytes] | None) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        line,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output else None,
        env=environment(),
        # A Ctrl-C reaches them once, by us: the second would cut their cleaning up short.
        start_new_session=True,
    )


@contextmanager
def _ended_with_us(processes: Sequence[subprocess.Popen[bytes]]) -> Iterator[None]:
    """Interrupt processes when this one is interrupted or ended, and wait until they have cleaned up."""

    def end(number: int, frame: FrameType | None) -> None:
        # Once is enough.
        for each in before:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        for each in before:
            signal.signal(each, end)
        yield
    except KeyboardInterrupt:
        for process in processes:
            process.send_signal(signal.SIGINT)
        for process in processes:
            process.wait()
        sys.exit(130)
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def environment() -> dict[str, str]:
    """Return the environment variables for the tests: the tools of the virtual environment first on PATH."""
    return os.environ | {"PATH": f"{os.path.dirname(sys.executable)}{os.pathsep}{os.environ.get('PATH', '')}"}
