"""What the machine layer holds besides artifacts: a quiet systemd without what a container cannot have."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Text:
    """A file of the image.

    :ivar text: its content.
    :ivar mode: its permissions.
    """

    text: str
    mode: int = 0o644


# Addresses are Docker's, devices the host's, packages the image's: units that manage them only fail here.
MASKED = (
    "apt-daily-upgrade.timer",
    "apt-daily.timer",
    "console-getty.service",
    "dev-hugepages.mount",
    "dpkg-db-backup.timer",
    "e2scrub_all.timer",
    "e2scrub_reap.service",
    "fstrim.timer",
    "getty.target",
    "sys-fs-fuse-connections.mount",
    "sys-kernel-config.mount",
    "sys-kernel-debug.mount",
    "sys-kernel-tracing.mount",
    "systemd-firstboot.service",
    "systemd-modules-load.service",
    "systemd-network-generator.service",
    "systemd-networkd.service",
    "systemd-networkd.socket",
    "systemd-remount-fs.service",
    "systemd-timesyncd.service",
    "systemd-udevd.service",
)

FILES = {
    # Empty: systemd makes one at the first start, so every node has its own.
    "etc/machine-id": Text("", 0o444),
    # Logs outlive a restart of the node, and never fill its disk.
    "etc/systemd/journald.conf.d/meridian.conf": Text("[Journal]\nStorage=persistent\nSystemMaxUse=64M\n"),
}

LINKS = {
    "opt/salt": "meridian/node-salt/current",
    "usr/local/bin/salt-call": "/opt/salt/bin/salt-call",
    "usr/local/bin/salt-minion": "/opt/salt/bin/salt-minion",
    **{f"etc/systemd/system/{unit}": "/dev/null" for unit in MASKED},
}
