"""A worker's own node: what it reads at start, and whether that has changed since."""

from pathlib import Path

from meridian.common import fingerprint

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
        then = fingerprint.parse(noted.read_text())
    except FileNotFoundError:
        return []
    now = fingerprint.take(script, "connect")
    return sorted(name for name in {*then, *now} if then.get(name) != now.get(name))
