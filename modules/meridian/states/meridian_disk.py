"""
Disks for data of a node, formatted once and mounted.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from salt.exceptions import CommandExecutionError

# The loader puts these in. A default of our own would break it: it compares before it is ready to.
if TYPE_CHECKING:
    __salt__: dict[str, Callable[..., Any]]
    __opts__: dict[str, Any]


def mounted(
    name: str, volumes: Sequence[dict[str, Any]] | None = None, filesystem: str = "ext4"
) -> dict[str, Any]:
    """
    Have each volume formatted, in ``/etc/fstab`` by its UUID, and mounted.

    A disk becomes a volume when it is empty and of the volume's size, or when it has been that volume
    before. One that holds a file system, a partition table, LVM, RAID or anything else that is not zero is
    never formatted: the state fails then, and names it.

    name
        Any name for the state.
    volumes
        ``[{name, size_gb, type, mount}]``; default: the pillar's ``volumes``.
    filesystem
        ``ext4`` or ``xfs``, for those that are not formatted yet.

    .. code-block:: yaml

        Data volumes:
          meridian_disk.mounted:
            - filesystem: ext4
    """
    ret: dict[str, Any] = {"name": name, "result": False, "changes": {}, "comment": ""}
    try:
        planned = __salt__["meridian_disk.plan"](volumes, filesystem)
        refused = [one["reason"] for one in planned if one["action"] == "refuse"]
        if refused:
            return {**ret, "comment": "; ".join(refused)}
        changes = {one["name"]: _change(one) for one in planned if one["action"] != "keep"}
        if not changes:
            notes = "; ".join(f"{one['name']}: {one['reason']}" for one in planned if one["reason"])
            return {**ret, "result": True, "comment": notes or f"{len(planned)} volumes are mounted"}
        if __opts__.get("test"):
            return {
                **ret,
                "result": None,
                "changes": changes,
                "comment": f"{', '.join(changes)} would change",
            }
        __salt__["meridian_disk.ensure"](volumes, filesystem)
        left = [
            one["name"]
            for one in __salt__["meridian_disk.plan"](volumes, filesystem)
            if one["action"] != "keep"
        ]
    except CommandExecutionError as problem:
        return {**ret, "comment": str(problem)}
    comment = f"{', '.join(left)} did not change" if left else f"{', '.join(changes)} mounted"
    return {**ret, "result": not left, "changes": changes, "comment": comment}


def _change(planned: dict[str, Any]) -> dict[str, str]:
    old = "empty disk" if planned["action"] == "format" else "not mounted"
    return {"old": f"{planned['device']}, {old}", "new": f"UUID={planned['uuid']} on {planned['mount']}"}
