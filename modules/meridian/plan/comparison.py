"""The whole platform compared with the pillar."""

from meridian.plan import firewalls, flows, nodes, services, states, topics
from meridian.plan.change import Change
from meridian.plan.observed import World
from meridian.topology.model import Topology


def compare(topology: Topology, world: World) -> list[Change]:
    """Compare every thing of an environment with the world, in the order of regions.

    1. Machines, and their firewalls at the provider. 2. States of those that are there; the archiver's are
    the archive. 3. Brokers and workers that run with other files than are there. 4. Topics of each cluster.
    5. Flows into each region, and connectors that nobody named.

    :param topology: what the pillar says.
    :param world: what was seen.
    """
    found: list[Change] = []
    for region in topology.regions:
        found += nodes.compare(region, world)
        found += firewalls.compare(region, world)
        found += states.compare(region, world)
        found += services.compare(region, world)
        found += topics.compare(region, world)
        found += flows.compare(topology, region, world)
    return found + nodes.unmanaged(topology, world)
