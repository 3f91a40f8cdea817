"""A node of Elasticsearch: what it reads at its start, and whether that has changed since."""

from pathlib import Path

from meridian.common import fingerprint

SCRIPT = Path("/etc/meridian/elasticsearch/node")
NOTED = Path("/run/meridian-elasticsearch/fingerprint")


def pending(script: Path = SCRIPT, noted: Path = NOTED) -> list[str]:
    """Return what the running node has read in another version than is there now.

    :param script: the formula's launcher, which says what there is (``node fingerprint``).
    :param noted: what it said when the node was started; systemd removes it when the node ends.
    :return: paths of files and artifacts; empty when none differs, or no node runs.
    :raises MeridianError: when the launcher fails.
    """
    try:
        then = fingerprint.parse(noted.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    now = fingerprint.take(script, "elasticsearch")
    return sorted(name for name in {*then, *now} if then.get(name) != now.get(name))


def telling(lines: list[str], count: int) -> list[str]:
    """Return the last lines of a node's log that say what went wrong; else the last lines. Pure."""
    bad = [line for line in lines if line.startswith(("ERROR", "FATAL")) or "bootstrap check failure" in line]
    return (bad or [line for line in lines if line.strip()])[-count:]
