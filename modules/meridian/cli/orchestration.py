"""Running an orchestration as a Salt user would, by ``salt-run``, and following it."""

import json
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from meridian.cli.progress import Board, follow
from meridian.common import paths
from meridian.common.errors import MeridianError
from meridian.operations import result
from meridian.salt_api import master


def run(name: str, pillar: dict[str, Any], mode: str, expected: Sequence[str] = ()) -> result.Result:
    """Run ``salt-run state.orchestrate <name>`` to its end, drawing its progress.

    :param name: SLS of the orchestration, e.g. ``platform.deploy``.
    :param pillar: pillar for it; no secrets, it shows in process lists.
    :param mode: how to draw, see :class:`Board`.
    :param expected: the phases that will come, see :class:`Board`.
    :return: what came of it. An interrupt ends the orchestration too, and is raised again.
    :raises MeridianError: when ``salt-run`` printed nothing that can be read; quotes its last line.
    """
    opts = master.options()
    log = paths.state() / "log" / "orchestrate.log"
    stopped = threading.Event()
    events = follow(opts, stopped)
    next(events)  # subscribed before the run begins, so that no event is missed
    command = [
        str(Path(sys.executable).parent / "salt-run"),
        "-c",
        str(paths.repository()),
        "--out=json",
        "--no-color",
        "state.orchestrate",
        name,
        f"pillar={json.dumps(pillar)}",
    ]
    with log.open("wb") as errors:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, cwd=paths.repository()
        )
        output: list[bytes] = []

        def read() -> None:
            assert process.stdout is not None
            output.append(process.stdout.read())
            process.wait()
            stopped.set()

        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        try:
            with Board(mode, sys.stderr if mode != "json" else sys.stdout, expected) as board:
                for tag, data in events:
                    board.event(tag, data) if tag else board.refresh()
        except KeyboardInterrupt:
            process.terminate()
            process.wait()
            raise
        reader.join()
    outcome = _read(output[0].decode(errors="replace"), log)
    if process.returncode != 0 and outcome.ok:
        raise MeridianError(f"{name} ended with exit code {process.returncode} without saying why; see {log}")
    return outcome


def _read(text: str, log: Path) -> result.Result:
    start = text.find("{")
    try:
        return result.read(json.loads(text[start:]) if start >= 0 else text)
    except ValueError:
        lines = (text + log.read_text(encoding="utf-8", errors="replace")).strip().splitlines()
        raise MeridianError(lines[-1] if lines else f"salt-run printed nothing; see {log}") from None
