"""How many of an environment's nodes the local cloud has running."""

from typing import Any

from meridian.cloud.local import allocation, engine, labels


def running(environment: str, client: Any = None) -> int:
    """Count an environment's running containers; 0 before its first deployment.

    :param environment: its name.
    :param client: Docker client; the default engine's when not given.
    :raises MeridianError: no engine answers.
    """
    given = allocation.find(environment)
    if given is None:
        return 0
    wanted = labels.filters(given.platform, labels.NODE, environment)
    listed = (client or engine.client()).api.containers(filters=wanted)
    return sum(one["State"] == "running" for one in listed)
