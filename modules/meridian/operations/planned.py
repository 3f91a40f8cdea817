"""The plan and the drift of an environment, of what Salt and the clouds say about it."""

from typing import Any

from meridian import plan as planning
from meridian.artifacts import needed
from meridian.artifacts.store import Store
from meridian.cloud.catalogue import Catalogue
from meridian.common import paths
from meridian.plan import Drift, Plan, World
from meridian.plan.change import Change, ChangeKind
from meridian.salt_api.pillar_files import load_topology, pillar_root
from meridian.topology.model import Topology


def plan(opts: dict[str, Any], environment: str, offline: bool = False) -> Plan:
    """Return what a deployment would do.

    :param opts: the master's options.
    :param offline: ask nobody: everything is to be created.
    :raises MeridianError: the pillar is wrong, a provider does not answer, or a profile is not configured.
    """
    topology = load_topology(opts, environment)
    world = planning.World() if offline else _world(opts, topology)
    catalogue = Catalogue.read(pillar_root(opts).parent)
    # Named artifacts are no part of the world: a deployment looks at them each time, and so does no drift.
    lacking = needed.unnamed(topology, Store(paths.repository(), paths.cache()))
    refused = [
        Change("artifact", name, "", ChangeKind.BLOCKED, reason=reason) for name, reason in lacking.items()
    ]
    return planning.plan(topology, [*refused, *planning.compare(topology, world)], catalogue)


def drift(opts: dict[str, Any], environment: str) -> Drift:
    """Return what is no longer as the pillar says.

    :param opts: the master's options.
    :raises MeridianError: the pillar is wrong, or a provider does not answer.
    """
    topology = load_topology(opts, environment)
    return planning.drift(environment, planning.compare(topology, _world(opts, topology)))


def _world(opts: dict[str, Any], topology: Topology) -> World:
    # It brings salt-cloud with it, which who asks nobody does not wait for.
    from meridian.operations import observe

    return observe.world(opts, topology)
