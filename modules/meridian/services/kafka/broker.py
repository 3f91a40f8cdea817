"""A broker's own node: what the broker read at its start, what has changed since, what its quorum says."""

import json
import socket
from pathlib import Path
from typing import Any

from meridian.common import fingerprint
from meridian.common.errors import MeridianError
from meridian.services.kafka import changes

SCRIPT = Path("/etc/meridian/kafka/broker")
CONFIG = Path("/etc/meridian/kafka/server.properties")
NOTED = Path("/run/meridian-kafka")
_CONNECT_SECONDS = 2.0


def pending(script: Path = SCRIPT, config: Path = CONFIG, noted: Path = NOTED) -> dict[str, Any]:
    """Return what has changed since the broker was started.

    :param script: the formula's launcher, which says what there is (``broker fingerprint``).
    :param config: the broker's settings now.
    :param noted: where the launcher noted what it started with; systemd removes it when the broker ends.
    :return: ``restart``: reasons; ``dynamic``, ``stated``: see
        :class:`meridian.services.kafka.changes.Changes`; ``leader``: the active controller's id,
        ``epoch``: since which epoch. A broker that does not run has no reasons: it will read all when it
        starts.
    :raises MeridianError: when a file that the formula writes is missing, or the script fails.
    """
    now = changes.parse(_read(config))
    quorum = _quorum(Path(now.get("metadata.log.dir") or now["log.dirs"].split(",")[0]))
    try:
        started = changes.parse((noted / "server.properties").read_text(encoding="utf-8"))
        files_then = fingerprint.parse((noted / "fingerprint").read_text(encoding="utf-8"))
    except FileNotFoundError:
        found = changes.compare(now, now)
        return {"restart": [], "dynamic": {}, "stated": dict(found.stated), **quorum}
    found = changes.compare(started, now)
    files = changes.compare_files(files_then, fingerprint.take(script, "kafka"))
    return {
        "restart": [*found.restart, *files],
        "dynamic": dict(found.dynamic),
        "stated": dict(found.stated),
        **quorum,
    }


def quorum(config: Path = CONFIG) -> dict[str, Any]:
    """Return how this node's controller is.

    :param config: its settings.
    :return: ``up``: it listens; ``leader`` and ``epoch`` as it knows them, -1 when it does not.
    :raises MeridianError: the settings are missing.
    """
    now = changes.parse(_read(config))
    port = next(
        int(one.rpartition(":")[2]) for one in now["listeners"].split(",") if one.startswith("CONTROLLER:")
    )
    try:
        socket.create_connection(("127.0.0.1", port), timeout=_CONNECT_SECONDS).close()
    except OSError:
        up = False
    else:
        up = True
    return {"up": up, **_quorum(Path(now.get("metadata.log.dir") or now["log.dirs"].split(",")[0]))}


def _quorum(folder: Path) -> dict[str, int]:
    """Return who leads the metadata quorum, as this node knows it: no admin request tells it in KRaft."""
    try:
        state = json.loads((folder / "__cluster_metadata-0" / "quorum-state").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {"leader": -1, "epoch": -1}
    return {"leader": int(state.get("leaderId", -1)), "epoch": int(state.get("leaderEpoch", -1))}


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise MeridianError(f"{path} is missing; apply the kafka state first") from None


def telling(lines: list[str], count: int) -> list[str]:
    """Return the last lines of a broker's log that say what went wrong; else the last lines. Pure."""
    bad = [line for line in lines if line.startswith(("ERROR", "FATAL")) or "Exception:" in line[:200]]
    return (bad or [line for line in lines if line.strip()])[-count:]
