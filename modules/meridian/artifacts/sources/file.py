"""A file or folder of this machine: how an artifact that no registry carries gets in."""

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from meridian.artifacts.sources.base import Context, Source
from meridian.artifacts.sources.url import place
from meridian.common.errors import MeridianError


class File(Source):
    """A local path.

    :ivar path: file or folder; relative to the repository, ``~`` is the user's home.
    :ivar unpack: whether the file is a tar or zip archive whose content is meant.
    :ivar strip: leading folders to drop from the archive's paths.
    :ivar to: path in the artifact for a file that is not unpacked; default its own name.
    """

    kind: Literal["file"]
    path: str
    unpack: bool = False
    strip: int = 0
    to: str | None = None

    def describe(self) -> str:
        """Name the source by its path."""
        return f"file {self.path}"

    def inputs(self, repository: Path, folder: Path) -> Iterable[Path]:
        """The path itself: when it changes, the artifact does."""
        return (self._absolute(repository),)

    def fetch(self, into: Path, context: Context) -> None:
        """Copy or unpack it."""
        path = self._absolute(context.repository)
        if path.is_dir():
            shutil.copytree(path, into, symlinks=True, dirs_exist_ok=True)
        elif path.is_file():
            place(path, into, self.to or path.name, self.unpack, self.strip)
        else:
            raise MeridianError(f"{path}: no such file or folder")

    def _absolute(self, repository: Path) -> Path:
        return repository / Path(self.path).expanduser()
