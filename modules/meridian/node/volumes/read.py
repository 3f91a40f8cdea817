"""The node's disks as they are; changes nothing."""

import json
import os
from pathlib import Path
from typing import Any

from meridian.artifacts.commands import run
from meridian.common.errors import MeridianError
from meridian.node.volumes.model import Device

_MIB = 1024**2
_START, _END = 4 * _MIB, _MIB
_COLUMNS = "PATH,TYPE,SIZE,RO,MODEL,MOUNTPOINTS"


def devices(paths: tuple[str, ...] = ()) -> tuple[Device, ...]:
    """Return the node's whole disks, in order of their paths.

    :param paths: look at these block devices instead, whatever their type.
    :raises MeridianError: when ``lsblk`` cannot tell.
    """
    text = run(["lsblk", "--json", "--bytes", "--output", _COLUMNS, *paths])
    try:
        listed = json.loads(text)["blockdevices"]
    except (ValueError, KeyError) as problem:
        raise MeridianError(f"lsblk gave no list of disks: {problem}") from problem
    found = [_device(entry) for entry in listed if paths or entry["type"] == "disk"]
    return tuple(sorted((device for device in found if device.size), key=lambda device: device.path))


def signatures(path: str) -> tuple[str, ...]:
    """Return what is on a block device or in a file: each file system, partition table, LVM, RAID, …

    :raises MeridianError: when it cannot be read.
    """
    listed = json.loads(run(["wipefs", "--no-act", "--json", path]) or "{}").get("signatures", [])
    found = [str(entry["type"]) for entry in listed]
    # What wipefs has no magic of, e.g. two file systems at once, the low-level probe still objects to.
    probed = run(["blkid", "--probe", "--output", "export", path], good=(0, 2, 8))
    found += [line.partition("=")[2] for line in probed.splitlines() if line.startswith(("TYPE=", "PTTYPE="))]
    return tuple(dict.fromkeys(found))


def file_system_uuid(path: str) -> str:
    """Return the UUID of the file system on a block device or in a file; empty when there is none."""
    return run(["blkid", "--probe", "--match-tag", "UUID", "--output", "value", path], good=(0, 2, 8)).strip()


def is_zero(path: str) -> bool:
    """Return whether the first 4 MiB and the last MiB of a block device or file are all zero."""
    with Path(path).open("rb", buffering=0) as disk:
        size = disk.seek(0, os.SEEK_END)
        for start, length in ((0, _START), (max(0, size - _END), _END)):
            disk.seek(start)
            if any(disk.read(min(length, size))):
                return False
    return True


def is_blank(path: str) -> bool:
    """Return whether nothing is on a block device or in a file, as far as its ends and signatures show."""
    return not signatures(path) and is_zero(path)


def in_the_way(mount: str) -> tuple[str, ...]:
    """Return the names in a folder that a mount on it would hide; none when it is a mount point already."""
    if not os.path.isdir(mount) or os.path.ismount(mount):
        return ()
    return tuple(sorted(os.listdir(mount)))


def _device(entry: dict[str, Any]) -> Device:
    path = str(entry["path"])
    mounts = tuple(str(place) for place in entry.get("mountpoints") or () if place)
    children = tuple(str(child["path"]) for child in entry.get("children") or ())
    try:
        held, uuid = signatures(path), file_system_uuid(path)
        zero = not (mounts or children or held) and is_zero(path)
    except (MeridianError, OSError):
        # One disk that cannot be read must not keep the others from their use; it is nobody's then.
        held, uuid, zero = ("what cannot be read",), "", False
    return Device(
        path=path,
        size=int(entry["size"] or 0),
        model=str(entry.get("model") or ""),
        read_only=bool(entry["ro"]),
        mounts=mounts,
        children=children,
        signatures=held,
        uuid=uuid,
        blank=zero,
    )
