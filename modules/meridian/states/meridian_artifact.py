"""
Artifacts of the platform on a node, from the master's cache.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from salt.exceptions import CommandExecutionError

from meridian.artifacts import node

# The loader puts these in. A default of our own would break it: it compares before it is ready to.
if TYPE_CHECKING:
    __salt__: dict[str, Callable[..., Any]]
    __pillar__: dict[str, Any]
    __opts__: dict[str, Any]


def installed(name: str, version: str = "", sha256: str = "", file: str = "") -> dict[str, Any]:
    """
    Have an artifact unpacked under ``/opt/meridian/<name>/<version>-<digest>``, and ``current`` point to it.

    An archive that does not match its sum, or a file in it that does not match the manifest, is refused, and
    nothing is changed then.

    name
        Artifact's name, e.g. ``kafka``.
    version
        Its version; default: the pillar's ``artifacts:<name>``, as for the other two.
    sha256
        Sum of its archive.
    file
        Name of the archive on the master's file server.

    .. code-block:: yaml

        Kafka's jars:
          meridian_artifact.installed:
            - name: kafka
    """
    ret: dict[str, Any] = {"name": name, "result": False, "changes": {}, "comment": ""}
    wanted = {"version": version, "sha256": sha256, "file": file}
    if not all(wanted.values()):
        wanted = (__pillar__.get("artifacts") or {}).get(name) or {}
    if not wanted:
        return {**ret, "comment": f"artifact {name} is not in this node's pillar (artifacts:{name})"}
    found = node.status(name, wanted["version"], wanted["sha256"])
    if found.right:
        return {**ret, "result": True, "comment": f"{name} {found.wanted.name} is installed"}
    changes = {name: {"old": found.current or None, "new": found.wanted.name}}
    if __opts__.get("test"):
        return {**ret, "result": None, "changes": changes, "comment": f"{name} would be installed"}
    try:
        done = __salt__["meridian_artifact.install"](name, **wanted)
    except CommandExecutionError as problem:
        return {**ret, "comment": str(problem)}
    comment = f"{name} {done['current']} is installed"
    return {**ret, "result": done["right"], "changes": changes, "comment": comment}
