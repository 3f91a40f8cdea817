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


def unnamed(topology: Topology, store: Store) -> dict[str, str]:
    """Return the software that only its user can name, and has not, or not so that it can be had.

    :param topology: the environment.
    :param store: what can be made.
    :return: artifact → the variables with what is wrong, and where to get what they name.
    """
    found = {}
    for name in store.with_needs(by(topology, store)):
        sources = store.definitions[name].sources
        lacking = {one.variable: one.objection() for one in sources if isinstance(one, Named)}
        if sources and len(lacking) == len(sources) and all(lacking.values()):
            found[name] = "; ".join(f"{variable}: {why}" for variable, why in lacking.items())
    return found


def refuse_unnamed(topology: Topology, store: Store) -> None:
    """Refuse an environment whose software only its user can name, and has not: before anything is made.

    :param topology: the environment.
    :param store: what can be made.
    :raises MeridianError: with each variable that is wrong.
    """
    if lacking := unnamed(topology, store):
        raise MeridianError(f"environment {topology.environment}: {'; '.join(lacking.values())}")
