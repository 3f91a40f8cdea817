"""Where things lie on the controller: the user's cache, and the state of one clone."""

import os
from pathlib import Path


def repository() -> Path:
    """Return the root of the checkout that this package runs from.

    :return: Absolute path of the folder that holds ``pillar/``, ``salt/`` and ``modules/``.
    """
    return Path(__file__).resolve().parents[3]


def cache() -> Path:
    """Return the cache folder that all clones of a user share (XDG base directory specification).

    :return: ``$XDG_CACHE_HOME/meridian``, or ``~/.cache/meridian``. It may not exist yet.
    """
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "meridian"


def state() -> Path:
    """Return the folder of everything that this clone has made outside the cache (``.platform``).

    :return: Absolute path. ``destroy`` and ``down`` are judged by what is left in it.
    """
    return repository() / ".platform"


def secrets(environment: str) -> Path:
    """Return the folder (mode 0700) that holds an environment's CA, keys and generated credentials.

    :param environment: Name of the environment, for example ``local``.
    """
    return state() / "secrets" / environment
