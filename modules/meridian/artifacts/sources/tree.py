"""Files of this repository: our own Python packages."""

import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field

from meridian.artifacts import python_tree
from meridian.artifacts.python_tree import Script
from meridian.artifacts.sources.base import Context, Source
from meridian.common.errors import MeridianError

_UNWANTED = shutil.ignore_patterns("__pycache__", "*.pyc", "*.egg-info", ".*_cache", "build")


class Tree(Source):
    """Folders and files of the repository.

    :ivar copy_: path in the artifact → path in the repository (key ``copy`` in the recipe).
    :ivar place: where nodes find the artifact.
    :ivar paths: folders that the scripts put on Python's path, before the artifact's own.
    :ivar scripts: path in the artifact → what it runs.
    :ivar entry_points: group → name → object, for a package that others find by its entry points.
    """

    kind: Literal["tree"]
    copy_: dict[str, str] = Field(alias="copy", min_length=1)
    place: str
    paths: tuple[str, ...] = ()
    scripts: Mapping[str, Script] = Field(default_factory=dict)
    entry_points: Mapping[str, Mapping[str, str]] = Field(default_factory=dict)

    def describe(self) -> str:
        """Name the source by its folders."""
        return f"tree {', '.join(self.copy_.values())}"

    def inputs(self, repository: Path, folder: Path) -> Iterable[Path]:
        """The folders and files."""
        return [repository / path for path in self.copy_.values()]

    def fetch(self, into: Path, context: Context) -> None:
        """Copy them, write scripts and entry points, compile ahead."""
        for to, path in self.copy_.items():
            source = context.repository / path
            if source.is_dir():
                shutil.copytree(source, into / to, ignore=_UNWANTED, symlinks=True, dirs_exist_ok=True)
            elif source.is_file():
                (into / to).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, into / to)
            else:
                raise MeridianError(f"{source}: no such file or folder")
        if self.entry_points:
            python_tree.write_dist_info(into, context.name, context.version, self.entry_points)
        for path, script in self.scripts.items():
            python_tree.write_script(into / path, script, [self.place, *self.paths])
        python_tree.compile_all(into, self.place)
