"""Whether every connector of ours that runs is one of the pillar's flows."""

from meridian import paths
from meridian.mirror import ownership, status
from meridian.topology.model import Topology
from meridian.verification.result import Row, row

_NONE = "none"


def check(topology: Topology) -> list[Row]:
    """Return a row for each region with a Connect cluster, with the names of connectors that no flow has.

    :raises MeridianError: when no worker of a Connect cluster answers.
    """
    found = status.unmanaged(topology, paths.secrets(topology.environment) / "client")
    rows = []
    for region in topology.regions:
        if region.with_role("connect"):
            here = {name: one for name, one in found.items() if one["region"] == region.name}
            running = [name for name, one in here.items() if not ownership.idle(one["state"])]
            note = "; ".join(ownership.running(here))
            name = f"{region.name}: running connectors that no flow has"
            rows.append(row(name, _NONE, ", ".join(running) or _NONE, note))
    return rows
