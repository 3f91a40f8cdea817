"""``./meridian test``: every test, cheap ones first, by pytest."""

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import NoReturn

from meridian.cli import changed
from meridian.common import paths
from meridian.common.errors import MeridianError

FAST = ("lint", "unit", "render")
SLOW = "integration"
#: pytest's exit code when no test was selected.
NONE = 5


def main(argv: Sequence[str]) -> NoReturn:
    """Run the tests, in two runs of pytest; output is its own.

    :param argv: arguments behind ``test``; what is not known here goes to pytest.
    :return: never; pytest's exit code is the process's: 0 when all that was asked for passed.
    """
    parser = argparse.ArgumentParser(
        prog="meridian test",
        description="Lint, unit tests, rendering; single servers; a real deployment with faults. "
        "A failed stage is the last.",
        epilog="Other arguments go to pytest: -n0 runs one test after the other.",
        allow_abbrev=False,
    )
    parser.add_argument("--fast", action="store_true", help="stop after rendering: no Docker, a few minutes")
    parser.add_argument(
        "--all", action="store_true", help="the long matrices of faults as well: before a release, some hours"
    )
    parser.add_argument(
        "--repeat", type=int, default=1, metavar="N", help="run it N times, and stop at the first failure"
    )
    parser.add_argument(
        "--changed",
        metavar="REV",
        help="only the tests that the changes since a revision of git ask for, uncommitted ones too",
    )
    parser.add_argument(
        "-k", default="", metavar="EXPRESSION", help="only tests whose names match, as pytest's -k"
    )
    options, others = parser.parse_known_args(argv)
    os.chdir(paths.repository())
    places: list[str] = []
    if options.changed:
        try:
            places = changed_places(options.changed, options.fast)
        except MeridianError as error:
            sys.exit(f"meridian: {error}")
    lines = commands(Path("tests"), options.fast, options.k, others, options.all, places)
    sys.exit(stages(lines * max(options.repeat, 1)))


def changed_places(revision: str, fast: bool) -> list[str]:
    """Return the places of the tests that a change asks for, and say why; none: all of them.

    :param fast: only those that need no server.
    :raises SystemExit: nothing changed, so that there is nothing to test.
    :raises MeridianError: there is no such revision.
    """
    found = changed.files(paths.repository(), revision)
    choice = changed.choose(paths.repository(), found)
    for line in changed.said(choice, found):
        print(f"  {line}", file=sys.stderr, flush=True)
    if choice.everything:
        return []
    places = [one for one in choice.places if not fast or not one.startswith(f"tests/{SLOW}")]
    if not places:
        sys.exit(0)
    return places


def stages(lines: Sequence[Sequence[str]]) -> int:
    """Run one command line of pytest after the other, until one fails.

    :return: the exit code of the one that failed; 0, or 5 when none of them had a test that was asked for.
    """
    codes = []
    for line in lines:
        codes.append(run(line))
        if codes[-1] not in (0, NONE):
            return codes[-1]
    return 0 if 0 in codes else NONE


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


def commands(
    tests: Path,
    fast: bool,
    expression: str,
    others: Sequence[str],
    everything: bool = False,
    places: Sequence[str] = (),
) -> list[list[str]]:
    """Return the command lines of pytest, in their order.

    :param tests: folder of the tests.
    :param fast: only those that need no server.
    :param others: further arguments for each; a path among them is run alone.
    :param everything: those that are marked ``long``, too.
    :param places: only these folders and files of tests.
    """
    parts: list[tuple[list[str], list[Path]]] = [(["--numprocesses=auto"], [tests / stage for stage in FAST])]
    if not fast:
        # One after the other: each has the machine to itself.
        parts.append(([], [tests / SLOW]))
    if places:
        slow = [place for place in places if place.startswith(f"{tests / SLOW}")]
        quick = [place for place in places if place not in slow]
        parts = [(["--numprocesses=auto"], [Path(one) for one in quick])] if quick else []
        parts += [([], [Path(one) for one in slow])] if slow and not fast else []
    named = any(_is_place(one) for one in others)
    if named:
        # One after the other, and whoever names a test means it.
        parts = [([], [])]
    chosen = ["-k", expression] if expression else []
    if not everything and not named:
        chosen = ["-m", "not long", *chosen]
    return [
        [sys.executable, "-m", "pytest", *options, *map(str, where), *chosen, *others]
        for options, where in parts
    ]


def _is_place(argument: str) -> bool:
    """Return whether an argument is a file, folder or node id of tests."""
    return not argument.startswith("-") and Path(argument.split("::", 1)[0]).exists()


def environment() -> dict[str, str]:
    """Return the environment variables for the tests: the tools of the virtual environment first on PATH."""
    return os.environ | {"PATH": f"{os.path.dirname(sys.executable)}{os.pathsep}{os.environ.get('PATH', '')}"}
