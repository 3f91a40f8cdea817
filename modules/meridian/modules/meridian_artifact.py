"""
Artifacts of the platform on a node: look, install, verify.
"""

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from salt.exceptions import CommandExecutionError

from meridian.artifacts import node
from meridian.common.errors import MeridianError

# The loader puts these in. A default of our own would break it: it compares before it is ready to.
if TYPE_CHECKING:
    __salt__: dict[str, Callable[..., Any]]


def install(name: str, version: str, sha256: str, file: str) -> dict[str, Any]:
    """
    Fetch an artifact from the master's file server, verify it, unpack it and make it current.

    name
        Artifact's name.
    version
        Its version.
    sha256
        Sum that its archive must have.
    file
        Name of the archive on the file server.

    CLI Example:

    .. code-block:: bash

        salt 'kafka-1.*' meridian_artifact.install kafka 4.3.1 93a2c7… kafka-4.3.1-93a2c734f3d3.tar.zst
    """
    fetched: list[str] = []

    def fetch() -> str | None:
        path = __salt__["cp.cache_file"](f"salt://{file}")
        fetched.extend([path] if path else [])
        return path or None

    try:
        done = node.install(name, version, sha256, fetch)
    except MeridianError as problem:
        raise CommandExecutionError(str(problem)) from problem
    finally:
        # It is unpacked now, or of no use: either way the node need not keep it twice.
        for path in fetched:
            os.unlink(path)
    return {"current": done.current, "right": done.right}


def verify(name: str) -> dict[str, Any]:
    """
    Hash every file of an installed artifact and compare with its manifest.

    name
        Artifact's name.

    CLI Example:

    .. code-block:: bash

        salt '*' meridian_artifact.verify kafka
    """
    try:
        return {"name": name, "files": node.verify(name)}
    except MeridianError as problem:
        raise CommandExecutionError(str(problem)) from problem
