"""Whether each record has one way: every connector of ours is a flow's, and no topic is in two flows."""

from meridian.common import paths
from meridian.services.mirror import overlaps, ownership, status
from meridian.topology.model import Topology
from meridian.verification.result import Row, row

_NONE = "none"


def check(topology: Topology) -> list[Row]:
    """Return a row for each region with a Connect cluster, with the names of connectors that no flow has.

    Where two flows go the same way there is a row for the topics that both of them carry.

    :raises MeridianError: when no worker of a Connect cluster, or no broker of a source, answers.
    """
    folder = paths.secrets(topology.environment) / "client"
    found = status.unmanaged(topology, folder)
    rows = []
    for region in topology.regions:
        if region.with_role("connect"):
            here = {name: one for name, one in found.items() if one["region"] == region.name}
            running = [name for name, one in here.items() if not ownership.idle(one["state"])]
            note = "; ".join(ownership.running(here))
            name = f"{region.name}: running connectors that no flow has"
            rows.append(row(name, _NONE, ", ".join(running) or _NONE, note))
    if overlaps.pairs(topology.flows):
        twice = overlaps.of_topology(topology, folder)
        rows.append(row("topics that two flows carry", 0, len(twice), "; ".join(twice)))
    return rows
