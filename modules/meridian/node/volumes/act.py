"""Formatting and mounting, as decided."""

import os
import stat
from pathlib import Path

from meridian.artifacts.commands import run
from meridian.common.errors import MeridianError
from meridian.node.volumes import fstab, read
from meridian.node.volumes.model import Decision, Wanted

FSTAB = Path("/etc/fstab")


def carry_out(decision: Decision) -> None:
    """Format and mount a volume, or mount it only, as decided; anything else changes nothing.

    :raises MeridianError: with the reason; what was done until then is safe to repeat.
    """
    if decision.action == "format":
        make_file_system(decision.device, decision.volume)
    if decision.action in ("format", "mount"):
        mount(decision.volume)


def make_file_system(device: str, volume: Wanted) -> None:
    """Make a volume's file system on an empty disk.

    It is looked at once more, held exclusively: between decision and act it may have come into use.

    :param device: block device, or a file for a trial.
    :raises MeridianError: it is in use or not empty after all, or ``mkfs`` failed.
    """
    exclusive = os.O_EXCL if stat.S_ISBLK(os.stat(device).st_mode) else 0
    try:
        os.close(os.open(device, os.O_RDONLY | exclusive))
    except OSError as problem:
        raise MeridianError(f"volume {volume.name}: {device} is in use: {problem.strerror}") from problem
    if not read.is_blank(device):
        raise MeridianError(f"volume {volume.name}: {device} is not empty any more; it is never formatted")
    if volume.filesystem == "xfs":
        run(["mkfs.xfs", "-q", "-m", f"uuid={volume.uuid}", device])
    else:
        run(["mkfs.ext4", "-q", "-m", "0", "-U", volume.uuid, device])


def mount(volume: Wanted, table: Path = FSTAB) -> None:
    """Have a volume in ``/etc/fstab`` and mounted.

    :raises MeridianError: when it cannot be mounted.
    """
    before = table.read_text(encoding="utf-8") if table.exists() else ""
    text = fstab.with_volume(before, volume.uuid, volume.mount, volume.filesystem)
    if text != before:
        draft = table.with_name(f"{table.name}.new")
        draft.write_text(text, encoding="utf-8")
        draft.chmod(0o644)
        draft.replace(table)
        if table == FSTAB and os.path.isdir("/run/systemd/system"):
            # Units wait for mounts that systemd knows of.
            run(["systemctl", "daemon-reload"])
    if not os.path.ismount(volume.mount):
        os.makedirs(volume.mount, exist_ok=True)
        run(["mount", "--fstab", str(table), volume.mount])
    _take_away_lost_and_found(Path(volume.mount))


def _take_away_lost_and_found(folder: Path) -> None:
    """Remove ext4's empty folder, which Kafka would take for a broken partition and refuse to start."""
    try:
        (folder / "lost+found").rmdir()
    except OSError:  # not there, or it holds what a check has found
        return
