"""The whole platform compared with the pillar."""

from meridian.planning import flows, nodes, states, topics
from meridian.planning.finding import Finding
from meridian.planning.world import World
from meridian.topology.model import Topology


def compare(topology: Topology, world: World) -> list[Finding]:
    """Compare every thing of an environment with the world, in the order of regions.

    1. Machines. 2. States of those that stand; the archiver's are the archive. 3. Topics of each cluster.
    4. Flows into each region, and connectors that nobody named.

    :param topology: what the pillar says.
    :param world: what was seen.
    """
    found: list[Finding] = []
    for region in topology.regions:
        found += nodes.compare(region, world)
        found += states.compare(region, world)
        found += topics.compare(region, world)
        found += flows.compare(topology, region, world)
    return found + nodes.strangers(topology, world)
