"""Every test has its place in one half, and whoever ends the command ends what it runs."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from meridian.cli import test as command_line

REPOSITORY = Path(__file__).resolve().parents[3]
# It says when it has begun, and what it does when it is interrupted.
PATIENT = """
import pathlib, sys, time
try:
    pathlib.Path(sys.argv[1]).write_text("begun")
    time.sleep(60)
except KeyboardInterrupt:
    pathlib.Path(sys.argv[1]).write_text("cleaned up")
"""


def places(half: tuple[str, ...]) -> set[str]:
    return set(command_line.command(half, [])[3:])


def test_every_test_of_a_real_server_is_in_one_half(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(REPOSITORY)
    platform, labs = places(command_line.PLATFORM), places(command_line.LABS)
    assert not platform & labs
    folder = Path("tests/integration")
    tests = {str(path) for path in folder.rglob("test_*.py")}
    assert tests == {one for one in tests for place in platform | labs if one.startswith(place)}
    assert {"tests/integration/kafka", "tests/integration/mesos"} <= labs


def test_the_others_output_comes_behind_the_firsts(capfd: pytest.CaptureFixture[str]) -> None:
    say = [sys.executable, "-c"]
    slow = [*say, "import time; time.sleep(0.5); print('first'); exit(3)"]
    assert command_line.run([slow, [*say, "print('second')"]]) == [3, 0]
    assert capfd.readouterr().out.split() == ["first", "second"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_who_is_ended_ends_them_and_waits_until_they_have_cleaned_up(number: int, tmp_path: Path) -> None:
    files = [tmp_path / "one", tmp_path / "two"]
    commands = [[sys.executable, "-c", PATIENT, str(file)] for file in files]
    program = f"from meridian.cli.test import run; run({commands!r})"
    with subprocess.Popen([sys.executable, "-c", program], env=os.environ) as process:
        deadline = time.monotonic() + 30
        while not all(file.exists() and file.read_text() for file in files):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        process.send_signal(number)
        assert process.wait(30) == 130
    assert [file.read_text() for file in files] == ["cleaned up"] * 2
