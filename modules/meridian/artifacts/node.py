"""Artifacts on a node: fetched, verified, unpacked beside the older ones, and switched by one link."""

import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from meridian.artifacts import packing
from meridian.common.errors import MeridianError

ROOT = Path("/opt/meridian")
# Holds the sum of the archive that was verified; written last, so a folder without it is no artifact.
MARKER = ".verified"


@dataclass(frozen=True)
class Status:
    """What a node has of an artifact.

    :ivar wanted: folder of the wanted one.
    :ivar present: whether it was unpacked and verified there.
    :ivar current: folder that the link ``current`` points to; empty when there is none.
    """

    wanted: Path
    present: bool
    current: str

    @property
    def right(self) -> bool:
        """Whether the wanted artifact is there and current."""
        return self.present and self.current == self.wanted.name


def place(name: str, version: str, sha256: str, root: Path = ROOT) -> Path:
    """Return the folder of an artifact on a node.

    :param name: artifact's name.
    :param version: its version.
    :param sha256: sum of its archive.
    :param root: folder of artifacts.
    """
    return root / name / f"{version}-{sha256[:12]}"


def status(name: str, version: str, sha256: str, root: Path = ROOT) -> Status:
    """Look at what is there; cheap, nothing is hashed.

    :param name: artifact's name.
    :param version: wanted version.
    :param sha256: sum of the wanted archive.
    :param root: folder of artifacts.
    """
    wanted = place(name, version, sha256, root)
    marker, link = wanted / MARKER, wanted.parent / "current"
    present = marker.exists() and marker.read_text(encoding="utf-8").strip() == sha256
    return Status(wanted, present, os.readlink(link) if link.is_symlink() else "")


def install(
    name: str, version: str, sha256: str, fetch: Callable[[], str | None], root: Path = ROOT
) -> Status:
    """Have an artifact on the node.

    1. Is it there, verified, only the link is set. 2. Else the archive is fetched and its sum compared.
    3. It is unpacked to a folder of its own and every file compared with the manifest. 4. The folder gets its
    name, then the link is switched: programs see the old artifact or the new one, never half of one.

    :param name: artifact's name.
    :param version: wanted version.
    :param sha256: sum that the archive must have.
    :param fetch: returns the path of the fetched archive, ``None`` when it can't be had.
    :param root: folder of artifacts.
    :return: what is there now.
    :raises MeridianError: it can't be had, or is not what was packed; nothing was changed then.
    """
    found = status(name, version, sha256, root)
    if not found.present:
        archive = fetch()
        if archive is None:
            raise MeridianError(f"artifact {name} {version}: the master does not serve its archive")
        _unpack(Path(archive), found.wanted, sha256)
    link = found.wanted.parent / "current"
    before = os.readlink(link) if link.is_symlink() else ""
    if before != found.wanted.name:
        fresh = link.with_name(".current.new")
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(found.wanted.name)
        fresh.replace(link)
        _forget_older(found.wanted.parent, {found.wanted.name, before})
    return status(name, version, sha256, root)


def verify(name: str, root: Path = ROOT) -> int:
    """Hash every file of the current artifact and compare with its manifest.

    :param name: artifact's name.
    :param root: folder of artifacts.
    :return: number of files.
    :raises MeridianError: there is none, or a file is missing, changed or added; names the first one.
    """
    tree = root / name / "current"
    if not tree.exists():
        raise MeridianError(f"artifact {name} is not installed: {tree} is missing")
    return len(packing.check(tree.resolve(), ignore={MARKER})["files"])


def _unpack(archive: Path, wanted: Path, sha256: str) -> None:
    wanted.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=wanted.parent, prefix=".unpacking-") as work:
        tree = Path(work) / "tree"
        packing.unpack(archive, tree, sha256)
        (tree / MARKER).write_text(sha256, encoding="utf-8")
        # Without its marker it is what an interrupted or damaged unpacking left.
        shutil.rmtree(wanted, ignore_errors=True)
        tree.rename(wanted)


def _forget_older(folder: Path, keep: set[str]) -> None:
    """Remove older artifacts but the one that was current until now: programs may still have it open."""
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink() and path.name not in keep:
            shutil.rmtree(path, ignore_errors=True)
