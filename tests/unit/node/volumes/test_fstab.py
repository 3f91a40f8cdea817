"""A line for a volume, and every other line as it was."""

from meridian.node.volumes import fstab

TABLE = "# root\nUUID=1 / ext4 errors=remount-ro 0 1\n"


def test_a_volume_is_added_once() -> None:
    once = fstab.with_volume(TABLE, "2", "/data", "ext4")
    assert once == TABLE + "UUID=2 /data ext4 noatime,nofail,x-systemd.device-timeout=30s 0 0\n"
    assert fstab.with_volume(once, "2", "/data", "ext4") == once


def test_a_volume_that_moves_has_one_line_still() -> None:
    moved = fstab.with_volume(fstab.with_volume(TABLE, "2", "/data", "ext4"), "2", "/other", "ext4")
    assert fstab.source(moved, "/other") == "UUID=2"
    assert fstab.source(moved, "/data") == ""
    assert moved.startswith(TABLE)


def test_a_comment_mounts_nothing() -> None:
    assert fstab.source("# UUID=9 /data ext4 defaults 0 0\n#UUID=9 /data\n", "/data") == ""
