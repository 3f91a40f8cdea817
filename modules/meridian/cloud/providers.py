"""Connections to compute providers by their libcloud name; ours is registered beside libcloud's own."""

from collections.abc import Mapping
from typing import Any

from libcloud.compute.base import NodeDriver
from libcloud.compute.providers import DRIVERS, get_driver, set_driver

from meridian.cloud import local_driver
from meridian.errors import MeridianError


def connect(
    provider: str, key: str = "", secret: str | None = None, arguments: Mapping[str, Any] | None = None
) -> NodeDriver:
    """Return a connected libcloud compute driver.

    :param provider: libcloud's name of the provider, e.g. ``ec2``, or ``local``.
    :param key: user name, access key or token.
    :param secret: its secret, where there is one.
    :param arguments: further keyword arguments of the driver class, e.g. ``region``.
    :raises MeridianError: no such provider, or its driver does not take the arguments.
    """
    if local_driver.PROVIDER not in DRIVERS:
        # libcloud takes names, whatever its annotations say.
        module: Any = local_driver.__name__
        name: Any = local_driver.LocalNodeDriver.__name__
        set_driver(local_driver.PROVIDER, module, name)
    try:
        driver: Any = get_driver(provider)
    except AttributeError as problem:
        raise MeridianError(f"cloud provider {provider!r}: libcloud has no driver of that name") from problem
    try:
        return driver(key, **({"secret": secret} if secret else {}), **(arguments or {}))
    except TypeError as problem:
        raise MeridianError(
            f"cloud provider {provider!r}: its driver refuses its settings: {problem}"
        ) from problem
