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
    # Ours has a unit of its own (salt/proxy).
    "haproxy.service",
    "networking.service",
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

# Both sleep on ordinary nodes and cost them nothing; meridian.cloud.local.seed wakes them.
_CLOUD_INIT = """\
datasource_list: [NoCloud]
# Addresses and disks are not a container's to change.
network: {config: disabled}
growpart: {mode: 'off'}
resize_rootfs: false
ssh_deletekeys: false
ssh_genkeytypes: []
"""
_HOST_KEY = "/etc/ssh/ssh_host_ed25519_key"
_SSHD = """\
[Unit]
# Cloud-init makes it, empty, where nobody gave a key.
ConditionFileNotEmpty=/root/.ssh/authorized_keys
[Service]
# Each node has its own host key, made when it is needed first.
ExecStartPre=
ExecStartPre=/bin/sh -c 'test -s {k} || exec ssh-keygen -q -t ed25519 -N "" -f {k}'
"""

FILES = {
    # Empty: systemd makes one at the first start, so every node has its own.
    "etc/machine-id": Text("", 0o444),
    # Logs outlive a restart of the node, and never fill its disk.
    "etc/systemd/journald.conf.d/meridian.conf": Text("[Journal]\nStorage=persistent\nSystemMaxUse=64M\n"),
    "etc/cloud/cloud.cfg.d/99_meridian.cfg": Text(_CLOUD_INIT),
    "etc/ssh/sshd_config.d/meridian.conf": Text(
        f"HostKey {_HOST_KEY}\nPasswordAuthentication no\nUsePAM no\n"
    ),
    "etc/systemd/system/ssh.service.d/meridian.conf": Text(_SSHD.format(k=_HOST_KEY)),
}

LINKS = {
    "opt/salt": "meridian/node-salt/current",
    "usr/local/bin/salt-call": "/opt/salt/bin/salt-call",
    "usr/local/bin/salt-minion": "/opt/salt/bin/salt-minion",
    "etc/systemd/system-generators/cloud-init-generator": "/dev/null",
    **{f"etc/systemd/system/{unit}": "/dev/null" for unit in MASKED},
}
