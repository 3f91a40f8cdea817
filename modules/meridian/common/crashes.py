"""Defects: their tracebacks go to a file, and one line to the user."""

import traceback
from datetime import UTC, datetime
from pathlib import Path

from meridian.common import paths


def file() -> Path:
    """Return the file that tracebacks are kept in."""
    return paths.state() / "log" / "errors.log"


def told(what: str, error: BaseException) -> str:
    """Keep an error's traceback, and return a line that says what failed and where the traceback is.

    :param what: the command or runner that failed.
    """
    text = "".join(traceback.format_exception(error))
    stamp = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
    reason = " ".join(str(error).split())[:300]
    line = f"{what} failed by a defect: {type(error).__name__}{': ' if reason else ''}{reason}"
    try:
        file().parent.mkdir(parents=True, exist_ok=True)
        with file().open("a", encoding="utf-8") as log:
            log.write(f"{stamp} {what}\n{text}\n")
    except OSError as problem:
        return f"{line} (its traceback could not be kept: {problem.strerror})"
    return f"{line}; the traceback is in {file()}"
