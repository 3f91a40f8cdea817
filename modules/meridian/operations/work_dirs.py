"""How full the work dirs of an environment's Mesos agents are, as their nodes say."""

from collections.abc import Iterable
from typing import Any

from meridian.salt_api import minions
from meridian.topology.model import Region, Topology

_SECONDS = 15


def look(opts: dict[str, Any], region: Region) -> dict[str, dict[str, Any]]:
    """Return ``used_percent``, ``free_mb`` and ``problem`` (one line, or empty) of each agent's work dir.

    :raises MeridianError: a node does not answer.
    """
    nodes = [node.id for node in region.with_role("mesos-agent")]
    return minions.ask(opts, nodes, "mesos.work_dir", _SECONDS)


def problems(opts: dict[str, Any], topology: Topology) -> list[str]:
    """Return a line for each work dir that is full.

    :raises MeridianError: a node does not answer.
    """
    return lines(look(opts, region) for region in topology.regions)


def lines(looks: Iterable[dict[str, dict[str, Any]]]) -> list[str]:
    """Return the problems of several regions."""
    return [one["problem"] for found in looks for one in found.values() if one["problem"]]
