"""A worker's own node: what it reads at start, and whether that has changed since."""

import subprocess
from pathlib import Path

from meridian.errors import MeridianError

SCRIPT = Path("/etc/meridian/connect/worker")
NOTED = Path("/run/meridian-connect/fingerprint")


def pending(script: Path = SCRIPT, noted: Path = NOTED) -> list[str]:
    """Return what a running worker has read in another version than is there now.

    :param script: the formula's ``worker`` script, which says what there is (``worker fingerprint``).
    :param noted: what it said when the worker was started; systemd removes it when the worker ends.
    :return: paths of files and artifacts; empty when none differs, or no worker runs.
    :raises MeridianError: when the script fails.
    """
    try:
        then = _parse(noted.read_text())
    except FileNotFoundError:
        return []
    now = _parse(_run(script))
    return sorted(name for name in {*then, *now} if then.get(name) != now.get(name))


def _run(script: Path) -> str:
    try:
        done = subprocess.run(
            [str(script), "fingerprint"], capture_output=True, text=True, check=True, timeout=30
        )
    except subprocess.CalledProcessError as error:
        raise MeridianError(f"{script} fingerprint: {error.stderr.strip()}") from error
    except OSError as error:
        raise MeridianError(f"{script}: {error.strerror}; apply the connect state first") from error
    return done.stdout


def _parse(text: str) -> dict[str, str]:
    pairs = (line.split(maxsplit=1) for line in text.splitlines() if line.strip())
    return {name.strip(): version for version, name in pairs}
