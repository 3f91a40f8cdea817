"""
The archive of a region, wired from pillar.

The states stand beside Salt's own ``archive.extracted``, which they leave as it is.
"""

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from salt.exceptions import CommandExecutionError

from meridian.common.errors import MeridianError
from meridian.services.archive import wiring

# The loader puts these in. A default of our own would break it: it compares before it is ready to.
if TYPE_CHECKING:
    __salt__: dict[str, Callable[..., Any]]
    __opts__: dict[str, Any]
    __grains__: dict[str, Any]
    __pillar__: dict[str, Any]

__virtualname__ = "archive"


def __virtual__() -> str:
    return __virtualname__


def configured(name: str, settings: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """
    Have the archiver's configuration and credentials say what the pillar says.

    name
        Any name for the state.
    settings
        What differs from the pillar's ``archive`` (bucket, topics, exclude, segment, bootstrap, endpoint,
        access_key, secret_key). The keys better stay in pillar: a state's arguments can be read in logs.

    .. code-block:: yaml

        Configuration of the archiver:
          archive.configured:
            - settings:
                memory_mb: 64
    """
    ret: dict[str, Any] = {"name": name, "result": False, "changes": {}, "comment": ""}
    files = wiring.Files()
    try:
        section = {**__pillar__.get("archive", {}), **(settings or {})}
        wanted = wiring.wanted(section, __grains__["id"], files)
        changes = wiring.difference(wiring.current(files), wanted)
        if not changes:
            return {**ret, "result": True, "comment": f"{files.config} is as it should be"}
        if __opts__.get("test"):
            return {**ret, "result": None, "changes": changes, "comment": f"{files.config} would change"}
        wiring.write(wanted, files)
        left = wiring.difference(wiring.current(files), wanted)
    except MeridianError as error:
        return {**ret, "comment": str(error)}
    comment = (
        f"{files.config} is written" if not left else f"{files.config}: {', '.join(left)} did not change"
    )
    return {**ret, "result": not left, "changes": changes, "comment": comment}


def bucket_present(name: str) -> dict[str, Any]:
    """
    Have the bucket of the archive, made with the archiver's own configuration and credentials.

    The archiver makes it by itself when it starts; this state is for who wants to see that it did.

    name
        The bucket, as configured.

    .. code-block:: yaml

        archive:
          archive.bucket_present
    """
    ret: dict[str, Any] = {"name": name, "result": False, "changes": {}, "comment": ""}
    try:
        found = __salt__["archive.bucket"]()
        if found["bucket"] != name:
            return {**ret, "comment": f"the archiver is configured for bucket {found['bucket']}, not {name}"}
        if found["exists"]:
            return {**ret, "result": True, "comment": f"bucket {name} exists"}
        changes = {name: {"old": None, "new": "created"}}
        if __opts__.get("test"):
            return {**ret, "result": None, "changes": changes, "comment": f"bucket {name} would be made"}
        done = __salt__["archive.bucket"](create=True)
    except CommandExecutionError as error:
        return {**ret, "comment": str(error)}
    return {**ret, "result": done["exists"], "changes": changes, "comment": f"bucket {name} was made"}


def ready(name: str, timeout: float = 90) -> dict[str, Any]:
    """
    Wait until the archiver works: Kafka and the object store answer, and it has its place in every partition.

    It changes nothing. When the time is over it fails with the archiver's own words.

    name
        Any name for the state.
    timeout
        Seconds to wait.

    .. code-block:: yaml

        Archiver at work:
          archive.ready:
            - timeout: 60
    """
    ret: dict[str, Any] = {"name": name, "result": False, "changes": {}, "comment": ""}
    deadline = time.monotonic() + timeout
    while True:
        found = __salt__["archive.service"]()
        if found["state"] == "running":
            return {**ret, "result": True, "comment": f"{len(found['topics'])} topics are being archived"}
        if time.monotonic() >= deadline:
            why = "; ".join(found["problems"]) or "see journalctl -u meridian-archiver"
            return {**ret, "comment": f"meridian-archiver is {found['state']} after {timeout:g} s: {why}"}
        time.sleep(0.5)
