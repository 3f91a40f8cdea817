"""Whoever ends the command ends what it runs, which cleans up first."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from meridian.cli import test as command_line

# It says when it has begun, and what it does when it is interrupted.
PATIENT = """
import pathlib, sys, time
try:
    pathlib.Path(sys.argv[1]).write_text("begun")
    time.sleep(60)
except KeyboardInterrupt:
    pathlib.Path(sys.argv[1]).write_text("cleaned up")
"""


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
