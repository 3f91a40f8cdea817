"""The providers of an environment: a :class:`ProviderClient` each, and the local cloud's networks."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from meridian.artifacts import index
from meridian.artifacts.store import Store
from meridian.cloud import spec
from meridian.cloud.lifecycle import record
from meridian.cloud.local import image
from meridian.cloud.local.allocation import Allocation
from meridian.cloud.local.driver import PROVIDER
from meridian.common import paths
from meridian.common.errors import MeridianError
from meridian.operations.workers import Job
from meridian.salt_api.machines import ProviderClient
from meridian.topology.model import Topology


def kinds(topology: Topology) -> dict[str, str]:
    """Return what libcloud calls each provider of an environment, by alias, in order of the regions."""
    return {region.provider: region.kind for region in topology.regions}


def remote(opts: Mapping[str, Any], topology: Topology) -> dict[str, ProviderClient]:
    """Return a site for each provider that is not the local cloud, by alias.

    Those that all regions have left are among them: machines of ours may still be there.

    :raises MeridianError: a provider is not configured, or its driver cannot be loaded.
    """
    environment = topology.environment
    ever = kinds(topology) | record.read(record_file(), environment)
    there = [alias for alias, kind in ever.items() if kind != PROVIDER]
    return {alias: ProviderClient(opts, alias, environment) for alias in there}


def local(opts: Mapping[str, Any], topology: Topology, given: Allocation) -> dict[str, ProviderClient]:
    """Return a site for each alias of the local cloud.

    :param given: the environment's addresses there.
    """
    arguments = {**local_arguments(given), "ex_sizes": spec.sizes(topology)}
    found = [alias for alias, kind in kinds(topology).items() if kind == PROVIDER]
    return {alias: ProviderClient(opts, alias, topology.environment, arguments) for alias in found}


def want(
    sites: Mapping[str, ProviderClient],
    topology: Topology,
    given: Allocation | None = None,
    tag: str = "",
    addresses: Mapping[str, Mapping[str, Iterable[str]]] | None = None,
) -> None:
    """Tell each site which machines it shall have.

    :param given: the environment's addresses in the local cloud.
    :param tag: node image of the local cloud; the profile's when empty.
    :param addresses: entry of ``list_nodes_full`` of the nodes that exist, by id, for firewalls.
    """
    of = kinds(topology)
    for alias, site in sites.items():
        if of.get(alias) == PROVIDER and given is not None:
            site.want(spec.cloud_map(topology, given, tag, given.master_address, alias))
        else:
            site.want(spec.cloud_map(topology, None, provider=alias, addresses=addresses))


def jobs(
    sites: Mapping[str, ProviderClient], action: str, work: Mapping[str, Mapping[str, Any]], parallel: int
) -> list[Job]:
    """Return work as :func:`meridian.operations.workers.run` wants it.

    :param work: what to do it with, by machine, by provider.
    :param parallel: how many machines at a time, at a provider without a setting of its own.
    """
    return [
        Job(sites[alias], action, group, sites[alias].parallel or parallel) for alias, group in work.items()
    ]


def local_arguments(given: Allocation) -> dict[str, Any]:
    """Return what the local cloud's driver must be told of this clone."""
    return {"ex_platform": given.platform}


def record_file() -> Path:
    """Return the file that says which providers each environment has had machines at."""
    return paths.state() / "providers.json"


def node_image(client: Any) -> str:
    """Return the tag of the image that new nodes start from: that of this clone's artifacts.

    :param client: Docker client.
    :raises MeridianError: there is none, and no artifacts to make it of.
    """
    listed = paths.state() / "artifacts.json"
    if listed.exists():
        return image.ensure_image(Store(paths.repository(), paths.cache()), index.read(listed), client)
    found = image.current(client)
    if found is None:
        raise MeridianError(
            "Docker has no node image: salt-run artifact.prepare, then artifact.image make it"
        )
    return found
