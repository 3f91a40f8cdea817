"""Whether records are kept from flows or were taken from them, at their source or their target."""

from meridian.common import paths
from meridian.services.mirror import status
from meridian.topology.model import Topology
from meridian.verification.result import Row, row


def check(topology: Topology) -> list[Row]:
    """Return a row for each flow: the problems that ``./meridian status`` has with its records.

    :raises MeridianError: when no worker of a Connect cluster answers.
    """
    found = status.of_topology(topology, paths.secrets(topology.environment) / "client")
    rows = []
    for flow in topology.flows:
        problems = found[flow.name]["problems"]
        rows.append(row(f"{flow.name}: records kept from it", 0, len(problems), "; ".join(problems)))
    return rows
