"""
The archiver of this node: its configuration, its state, its objects.

The functions stand beside Salt's own ``archive.*`` (tar, zip), which they leave as they are.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from salt.exceptions import CommandExecutionError

from meridian.services.archive import settings

# The loader puts this in. A default of our own would break it: it compares before it is ready to.
if TYPE_CHECKING:
    __salt__: dict[str, Callable[..., Any]]

__virtualname__ = "archive"

_ARCHIVER = "/opt/meridian/archiver/current/bin/archiver"


def __virtual__() -> str:
    return __virtualname__


def status() -> dict[str, Any]:
    """
    Return what the archiver says about itself and how much this region has in the object store.

    ``state`` is ``running`` when all is well, else ``starting``, ``retrying`` (see ``problems``) or
    ``stopped``; ``lag_records`` counts what is not stored yet; ``objects`` and ``bytes`` are the region's.

    CLI Example:

    .. code-block:: bash

        salt 'services-1.us-east.local' archive.status
    """
    return {**service(), **_archiver("objects")}


def service() -> dict[str, Any]:
    """
    Return what the archiver says about itself, without asking the object store.

    CLI Example:

    .. code-block:: bash

        salt 'services-1.us-east.local' archive.service
    """
    stopped: dict[str, Any] = {"state": "stopped", "problems": [], "lag_records": None}
    if not __salt__["service.status"]("meridian-archiver"):
        return stopped
    try:
        return dict(json.loads(Path(settings.STATUS_FILE).read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {**stopped, "state": "starting"}


def verify(topic: str = "") -> dict[str, Any]:
    """
    Read the region's objects again and report gaps, duplicates and damage per partition.

    topic
        Only this topic; default: all.

    CLI Example:

    .. code-block:: bash

        salt --timeout=600 'services-1.us-east.local' archive.verify topic=flights
    """
    return _archiver("verify", *(["--topic", topic] if topic else []))


def bucket(create: bool = False) -> dict[str, Any]:
    """
    Return whether the bucket of the archive exists.

    create
        Make it when it does not.

    CLI Example:

    .. code-block:: bash

        salt 'services-1.us-east.local' archive.bucket
    """
    return _archiver("bucket", *(["--create"] if create else []))


def _archiver(*arguments: str) -> dict[str, Any]:
    """Run the archiver's own command line, which has the libraries that Salt's Python lacks."""
    done = __salt__["cmd.run_all"]([_ARCHIVER, *arguments], python_shell=False, ignore_retcode=True)
    try:
        return dict(json.loads(done["stdout"]))
    except ValueError as error:
        lines = done["stderr"].strip().splitlines() or [f"{_ARCHIVER} ended with {done['retcode']}"]
        raise CommandExecutionError(lines[-1]) from error
