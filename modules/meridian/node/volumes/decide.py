"""Which disk is which volume, and what shall be done with it. Pure: looks at nothing and touches nothing."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from meridian.node.volumes import fstab
from meridian.node.volumes.model import GIB, Decision, Device, Wanted

# Disks that lose their data when the machine stops, as EC2 and GCE have them beside real ones.
_EPHEMERAL = ("Instance Storage", "EphemeralDisk", "nvme_card")
# Some providers count in GB (0.93 GiB), some round up.
_SMALLEST, _LARGEST = 0.93, 1.02


def decide(
    wanted: Sequence[Wanted],
    devices: Sequence[Device],
    table: str = "",
    hidden: Mapping[str, Sequence[str]] | None = None,
) -> tuple[Decision, ...]:
    """Return what shall be done about each volume.

    1. A disk whose file system has the volume's UUID is the volume. 2. Else an empty disk of its size is,
    which is formatted. 3. Else it is refused: a disk that holds anything is never formatted.

    :param devices: the node's disks.
    :param table: text of ``/etc/fstab``.
    :param hidden: by mount folder, names of what lies in it on the disk below and a mount would hide.
    """
    known = {volume.uuid: [device for device in devices if device.uuid == volume.uuid] for volume in wanted}
    new = [volume for volume in wanted if not known[volume.uuid]]
    chosen = _choose(new, devices)
    return tuple(
        _again(volume, known[volume.uuid], table, (hidden or {}).get(volume.mount, ()))
        if known[volume.uuid]
        else _first(volume, chosen[volume.name], table, (hidden or {}).get(volume.mount, ()))
        for volume in wanted
    )


def _again(volume: Wanted, devices: list[Device], table: str, hidden: Sequence[str]) -> Decision:
    if len(devices) > 1:
        both = " and ".join(device.path for device in devices)
        return _refuse(volume, f"{both} have its file system: detach the copy")
    device = devices[0]
    listed = fstab.source(table, volume.mount)
    note = ""
    if device.size < volume.size_gb * GIB * _SMALLEST:
        note = f"has {device.size / GIB:.0f} GiB where {volume.size_gb} are wanted; it is not grown here"
    if device.mounts == (volume.mount,) and listed == f"UUID={volume.uuid}":
        return Decision(volume, "keep", device.path, note)
    elsewhere = [place for place in device.mounts if place != volume.mount]
    if elsewhere:
        return _refuse(volume, f"{device.path} is mounted on {', '.join(elsewhere)}: unmount it there")
    if device.read_only:
        return _refuse(volume, f"{device.path} is read-only")
    return _mountable(volume, table, () if device.mounts else hidden) or Decision(
        volume, "mount", device.path, note
    )


def _first(volume: Wanted, choice: Device | str, table: str, hidden: Sequence[str]) -> Decision:
    if isinstance(choice, str):
        return _refuse(volume, choice)
    return _mountable(volume, table, hidden) or Decision(volume, "format", choice.path)


def _mountable(volume: Wanted, table: str, hidden: Sequence[str]) -> Decision | None:
    listed = fstab.source(table, volume.mount)
    if listed not in ("", f"UUID={volume.uuid}"):
        return _refuse(volume, f"/etc/fstab mounts {listed} on {volume.mount}: take that line out")
    if hidden:
        some = ", ".join(sorted(hidden)[:3])
        return _refuse(volume, f"{volume.mount} is not empty ({some}), a mount would hide that: move it away")
    return None


def _choose(wanted: Iterable[Wanted], devices: Sequence[Device]) -> dict[str, Device | str]:
    """Return by volume name the empty disk for it, or why there is none."""
    free = [device for device in devices if _usable(device)]
    left = sorted(wanted, key=lambda volume: (volume.size_gb, volume.name))
    found: dict[str, Device | str] = {}
    while left:
        volume = left[0]
        fitting = [device for device in free if _fits(volume, device)]
        alike = [other for other in left if any(_fits(other, device) for device in fitting)]
        if not fitting:
            found[volume.name] = _none(volume, devices)
        elif len(Counter(other.type for other in alike)) > 1:
            names = ", ".join(f"{other.name} ({other.type})" for other in alike)
            for other in alike:
                found[other.name] = f"empty disks fit {names} alike: give them sizes that tell them apart"
        else:
            # All are empty and of one kind: which of those of one size becomes which makes no difference.
            nearest = min(fitting, key=lambda device: abs(device.size - volume.size_gb * GIB))
            found[volume.name] = nearest
            free.remove(nearest)
        left = [other for other in left if other.name not in found]
    return found


def _usable(device: Device) -> bool:
    ephemeral = any(word in device.model for word in _EPHEMERAL)
    return device.blank and not (ephemeral or device.read_only or device.mounts or device.children)


def _fits(volume: Wanted, device: Device) -> bool:
    return volume.size_gb * GIB * _SMALLEST <= device.size <= volume.size_gb * GIB * _LARGEST


def _none(volume: Wanted, devices: Sequence[Device]) -> str:
    taken = [device for device in devices if _fits(volume, device) and not device.mounts]
    if taken:
        seen = " and ".join(str(device) for device in taken)
        why = "it is never formatted; empty it with wipefs if it is meant"
        return f"no empty disk of {volume.size_gb} GiB: {seen}; {why}"
    seen = ", ".join(str(device) for device in devices) or "none"
    return f"no empty disk of {volume.size_gb} GiB is attached; there are: {seen}"


def _refuse(volume: Wanted, reason: str) -> Decision:
    return Decision(volume, "refuse", "", f"volume {volume.name}: {reason}")
