"""Which artifacts an environment needs: those of its nodes' roles, and of the local cloud on that."""

from meridian.artifacts.sources.named import Named
from meridian.artifacts.store import Store
from meridian.common.errors import MeridianError
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


def refuse_unnamed(topology: Topology, store: Store) -> None:
    """Refuse an environment whose software only its user can name, and has not: before anything is made.

    :param topology: the environment.
    :param store: what can be made.
    :raises MeridianError: with each variable that is not set, and where to get what it names.
    """
    lacking = []
    for name in store.with_needs(by(topology, store)):
        sources = store.definitions[name].sources
        unset = [one for one in sources if isinstance(one, Named) and not one.given]
        if sources and len(unset) == len(sources):
            lacking += [f"{one.variable} is not set; {one.advice}".removesuffix("; ") for one in unset]
    if lacking:
        raise MeridianError(f"environment {topology.environment}: {'; '.join(dict.fromkeys(lacking))}")
