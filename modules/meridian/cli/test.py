"""``./meridian test``: every test, cheap ones first, by pytest."""

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from types import FrameType
from typing import NoReturn

from meridian import paths

FAST = ("lint", "unit", "render")
SLOW = ("integration",)


def main(argv: Sequence[str]) -> NoReturn:
    """Run the tests; output is pytest's own, with a line for each stage.

    :param argv: arguments behind ``test``; what is not known here goes to pytest.
    :return: never; pytest's exit code is the process's: 0 when all that was asked for passed.
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
    sys.exit(run(command(options.fast, options.k, others)))


def run(line: Sequence[str]) -> int:
    """Run pytest; whoever ends this process interrupts it, and it takes down what it had brought up.

    :return: its exit code, or 130 when it was interrupted.
    """

    def end(number: int, frame: FrameType | None) -> None:
        for each in before:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
    process = None
    try:
        # First: a shell's background job ignores SIGINT, and what it starts would inherit that.
        for each in before:
            signal.signal(each, end)
        # A Ctrl-C reaches it once, by us: a second would cut its cleaning up short. SIGTERM it does not know.
        process = subprocess.Popen(line, stdin=subprocess.DEVNULL, env=environment(), start_new_session=True)
        return process.wait()
    except KeyboardInterrupt:
        if process is not None:
            process.send_signal(signal.SIGINT)
            process.wait()
        return 130
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def command(fast: bool, expression: str, others: Sequence[str]) -> list[str]:
    """Return the command line of pytest.

    :param others: further arguments for it.
    """
    stages = FAST if fast else (*FAST, *SLOW)
    chosen = ["-k", expression] if expression else []
    # Paths in the order of the stages: pytest keeps it.
    return [sys.executable, "-m", "pytest", *(f"tests/{stage}" for stage in stages), *chosen, *others]


def environment() -> dict[str, str]:
    """Return the environment variables for the tests: the tools of the virtual environment first on PATH."""
    return os.environ | {"PATH": f"{os.path.dirname(sys.executable)}{os.pathsep}{os.environ.get('PATH', '')}"}
