"""Layers of the node image as tar streams, made from the archives without unpacking them to disk."""

import io
import os
import shutil
import tarfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import zstandard

from meridian.artifacts import node
from meridian.artifacts.index import Entry
from meridian.artifacts.store import Store
from meridian.cloud.local import image_files

_CHUNK = 1 << 20


def artifacts(store: Store, entries: Mapping[str, Entry]) -> Iterator[bytes]:
    """Stream artifacts as they lie on a node, marked as verified: the store has verified each archive.

    :param store: where the archives are.
    :param entries: name → which one.
    """

    def write(tar: tarfile.TarFile) -> None:
        for name, entry in sorted(entries.items()):
            place = str(node.place(name, entry.version, entry.sha256)).lstrip("/")
            _folders(tar, place)
            with (
                (store.folder / entry.file).open("rb") as raw,
                zstandard.ZstdDecompressor().stream_reader(raw, read_size=_CHUNK) as stream,
                tarfile.open(fileobj=stream, mode="r|", bufsize=_CHUNK) as archive,
            ):
                for member in archive:
                    content = archive.extractfile(member) if member.isfile() else None
                    member.name = f"{place}/{member.name}"
                    # They hold the old name again when it is a long one, and would win.
                    member.pax_headers = {}
                    tar.addfile(member, content)
            _file(tar, f"{place}/{node.MARKER}", entry.sha256.encode())
            _link(tar, f"{Path(place).parent}/current", Path(place).name)

    return _stream(write)


def files() -> Iterator[bytes]:
    """Stream what :mod:`meridian.cloud.local.image_files` lists."""

    def write(tar: tarfile.TarFile) -> None:
        for path, file in image_files.FILES.items():
            _file(tar, path, file.text.encode(), file.mode)
        for path, target in image_files.LINKS.items():
            _link(tar, path, target)

    return _stream(write)


def one(path: str, content: bytes) -> Iterator[bytes]:
    """Stream a single file."""
    return _stream(lambda tar: _file(tar, path, content))


def read(path: Path) -> Iterator[bytes]:
    """Stream a file."""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


@contextmanager
def unpacked(store: Store, entry: Entry, folder: Path) -> Iterator[Path]:
    """Unpack an archive for the length of a ``with`` block.

    :param store: where it is.
    :param entry: which one.
    :param folder: folder to make; what is left of an interrupted run is removed first.
    """
    shutil.rmtree(folder, ignore_errors=True)
    try:
        yield store.unpacked(entry, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _stream(write: Callable[[tarfile.TarFile], None]) -> Iterator[bytes]:
    """Turn a writer of a tar into a reader of its bytes, by a pipe."""
    reader, writer = os.pipe()
    failed: list[BaseException] = []

    def produce() -> None:
        try:
            with os.fdopen(writer, "wb") as out, tarfile.open(fileobj=out, mode="w|", bufsize=_CHUNK) as tar:
                write(tar)
        except BrokenPipeError:
            pass
        except BaseException as problem:
            failed.append(problem)

    thread = threading.Thread(target=produce, daemon=True)
    thread.start()
    with os.fdopen(reader, "rb") as data:
        while chunk := data.read(_CHUNK):
            yield chunk
    thread.join()
    if failed:
        raise failed[0]


def _folders(tar: tarfile.TarFile, path: str) -> None:
    info = tarfile.TarInfo(path)
    info.type, info.mode = tarfile.DIRTYPE, 0o755
    tar.addfile(info)


def _file(tar: tarfile.TarFile, path: str, content: bytes, mode: int = 0o644) -> None:
    info = tarfile.TarInfo(path)
    info.size, info.mode = len(content), mode
    tar.addfile(info, io.BytesIO(content))


def _link(tar: tarfile.TarFile, path: str, target: str) -> None:
    info = tarfile.TarInfo(path)
    info.type, info.linkname, info.mode = tarfile.SYMTYPE, target, 0o777
    tar.addfile(info)
