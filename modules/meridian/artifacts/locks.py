"""Locks between processes: clones of one user share a cache."""

import fcntl
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
