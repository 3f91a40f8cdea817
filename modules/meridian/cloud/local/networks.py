"""The local cloud's Docker networks: one for Salt, one per region for data."""

import time
from collections.abc import Sequence
from typing import Any

import docker
import docker.errors
from docker.types import IPAMConfig, IPAMPool

from meridian.cloud.local import engine, labels, taken
from meridian.cloud.local.allocation import Allocation
from meridian.common.errors import MeridianError

_RELEASE_SECONDS = 15.0
_ATTACHED = "active endpoints"
_RESTART = "restart the engine (./meridian down, or systemctl restart docker), then run this again"


def management_name(platform: str) -> str:
    """Return the name of the Docker network that Salt speaks over."""
    return f"meridian-{platform}-management"


def region_name(platform: str, environment: str, region: str) -> str:
    """Return the name of a region's Docker network."""
    return f"meridian-{platform}-{environment}-{region}"


def ensure_management(given: Allocation, client: Any = None) -> bool:
    """Make the management network, which gives the host the Salt master's address.

    :param given: any environment's allocation of this clone.
    :param client: Docker client; one to this host's engine when not given.
    :returns: whether it had to be made.
    :raises MeridianError: the addresses are taken by somebody else.
    """
    return _ensure(
        client or engine.client(),
        management_name(given.platform),
        given.addresses.management_network,
        given.addresses.management_gateway,
        f"m-{given.platform}-mgt",
        labels.of(given.platform, labels.NETWORK),
    )


def ensure_regions(
    given: Allocation, environment: str, regions: Sequence[str], client: Any = None
) -> list[str]:
    """Make each region's network.

    :param given: the environment's allocation.
    :param environment: name of the environment.
    :param regions: the regions' names in order of their index.
    :param client: Docker client; one to this host's engine when not given.
    :returns: names of the regions whose network had to be made.
    :raises MeridianError: the addresses are taken by somebody else.
    """
    client = client or engine.client()
    return [
        region
        for index, region in enumerate(regions)
        if _ensure(
            client,
            region_name(given.platform, environment, region),
            given.addresses.region_network(index),
            given.addresses.region_gateway(index),
            f"m-{given.platform}-{given.addresses.slot:x}{index:02d}",
            labels.of(given.platform, labels.NETWORK, environment, region),
        )
    ]


def remove_environment(client: Any, platform: str, environment: str) -> list[str]:
    """Remove an environment's region networks.

    :returns: names of the removed networks.
    :raises MeridianError: something is still attached.
    """
    return _remove(client, labels.filters(platform, labels.NETWORK, environment))


def remove_management(platform: str, client: Any = None) -> list[str]:
    """Remove all that is left of this clone's networks; the Salt master must have ended.

    :param platform: this clone's platform id.
    :param client: Docker client; one to this host's engine when not given.
    :returns: names of the removed networks.
    :raises MeridianError: nodes are still attached.
    """
    return _remove(client or engine.client(), labels.filters(platform, labels.NETWORK))


def _remove(client: Any, wanted: dict[str, list[str]]) -> list[str]:
    names = []
    for network in client.networks.list(filters=wanted):
        try:
            _remove_one(network)
        except docker.errors.NotFound:
            continue
        except docker.errors.APIError as problem:
            # After a request that was cut off, Docker may count an endpoint for ever that no container has.
            advice = f"; {_RESTART}" if _ATTACHED in str(problem.explanation) else ""
            raise MeridianError(
                f"Docker network {network.name} cannot be removed: {problem.explanation}{advice}"
            ) from problem
        names.append(str(network.name))
    return names


def _remove_one(network: Any) -> None:
    # On a busy machine the engine lets go of a removed container's endpoint a moment later.
    deadline = time.monotonic() + _RELEASE_SECONDS
    while True:
        try:
            network.remove()
            return
        except docker.errors.APIError as problem:
            if _ATTACHED not in str(problem.explanation) or time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def _ensure(client: Any, name: str, subnet: str, host: str, bridge: str, marks: dict[str, str]) -> bool:
    for found in client.networks.list(names=[f"^{name}$"]):
        if subnet in taken.subnets(found):
            return False
        has = ", ".join(taken.subnets(found))
        raise MeridianError(f"Docker network {name} has {has}, not {subnet}: run ./meridian destroy first")
    try:
        client.networks.create(
            name,
            driver="bridge",
            check_duplicate=True,
            labels=marks,
            ipam=IPAMConfig(pool_configs=[IPAMPool(subnet=subnet, gateway=host)]),
            options={"com.docker.network.bridge.name": bridge},
        )
    except docker.errors.APIError as problem:
        if problem.response is not None and problem.response.status_code == 409:
            return False
        text = str(problem.explanation)
        if "overlaps" in text or "conflicts" in text:
            raise MeridianError(
                f"local.network: {subnet} is in use on this host ({text}): remove that network, or run "
                "./meridian destroy --purge and name a free /16 in pillar as local.network"
            ) from problem
        raise MeridianError(f"Docker network {name} cannot be made: {text}") from problem
    return True
