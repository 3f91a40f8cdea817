"""One file from a URL, pinned by its SHA-512; an archive is unpacked."""

import shutil
import stat
import tarfile
import zipfile
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from meridian.artifacts import download, packing
from meridian.artifacts.sources.base import Context, Source
from meridian.common.errors import MeridianError


class Url(Source):
    """A file over HTTP.

    :ivar url: where it is.
    :ivar sha512: its sum.
    :ivar unpack: whether it is a tar or zip archive whose content is meant.
    :ivar strip: leading folders to drop from the archive's paths.
    :ivar to: path in the artifact, when it is not unpacked; default the URL's last part.
    """

    kind: Literal["url"]
    url: str
    sha512: Annotated[str, Field(pattern=r"^[0-9a-f]{128}$")]
    unpack: bool = False
    strip: int = 0
    to: str | None = None

    def describe(self) -> str:
        """Name the source by its URL."""
        return self.url

    def fetch(self, into: Path, context: Context) -> None:
        """Download it, check it, and unpack it when asked to."""
        with download.session() as http:
            kept = download.fetch(http, self.url, "sha512", self.sha512, context.cache / "downloads")
        place(kept, into, self.to or self.url.rsplit("/", 1)[-1], self.unpack, self.strip)


def place(file: Path, into: Path, name: str, unpack: bool, strip: int) -> None:
    """Put a file, or what an archive holds, into the artifact's folder.

    :param file: the file.
    :param into: artifact's folder.
    :param name: path in it, for what is not unpacked.
    :param unpack: whether it is a tar or zip archive whose content is meant.
    :param strip: leading folders to drop from the archive's paths.
    :raises MeridianError: it is no archive, or fewer folders than ``strip`` are there.
    """
    if not unpack:
        target = into / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target)
        return
    work = into.parent / "unpacked"
    if tarfile.is_tarfile(file):
        work.mkdir()
        with tarfile.open(file) as tar:
            tar.extractall(work, packing.members_inside(tar, work))
    elif zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as archive:
            for entry in archive.infolist():
                written = archive.extract(entry, work)
                # A zip made on Unix has the file's mode there; Python passes it over.
                if entry.external_attr >> 16 & stat.S_IXUSR and not entry.is_dir():
                    Path(written).chmod(0o755)
    else:
        raise MeridianError(f"{file}: neither a tar nor a zip archive")
    root = work
    for _ in range(strip):
        folders = list(root.iterdir())
        if len(folders) != 1 or not folders[0].is_dir():
            raise MeridianError(f"{file}: strip: {strip} does not fit: {len(folders)} entries at the top")
        root = folders[0]
    shutil.copytree(root, into, symlinks=True, dirs_exist_ok=True)
    shutil.rmtree(work)
