"""What a node's disks are like, what is wanted of them, and what shall be done."""

import uuid
from dataclasses import dataclass
from typing import Literal

GIB = 1024**3
#: Namespace of the UUIDs that file systems of volumes have.
_NAMESPACE = uuid.UUID("6d657269-6469-5f61-8e2d-766f6c756d65")


@dataclass(frozen=True)
class Wanted:
    """A volume as the pillar wants it.

    :ivar node: id of the node; with the name it decides the file system's UUID, so that a volume that comes
        back is known again and another node's is not taken for it.
    :ivar size_gb: GiB.
    :ivar type: kind of disk; only tells apart volumes of one size.
    :ivar filesystem: ``ext4`` or ``xfs``.
    """

    node: str
    name: str
    size_gb: int
    type: str
    mount: str
    filesystem: str = "ext4"

    @property
    def uuid(self) -> str:
        """UUID of its file system."""
        return str(uuid.uuid5(_NAMESPACE, f"{self.node}/{self.name}"))


@dataclass(frozen=True)
class Device:
    """A block device of its own, no partition.

    :ivar path: e.g. ``/dev/nvme1n1``.
    :ivar size: bytes.
    :ivar model: what the hardware calls itself.
    :ivar mounts: folders that it is mounted on; ``[SWAP]`` for swap.
    :ivar children: partitions, logical volumes and the like on it.
    :ivar signatures: what ``wipefs`` and ``blkid`` find on it: file systems, partition tables, LVM, RAID, …
    :ivar uuid: of the file system on it; empty when it has none.
    :ivar blank: nothing of the above, and its first and last MiBs are zero.
    """

    path: str
    size: int
    model: str = ""
    read_only: bool = False
    mounts: tuple[str, ...] = ()
    children: tuple[str, ...] = ()
    signatures: tuple[str, ...] = ()
    uuid: str = ""
    blank: bool = False

    def __str__(self) -> str:
        return f"{self.path} ({self.size / GIB:.1f} GiB, {self.holds})"

    @property
    def holds(self) -> str:
        """What is on it, for a message."""
        if self.mounts:
            return f"mounted on {', '.join(self.mounts)}"
        if self.children:
            return f"with {', '.join(self.children)}"
        if self.signatures:
            return f"holds {', '.join(self.signatures)}"
        return "empty" if self.blank else "not zero at its start or end"


@dataclass(frozen=True)
class Decision:
    """What shall be done about one volume.

    :ivar action: ``keep`` (all is as it should be), ``mount`` (formatted already), ``format`` (and mount), or
        ``refuse``.
    :ivar device: path of the disk; empty with ``refuse``.
    :ivar reason: why it is refused, or what is worth knowing.
    """

    volume: Wanted
    action: Literal["keep", "mount", "format", "refuse"]
    device: str = ""
    reason: str = ""
