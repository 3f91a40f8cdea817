"""Locks between processes: clones of one user share a cache."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def held(folder: Path, name: str) -> Iterator[None]:
    """Hold a lock for the length of a ``with`` block, and wait for it first.

    The kernel gives it back when the process ends, however it ends.

    :param folder: folder of lock files; made when missing.
    :param name: what is locked.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{name}.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def scratch(folder: Path, lock_folder: Path) -> Iterator[Path]:
    """Share a folder of intermediate results for a ``with`` block; the last to leave removes it.

    After a failure it stays, so that the next run goes on from there.

    :param folder: the folder; made when missing.
    :param lock_folder: folder of lock files; made when missing.
    """
    lock_folder.mkdir(parents=True, exist_ok=True)
    with (lock_folder / f"{folder.name}.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        folder.mkdir(parents=True, exist_ok=True)
        yield folder
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        shutil.rmtree(folder, ignore_errors=True)
