"""Which artifacts an environment needs: those of its nodes' roles, and of the local cloud on that."""

from meridian.artifacts.store import Store
from meridian.topology import Topology, roles


def by(topology: Topology, store: Store) -> list[str]:
    """Return the artifacts of an environment's nodes, and what the local cloud itself needs.

    :param topology: the environment.
    :param store: what can be made.
    :return: names, each once; what they need in turn is not among them (:meth:`Store.with_needs`).
    """
    names = [
        name
        for region in topology.regions
        for node in region.nodes
        for name in roles.artifacts(region.settings, node.roles)
    ]
    # Class data of Kafka's jars is made with the image, it is no artifact that has a source.
    made = [name for name in dict.fromkeys(names) if name in store.definitions]
    return [*made, *(store.names(["local"]) if topology.is_local else [])]
