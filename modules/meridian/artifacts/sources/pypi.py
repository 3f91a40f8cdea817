"""A tree of Python packages, from a lock file with hashes, by uv."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field

from meridian.artifacts import python_tree
from meridian.artifacts.commands import program, run
from meridian.artifacts.python_tree import NODE_PYTHON, Script
from meridian.artifacts.sources.base import Context, Source


class Pypi(Source):
    """``uv pip install --target`` of a lock file.

    :ivar lock: requirements with hashes, in the recipe's folder (made by
        ``uv pip compile --generate-hashes --python-version 3.11``).
    :ivar folder: where in the artifact the packages go.
    :ivar place: where nodes find the artifact; compiled files name it in tracebacks.
    :ivar paths: further folders to put on the path, written as a ``.pth`` file.
    :ivar scripts: path in the artifact → what it runs.
    """

    kind: Literal["pypi"]
    lock: str
    folder: str = "lib"
    place: str
    paths: tuple[str, ...] = ()
    scripts: Mapping[str, Script] = Field(default_factory=dict)

    def describe(self) -> str:
        """Name the source by its lock file."""
        return f"pypi {self.lock}"

    def inputs(self, repository: Path, folder: Path) -> Iterable[Path]:
        """The lock file."""
        return (folder / self.lock,)

    def fetch(self, into: Path, context: Context) -> None:
        """Install, add scripts, compile ahead so that programs start quickly on nodes."""
        uv = program("uv", "PyPI's uv")
        target = into / self.folder
        index = ["--default-index", context.mirrors.pypi] if context.mirrors.pypi else []
        python = ["--python", python_tree.interpreter(), "--python-version", NODE_PYTHON]
        # The lock names all that is wanted; what it leaves out on purpose must not come back.
        lock: list[str | Path] = [
            "--no-deps",
            "--require-hashes",
            "--requirement",
            context.folder / self.lock,
        ]
        run([uv, "pip", "install", "-q", "--target", target, "--link-mode", "copy", *index, *python, *lock])
        # Their first lines name the interpreter that happened to install them.
        python_tree.remove_scripts(target)
        if self.paths:
            (target / f"{context.name}.pth").write_text("\n".join(self.paths) + "\n", encoding="utf-8")
        for path, script in self.scripts.items():
            python_tree.write_script(into / path, script, [f"{self.place}/{self.folder}"])
        python_tree.compile_all(target, f"{self.place}/{self.folder}")
