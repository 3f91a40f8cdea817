"""A drained agent that starts as a new one, since Mesos lets the old one not have its changed flags."""

from pathlib import Path

import requests

from meridian.common.errors import MeridianError
from meridian.common.rest import reason

_PROCESSES = Path("/proc")
_HELD = ("staging", "starting", "running", "killing")


def environment_of(pid: int, processes: Path = _PROCESSES) -> dict[str, str]:
    """Return the environment that a process was started with; empty when it is gone."""
    try:
        text = (processes / str(pid) / "environ").read_bytes().decode(errors="replace")
    except OSError:
        return {}
    pairs = (entry.partition("=") for entry in text.split("\0") if entry)
    return {name: value for name, _, value in pairs}


def refuse_with_tasks(url: str, credential: tuple[str, str], ca: Path | None) -> None:
    """Refuse to make a new agent of one that has tasks, which would be orphans.

    :param url: the agent's own.
    :raises MeridianError: it has some, or does not say.
    """
    try:
        answer = requests.get(
            f"{url}/metrics/snapshot", auth=credential, verify=str(ca) if ca else True, timeout=10
        )
        answer.raise_for_status()
        told = answer.json()
    except (requests.RequestException, ValueError) as problem:
        raise MeridianError(
            f"Mesos agent {url}: {reason(problem)}; it is not known what runs there, see journalctl -u "
            "meridian-mesos-agent"
        ) from problem
    count = sum(int(told.get(f"slave/tasks_{state}", 0)) for state in _HELD)
    if count:
        raise MeridianError(
            f"Mesos agent {url}: {count} tasks run; take the node out of service first: salt-run mesos.leave"
        )


def forget_identity(work_dir: Path) -> None:
    """Have an agent register as a new one when it starts; volumes and reservations are kept apart from it."""
    (work_dir / "meta" / "slaves" / "latest").unlink(missing_ok=True)
