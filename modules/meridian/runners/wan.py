"""
The links between the regions of a local environment: look at them, cut them, slow them down.
"""

from typing import TYPE_CHECKING, Any

from meridian.cloud.local import allocation, engine, wan
from meridian.common.errors import MeridianError
from meridian.salt_api import told

# The loader puts it in.
if TYPE_CHECKING:
    __opts__: dict[str, Any]


def status(environment: str = "local") -> dict[str, Any]:
    """
    Return the state and round-trip time in milliseconds of each region's links.

    environment
        Name of the environment.

    CLI Example:

    .. code-block:: bash

        salt-run wan.status
    """
    return wan.status(engine.client(), _platform(environment), environment)


def cut(source: str, target: str, environment: str = "local", stall: bool = False) -> dict[str, Any]:
    """
    Cut the link from one region to another, in that direction only.

    source
        Region whose nodes lose the other.
    target
        Region that they lose.
    environment
        Name of the environment.
    stall
        Swallow silently, as a dead router does, instead of breaking connections.

    CLI Example:

    .. code-block:: bash

        salt-run wan.cut central us-east
    """
    wan.cut(engine.client(), _platform(environment), environment, source, target, stall)
    return status(environment)[source]


def slow(source: str, target: str, round_trip_ms: float, environment: str = "local") -> dict[str, Any]:
    """
    Give the link from one region to another another round-trip time.

    source
        Region whose nodes are slowed down towards the other.
    target
        The other region.
    round_trip_ms
        Milliseconds there and back.
    environment
        Name of the environment.

    CLI Example:

    .. code-block:: bash

        salt-run wan.slow central us-east 400
    """
    client, platform = engine.client(), _platform(environment)
    wan.slow(client, platform, environment, source, target, float(round_trip_ms))
    return status(environment)[source]


def restore(source: str, target: str, environment: str = "local") -> dict[str, Any]:
    """
    Put the link from one region to another back to what pillar says.

    source
        Region whose nodes use the link.
    target
        Region that they reach by it.
    environment
        Name of the environment.

    CLI Example:

    .. code-block:: bash

        salt-run wan.restore central us-east
    """
    wan.restore(engine.client(), _platform(environment), environment, source, target)
    return status(environment)[source]


def _platform(environment: str) -> str:
    given = allocation.find(environment)
    if given is None:
        raise MeridianError(f"environment {environment} is not deployed in the local cloud")
    return given.platform


told.in_one_line(globals())
