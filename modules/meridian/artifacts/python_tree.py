"""Python packages as a tree of files that any Debian 12 node's own Python runs, without an environment."""

import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

from pydantic import Field

from meridian.artifacts.commands import run
from meridian.common.errors import MeridianError

NODE_PYTHON = "3.11"
Script = Annotated[str, Field(pattern=r"^[\w.]+:\w+$")]

_SCRIPT = """\
#!/usr/bin/python3
import sys

sys.path[:0] = {paths!r}
import site

for path in {paths!r}:
    site.addsitedir(path)
from {module} import {function}

sys.exit({function}())
"""


def interpreter() -> str:
    """Return a Python of the version that nodes have.

    Files compiled by another version are of no use to a node.

    :raises MeridianError: there is none on this machine.
    """
    if f"{sys.version_info.major}.{sys.version_info.minor}" == NODE_PYTHON:
        return sys.executable
    if found := shutil.which(f"python{NODE_PYTHON}"):
        return found
    raise MeridianError(f"Python {NODE_PYTHON} (the nodes' version) is missing on this machine: install it")


def write_script(path: Path, runs: str, paths: Sequence[str]) -> None:
    """Write a program that runs a function.

    :param path: file to write.
    :param runs: ``module:function``.
    :param paths: folders for Python's path, before the system's; their ``.pth`` files count.
    """
    module, function = runs.split(":")
    path.parent.mkdir(parents=True, exist_ok=True)
    text = _SCRIPT.format(module=module, function=function, paths=list(paths))
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)


def remove_scripts(target: Path) -> None:
    """Remove what an installer puts beside the packages for other machines: scripts, locks, manual pages."""
    for name in ("bin", "share", "man", "include", ".lock"):
        path = target / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def write_dist_info(
    tree: Path, name: str, version: str, entry_points: Mapping[str, Mapping[str, str]]
) -> None:
    """Make a package in a tree known to :mod:`importlib.metadata`.

    :param tree: folder that holds the package.
    :param name: distribution's name.
    :param version: its version.
    :param entry_points: group → name → object.
    """
    folder = tree / f"{name}-{version}.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n", encoding="utf-8"
    )
    sections = [
        f"[{group}]\n" + "".join(f"{key} = {value}\n" for key, value in members.items())
        for group, members in entry_points.items()
    ]
    (folder / "entry_points.txt").write_text("\n".join(sections), encoding="utf-8")


def compile_all(tree: Path, place: str) -> None:
    """Compile a tree's modules so that neither time stamps nor this machine's paths are in the result.

    :param tree: folder.
    :param place: where it will lie.
    """
    for cached in tree.rglob("__pycache__"):
        shutil.rmtree(cached)
    # Some packages carry templates that end in .py and are none: what cannot be compiled stays as it is.
    command = [interpreter(), "-m", "compileall", "-q", "-j", "2", "--invalidation-mode", "unchecked-hash"]
    try:
        run([*command, "-s", tree, "-p", place, tree], {"PYTHONHASHSEED": "0"})
    except MeridianError:
        if not any(tree.rglob("*.pyc")):
            raise
