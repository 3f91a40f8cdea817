"""
Disks for data of a node: which there are, and which is which volume.
"""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from salt.exceptions import CommandExecutionError

from meridian.common.errors import MeridianError
from meridian.node.volumes import act, read
from meridian.node.volumes.decide import decide
from meridian.node.volumes.model import Decision, Wanted

# The loader puts these in. A default of our own would break it: it compares before it is ready to.
if TYPE_CHECKING:
    __grains__: dict[str, Any]
    __pillar__: dict[str, Any]


def devices() -> list[dict[str, Any]]:
    """
    Return this node's whole disks: path, size in bytes, what is on them and where they are mounted.

    CLI Example:

    .. code-block:: bash

        salt 'kafka-1.us-east.aws' meridian_disk.devices
    """
    try:
        return [{**asdict(device), "holds": device.holds} for device in read.devices()]
    except (MeridianError, OSError) as problem:
        raise CommandExecutionError(str(problem)) from problem


def plan(volumes: Sequence[dict[str, Any]] | None = None, filesystem: str = "ext4") -> list[dict[str, Any]]:
    """
    Return what would be done about each volume: ``keep``, ``mount``, ``format`` or ``refuse`` with its
    reason. Changes nothing.

    volumes
        ``[{name, size_gb, type, mount}]``; default: the pillar's ``volumes``.
    filesystem
        ``ext4`` or ``xfs``, for those that are not formatted yet.

    CLI Example:

    .. code-block:: bash

        salt 'kafka-1.us-east.aws' meridian_disk.plan
    """
    try:
        return [_told(decision) for decision in _decisions(volumes, filesystem)]
    except (MeridianError, OSError) as problem:
        raise CommandExecutionError(str(problem)) from problem


def ensure(volumes: Sequence[dict[str, Any]] | None = None, filesystem: str = "ext4") -> list[dict[str, Any]]:
    """
    Format those volumes whose disks are empty, mount all, by UUID; return what was done. When one is refused
    nothing is touched. A disk that holds anything is never formatted.

    volumes
        ``[{name, size_gb, type, mount}]``; default: the pillar's ``volumes``.
    filesystem
        ``ext4`` or ``xfs``, for those that are not formatted yet.

    CLI Example:

    .. code-block:: bash

        salt 'kafka-1.us-east.aws' meridian_disk.ensure
    """
    try:
        decisions = _decisions(volumes, filesystem)
        refused = [decision.reason for decision in decisions if decision.action == "refuse"]
        if refused:
            raise MeridianError("; ".join(refused))
        for decision in decisions:
            act.carry_out(decision)
    except (MeridianError, OSError) as problem:
        raise CommandExecutionError(str(problem)) from problem
    return [_told(decision) for decision in decisions]


def _decisions(volumes: Sequence[dict[str, Any]] | None, filesystem: str) -> tuple[Decision, ...]:
    listed = __pillar__.get("volumes", []) if volumes is None else volumes
    wanted = [Wanted(node=__grains__["id"], filesystem=filesystem, **volume) for volume in listed]
    table = act.FSTAB.read_text(encoding="utf-8") if act.FSTAB.exists() else ""
    hidden = {volume.mount: read.in_the_way(volume.mount) for volume in wanted}
    return decide(wanted, read.devices(), table, hidden)


def _told(decision: Decision) -> dict[str, Any]:
    return {
        "name": decision.volume.name,
        "action": decision.action,
        "device": decision.device,
        "uuid": decision.volume.uuid,
        "mount": decision.volume.mount,
        "reason": decision.reason,
    }
