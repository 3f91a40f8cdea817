"""What this machine must have before a local environment is deployed on it."""

import shutil
from pathlib import Path

from meridian.common.errors import MeridianError
from meridian.topology.model import Topology

_GIB = 1024**3
# Measured on `local` (12 nodes): see benchmarks/README.md. Room for one broker node with all it shares.
_MEMORY_PER_NODE = 0.45 * _GIB
_MEMORY_CONTROLLER = 0.7 * _GIB
_DISK_PER_NODE = 0.3 * _GIB
_DISK_IMAGE = 3 * _GIB


def check(topology: Topology, cache: Path, running: int = 0) -> None:
    """Refuse to begin where memory or disk cannot suffice.

    :param topology: what is to be deployed.
    :param cache: folder of downloads and image; its file system is measured.
    :param running: number of the environment's nodes that are there already.
    :raises MeridianError: with what is needed, what is free, and what to do.
    """
    wanted = sum(len(region.nodes) for region in topology.regions if region.is_local)
    missing = max(0, wanted - running)
    needed = missing * _MEMORY_PER_NODE + (_MEMORY_CONTROLLER if not running else 0)
    free = available_memory()
    if free < needed:
        raise MeridianError(
            f"environment {topology.environment} needs {needed / _GIB:.1f} GiB of memory for {missing} "
            f"nodes, {free / _GIB:.1f} GiB are free: stop other programs or deploy fewer regions "
            f"(pillar/environments/{topology.environment}.sls, environment: regions)"
        )
    folder = next(part for part in (cache, *cache.parents) if part.exists())
    disk_needed = missing * _DISK_PER_NODE + (_DISK_IMAGE if not running else 0)
    disk_free = shutil.disk_usage(folder).free
    if disk_free < disk_needed:
        raise MeridianError(
            f"{folder} has {disk_free / _GIB:.1f} GiB free, {disk_needed / _GIB:.1f} GiB are needed: "
            "free some, or set XDG_CACHE_HOME to a larger disk"
        )


def reachable(topology: Topology) -> None:
    """Refuse to begin where the machines would let nobody in who deploys and verifies.

    :param topology: what is to be deployed.
    :raises MeridianError: a region beyond this machine names no operator's address.
    """
    closed = [
        region.name
        for region in topology.regions
        if not region.is_local and not region.settings["firewall"]["operator"]
    ]
    if closed:
        raise MeridianError(
            f"firewall.operator is empty for {', '.join(closed)}, so their machines would let in nobody but "
            "one another: add the addresses that you deploy and verify from, e.g. [203.0.113.7/32], to "
            f"pillar/environments/{topology.environment}.sls"
        )


def available_memory(meminfo: Path = Path("/proc/meminfo")) -> int:
    """Return the memory that programs can still have, in bytes (``MemAvailable``)."""
    for line in meminfo.read_text(encoding="utf-8").splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    return 0
