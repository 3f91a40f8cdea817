"""Whoever ends the command ends what it runs, which cleans up first."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from meridian.cli import test as command_line
from meridian.common import paths

# It says when it has begun, and what it does when it is interrupted.
PATIENT = """
import pathlib, sys, time
try:
    pathlib.Path(sys.argv[1]).write_text("begun")
    time.sleep(60)
except KeyboardInterrupt:
    pathlib.Path(sys.argv[1]).write_text("cleaned up")
"""


@pytest.mark.parametrize(
    ("codes", "code"), [([0, 0], 0), ([5, 0, 5], 0), ([5, 5], 5), ([0, 1, 0], 1), ([130, 0], 130)]
)
def test_the_first_that_fails_is_the_last(codes: list[int], code: int, tmp_path: Path) -> None:
    file = tmp_path / "ran"
    append = "import sys; open(sys.argv[1], 'a').write('.'); sys.exit(int(sys.argv[2]))"
    lines = [[sys.executable, "-c", append, str(file), str(one)] for one in codes]
    assert command_line.stages(lines) == code
    ended = next((index for index, one in enumerate(codes, 1) if one not in (0, 5)), len(codes))
    assert file.read_text() == "." * ended


def test_each_test_is_run_once_and_those_with_servers_one_after_the_other() -> None:
    tests = paths.repository() / "tests"
    fast, slow = command_line.commands(tests, False, "", [])
    where = [[Path(word) for word in line if word.startswith(str(tests))] for line in (fast, slow)]
    assert where[0] == [tests / "lint", tests / "unit", tests / "render"]
    assert not any("--numprocesses" in word for word in slow)
    named = [one for part in where for one in part]
    files = [file for file in tests.rglob("test_*.py") if "doubles" not in file.parts]
    # Those of the nodes themselves are `./meridian verify`'s.
    files = [file for file in files if tests / "infra" not in file.parents]
    assert [file for file in files if len({file, *file.parents} & set(named)) != 1] == []


def test_options_reach_every_run_and_come_last() -> None:
    for line in command_line.commands(paths.repository() / "tests", False, "kafka", ["-n0"]):
        assert line[-3:] == ["-k", "kafka", "-n0"]


def test_long_tests_are_left_to_all() -> None:
    tests = paths.repository() / "tests"
    for line in command_line.commands(tests, False, "", []):
        assert line[line.index("-m", 3) + 1] == "not long"
    for line in command_line.commands(tests, False, "", [], everything=True):
        assert "not long" not in line


def test_a_suite_that_is_named_is_run_alone_and_whole() -> None:
    named = str(paths.repository() / "tests" / "unit" / "cli")
    [line] = command_line.commands(paths.repository() / "tests", False, "", [f"{named}/test_test.py::it"])
    assert line[3:] == [f"{named}/test_test.py::it"]


def test_fast_tests_are_those_without_servers() -> None:
    [line] = command_line.commands(paths.repository() / "tests", True, "", [])
    assert not any("integration" in word for word in line)


@pytest.mark.parametrize("code", [0, 3])
def test_the_exit_code_is_pytests(code: int) -> None:
    assert command_line.run([sys.executable, "-c", f"exit({code})"]) == code


@pytest.mark.parametrize("job", ["foreground", "background"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_who_is_ended_interrupts_it_and_waits_until_it_has_cleaned_up(
    number: int, job: str, tmp_path: Path
) -> None:
    file = tmp_path / "done"
    line = [sys.executable, "-c", PATIENT, str(file)]
    # A shell's job in the background, such as CI's, ignores SIGINT from its beginning.
    handler = "SIG_IGN" if job == "background" else "default_int_handler"
    begin = f"import signal, sys; signal.signal(signal.SIGINT, signal.{handler})"
    program = f"{begin}; from meridian.cli.test import run; sys.exit(run({line!r}))"
    with subprocess.Popen([sys.executable, "-c", program], env=os.environ) as process:
        deadline = time.monotonic() + 30
        while not (file.exists() and file.read_text()):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        process.send_signal(number)
        assert process.wait(30) == 130
    assert file.read_text() == "cleaned up"
