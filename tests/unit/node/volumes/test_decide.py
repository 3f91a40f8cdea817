"""Which disk becomes which volume, and which is never touched."""

from dataclasses import replace
from typing import Any

import pytest
from meridian.node.volumes.decide import decide
from meridian.node.volumes.model import GIB, Decision, Device, Wanted

DATA = Wanted("kafka-1.us-east.aws", "kafka-data", 200, "ssd", "/var/lib/meridian/kafka")
ROOT = Device("/dev/vda", 20 * GIB, mounts=("/",), signatures=("gpt",), children=("/dev/vda1",))
EMPTY = Device("/dev/vdb", 200 * GIB, blank=True)
OURS = Device("/dev/vdb", 200 * GIB, signatures=("ext4",), uuid=DATA.uuid)
LINE = f"UUID={DATA.uuid} {DATA.mount} ext4 noatime 0 0\n"


def one(*devices: Device, **kwargs: Any) -> Decision:
    return decide([DATA], devices, **kwargs)[0]


def test_an_empty_disk_of_the_size_is_formatted() -> None:
    assert (one(ROOT, EMPTY).action, one(ROOT, EMPTY).device) == ("format", "/dev/vdb")


def test_a_volume_that_was_formatted_before_is_mounted_wherever_it_is_attached_now() -> None:
    moved = replace(OURS, path="/dev/vdz")
    assert (one(ROOT, EMPTY, moved).action, one(ROOT, EMPTY, moved).device) == ("mount", "/dev/vdz")


def test_a_volume_that_is_mounted_and_listed_is_left_alone() -> None:
    mounted = replace(OURS, mounts=(DATA.mount,))
    assert one(ROOT, mounted, table=LINE).action == "keep"
    # Mounted by hand, it would be gone after the next boot.
    assert one(ROOT, mounted).action == "mount"


@pytest.mark.parametrize(
    ("device", "says"),
    [
        (replace(EMPTY, blank=False), "not zero at its start or end"),
        (replace(EMPTY, blank=False, signatures=("ext4",), uuid="other"), "holds ext4"),
        (replace(EMPTY, blank=False, signatures=("xfs",)), "holds xfs"),
        (replace(EMPTY, blank=False, signatures=("gpt",)), "holds gpt"),
        (replace(EMPTY, blank=False, signatures=("dos",), children=("/dev/vdb1",)), "with /dev/vdb1"),
        (replace(EMPTY, blank=False, signatures=("LVM2_member",)), "holds LVM2_member"),
        (replace(EMPTY, blank=False, signatures=("linux_raid_member",)), "holds linux_raid_member"),
        (replace(EMPTY, blank=False, signatures=("crypto_LUKS",)), "holds crypto_LUKS"),
        (replace(EMPTY, blank=False, signatures=("swap",), mounts=("[SWAP]",)), "mounted on [SWAP]"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_disk_that_holds_anything_is_never_formatted(device: Device, says: str) -> None:
    decided = one(ROOT, device)
    assert (decided.action, decided.device) == ("refuse", "")
    assert decided.reason.startswith("volume kafka-data: no empty disk of 200 GiB")
    assert says in decided.reason


@pytest.mark.parametrize(
    "device",
    [
        replace(EMPTY, read_only=True),
        replace(EMPTY, model="Amazon EC2 NVMe Instance Storage"),
        replace(EMPTY, size=199 * GIB // 2),
        replace(EMPTY, size=400 * GIB),
        replace(EMPTY, mounts=("/mnt",)),
        replace(EMPTY, children=("/dev/mapper/crypt",)),
    ],
    ids=["read-only", "ephemeral", "too small", "too large", "mounted", "in use"],
)
def test_an_empty_disk_that_cannot_be_it_is_not_taken(device: Device) -> None:
    assert one(ROOT, device).action == "refuse"


def test_providers_count_gigabytes_their_own_way() -> None:
    assert one(replace(EMPTY, size=200 * 10**9)).action == "format"
    assert one(replace(EMPTY, size=200 * GIB + 2**20)).action == "format"


def test_two_copies_of_a_volume_are_not_guessed_between() -> None:
    decided = one(OURS, replace(OURS, path="/dev/vdc"))
    assert decided.reason == "volume kafka-data: /dev/vdb and /dev/vdc have its file system: detach the copy"


def test_a_volume_that_is_mounted_elsewhere_is_not_mounted_twice() -> None:
    decided = one(replace(OURS, mounts=("/mnt",)))
    assert decided.reason == "volume kafka-data: /dev/vdb is mounted on /mnt: unmount it there"


def test_a_folder_with_files_is_not_hidden() -> None:
    decided = one(EMPTY, hidden={DATA.mount: ["meta.properties", "flights-0"]})
    assert decided.reason == (
        "volume kafka-data: /var/lib/meridian/kafka is not empty (flights-0, meta.properties), "
        "a mount would hide that: move it away"
    )


def test_a_folder_that_the_operator_mounts_something_else_on_is_his() -> None:
    decided = one(EMPTY, table=f"# data\n/dev/md0 {DATA.mount} xfs defaults 0 2\n")
    assert decided.reason.endswith(
        "/etc/fstab mounts /dev/md0 on /var/lib/meridian/kafka: take that line out"
    )


def test_another_nodes_volume_is_not_taken_for_ours() -> None:
    theirs = replace(DATA, node="kafka-2.us-east.aws")
    assert theirs.uuid != DATA.uuid
    assert one(replace(OURS, uuid=theirs.uuid)).action == "refuse"


def test_volumes_of_one_size_and_type_take_any_disk_each_its_own() -> None:
    more = replace(DATA, name="kafka-more", mount="/srv/more")
    decided = decide([DATA, more], [EMPTY, replace(EMPTY, path="/dev/vdc")])
    assert {one.device for one in decided} == {"/dev/vdb", "/dev/vdc"}
    alone = decide([DATA, more], [EMPTY])
    assert [one.action for one in alone] == ["format", "refuse"]


def test_volumes_of_near_sizes_take_the_nearest() -> None:
    more = replace(DATA, name="kafka-more", mount="/srv/more", size_gb=203)
    decided = decide([more, DATA], [replace(EMPTY, size=203 * GIB), replace(EMPTY, path="/dev/vdc")])
    assert [one.device for one in decided] == ["/dev/vdb", "/dev/vdc"]


def test_volumes_of_one_size_but_other_types_are_not_guessed_between() -> None:
    slow = replace(DATA, name="kafka-cold", type="hdd", mount="/srv/cold")
    decided = decide([DATA, slow], [EMPTY, replace(EMPTY, path="/dev/vdc")])
    assert {one.action for one in decided} == {"refuse"}
    assert "kafka-cold (hdd), kafka-data (ssd) alike" in decided[0].reason


def test_a_volume_smaller_than_wanted_is_kept_and_told() -> None:
    small = replace(OURS, size=100 * GIB, mounts=(DATA.mount,))
    decided = one(small, table=LINE)
    assert (decided.action, decided.reason) == (
        "keep",
        "has 100 GiB where 200 are wanted; it is not grown here",
    )
