"""Lines of ``/etc/fstab`` (fstab(5)). Pure."""

# nofail: a machine whose data disk is gone still starts, and can be asked why.
OPTIONS = "noatime,nofail,x-systemd.device-timeout=30s"


def source(table: str, mount: str) -> str:
    """Return what a table mounts on a folder, e.g. ``UUID=…``; empty when nothing."""
    for line in table.splitlines():
        fields = line.split()
        if len(fields) >= 2 and not line.lstrip().startswith("#") and fields[1] == mount:
            return fields[0]
    return ""


def with_volume(table: str, uuid: str, mount: str, filesystem: str) -> str:
    """Return the table with a line for a volume; a line of that volume that differs is replaced.

    The last field is 0: a file system check at boot would bring ``lost+found`` back, which Kafka takes for a
    broken partition; the journal is replayed by mounting alone.
    """
    line = f"UUID={uuid} {mount} {filesystem} {OPTIONS} 0 0"
    others = [one for one in table.splitlines() if one.split()[:1] != [f"UUID={uuid}"]]
    if line in table.splitlines() and len(others) == len(table.splitlines()) - 1:
        return table
    return "\n".join([*others, line]) + "\n"
