"""Whether an agent's work dir has room: sandboxes, volumes and what the agent itself notes are there."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Space:
    """The disk that a folder is on.

    :ivar used_percent: of what users other than root may use.
    :ivar free_mb: MiB that are left to them.
    """

    used_percent: float
    free_mb: int


def look(folder: Path, ask: Callable[[Path], os.statvfs_result] = os.statvfs) -> Space:
    """Return how full the disk of a folder is; of one that is not there yet, its parent's.

    :param ask: asks the kernel.
    """
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    found = ask(folder)
    used = found.f_blocks - found.f_bfree
    whole = used + found.f_bavail
    free = found.f_bavail * found.f_frsize // (1024 * 1024)
    return Space(round(100 * used / whole, 1) if whole else 100.0, free)


def objection(node: str, folder: Path, space: Space, most_percent: float) -> str:
    """Return in one line that an agent's work dir is full, and what to do; empty when it is not."""
    if space.used_percent <= most_percent:
        return ""
    return (
        f"{node}: the work dir of its Mesos agent is full: {folder}, {space.used_percent:g} % used, "
        f"{space.free_mb} MiB free (limit mesos.agent.work_dir_percent: {most_percent:g}); free space there, "
        "shorten mesos.agent.gc_delay, or give it a larger volume"
    )
