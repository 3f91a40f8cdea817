"""Files that only their owner may read, replaced as a whole."""

import os
import tempfile
from pathlib import Path


def private_folder(path: Path) -> Path:
    """Make a folder, with those above that are missing, that only its owner may enter.

    :return: ``path``.
    """
    missing = [path, *path.parents]
    for folder in reversed([one for one in missing if not one.exists()]):
        folder.mkdir(mode=0o700, exist_ok=True)
    if path.stat().st_mode & 0o077:
        path.chmod(0o700)
    return path


def write_private(path: Path, text: str) -> None:
    """Write a file of mode 0600; a reader sees the old one or the new one, never half of one."""
    private_folder(path.parent)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w") as stream:
            stream.write(text)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
