"""Reading and formatting, on files in the place of disks: the same tools, no device needed."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from meridian.common.errors import MeridianError
from meridian.node.volumes import act, read
from meridian.node.volumes.decide import decide
from meridian.node.volumes.model import Wanted

DATA = Wanted("kafka-1.us-east.aws", "kafka-data", 1, "ssd", "/var/lib/meridian/kafka")

pytestmark = pytest.mark.skipif(
    not all(shutil.which(tool, path="/usr/sbin:/usr/bin:/sbin:/bin") for tool in ("mkfs.ext4", "wipefs")),
    reason="e2fsprogs and util-linux are not here",
)


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    path = tmp_path / "disk"
    with path.open("wb") as file:
        file.truncate(32 * 2**20)
    return path


def test_an_empty_disk_gets_the_volumes_file_system_once(disk: Path) -> None:
    assert read.is_blank(str(disk))
    act.make_file_system(str(disk), DATA)
    assert read.file_system_uuid(str(disk)) == DATA.uuid
    assert read.signatures(str(disk)) == ("ext4",)
    made = disk.read_bytes()
    with pytest.raises(MeridianError, match="is not empty any more; it is never formatted"):
        act.make_file_system(str(disk), DATA)
    assert disk.read_bytes() == made


@pytest.mark.parametrize("place", [0, 2**20, 32 * 2**20 - 1], ids=["first byte", "first MiB", "last byte"])
def test_one_byte_that_is_not_zero_is_enough(disk: Path, place: int) -> None:
    with disk.open("r+b") as file:
        file.seek(place)
        file.write(b"x")
    assert not read.is_blank(str(disk))
    with pytest.raises(MeridianError, match="never formatted"):
        act.make_file_system(str(disk), DATA)


def test_a_partition_table_is_seen(disk: Path) -> None:
    with disk.open("r+b") as file:
        file.seek(510)
        file.write(b"\x55\xaa")
        file.seek(446)
        file.write(
            bytes([0, 0, 2, 0, 0x83, 0, 10, 0]) + (2048).to_bytes(4, "little") + (100).to_bytes(4, "little")
        )
    assert "dos" in read.signatures(str(disk))
    assert not read.is_blank(str(disk))


@pytest.fixture
def loop(disk: Path) -> Iterator[str]:
    """The disk as a block device, where this machine has loop devices and lets us use them."""
    if os.geteuid() != 0:
        pytest.skip("only root attaches loop devices")
    made = subprocess.run(["losetup", "--find", "--show", disk], capture_output=True, text=True, check=False)
    if made.returncode:
        pytest.skip(f"no loop devices: {made.stderr.strip()}")
    device = made.stdout.strip()
    yield device
    subprocess.run(["losetup", "--detach", device], check=True)


def test_a_block_device_is_formatted_mounted_by_uuid_and_then_left_alone(loop: str, tmp_path: Path) -> None:
    volume = replace(DATA, node=f"{tmp_path}", mount=str(tmp_path / "data"))
    table = tmp_path / "fstab"
    [before] = read.devices((loop,))
    assert before.blank
    act.make_file_system(loop, volume)
    try:
        act.mount(volume, table)
    except MeridianError as problem:
        if "permission" in str(problem).lower() or "denied" in str(problem).lower():
            pytest.skip(f"nothing can be mounted here: {problem}")
        raise
    try:
        [after] = read.devices((loop,))
        assert after.mounts == (volume.mount,)
        assert list(Path(volume.mount).iterdir()) == []  # no lost+found
        assert decide([volume], [replace(after, size=2**30)], table.read_text())[0].action == "keep"
        with pytest.raises(MeridianError, match="in use"):
            act.make_file_system(loop, volume)
        act.mount(volume, table)
        assert len(table.read_text().splitlines()) == 1
    finally:
        subprocess.run(["umount", volume.mount], check=True)


def test_a_disk_that_cannot_be_read_is_nobodys(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = '{"blockdevices": [{"path": "/dev/gone", "type": "disk", "size": 1073741824, "ro": false}]}'
    real = read.run
    monkeypatch.setattr(
        read, "run", lambda command, **kwargs: listed if "lsblk" in command else real(command)
    )
    [device] = read.devices()
    assert (device.blank, device.holds) == (False, "holds what cannot be read")
    assert decide([DATA], [device])[0].action == "refuse"


def test_a_folder_tells_what_a_mount_would_hide(tmp_path: Path) -> None:
    assert read.in_the_way(str(tmp_path / "missing")) == ()
    assert read.in_the_way("/") == ()
    (tmp_path / "meta.properties").touch()
    assert read.in_the_way(str(tmp_path)) == ("meta.properties",)
