"""An artifact as one file: a zstd tar that depends on its content alone, with a manifest inside.

The same tree gives the same bytes: sorted names, no times, no owners. What is unpacked is checked against the
manifest, file by file, before anyone uses it.
"""

import hashlib
import json
import shutil
import stat
import tarfile
from collections.abc import Collection, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import zstandard

from meridian.common.errors import MeridianError

MANIFEST = ".manifest.json"
_CHUNK = 1 << 20
_LEVEL = 6


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def manifest(tree: Path, name: str, version: str) -> dict[str, Any]:
    """Describe a tree.

    :param tree: folder.
    :param name: artifact's name.
    :param version: artifact's version.
    :return: ``name``, ``version`` and ``files``: path → SHA-256 of the content, or ``-> target`` of a link.
    """
    files = {}
    for path in _entries(tree):
        relative = str(path.relative_to(tree))
        if path.is_symlink():
            files[relative] = f"-> {path.readlink()}"
        elif path.is_file():
            files[relative] = sha256(path)
    return {"name": name, "version": version, "files": files}


def pack(tree: Path, archive: Path, name: str, version: str) -> str:
    """Pack a folder into an archive.

    :param tree: folder whose content becomes the archive's root.
    :param archive: file to write; its folder exists.
    :param name: artifact's name, for the manifest.
    :param version: artifact's version, for the manifest.
    :return: SHA-256 of the archive.
    """
    described = json.dumps(manifest(tree, name, version), indent=0, sort_keys=True).encode()
    compressor = zstandard.ZstdCompressor(level=_LEVEL, threads=2)
    with (
        archive.open("wb") as raw,
        compressor.stream_writer(raw, closefd=False) as packed,
        tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT, bufsize=_CHUNK) as tar,
    ):
        tar.addfile(_header(MANIFEST, len(described)), BytesIO(described))
        for path in _entries(tree):
            _add(tar, path, str(path.relative_to(tree)))
    return sha256(archive)


def unpack(archive: Path, target: Path, expected: str | None = None) -> dict[str, Any]:
    """Unpack an archive and check every file of it against the manifest inside.

    :param archive: file made by :func:`pack`.
    :param target: folder to make; removed again when anything is wrong.
    :param expected: SHA-256 that the archive must have; unchecked when ``None``.
    :return: the manifest.
    :raises MeridianError: the archive is truncated or tampered with, or its files do not match the manifest.
    """
    if expected is not None:
        verify(archive, expected)
    try:
        target.mkdir(parents=True)
        with (
            archive.open("rb") as raw,
            zstandard.ZstdDecompressor().stream_reader(raw, read_size=_CHUNK) as stream,
            tarfile.open(fileobj=stream, mode="r|", bufsize=_CHUNK) as tar,
        ):
            tar.extractall(target, members_inside(tar, target), numeric_owner=True)
        return check(target)
    except (zstandard.ZstdError, tarfile.TarError, EOFError, ValueError, KeyError) as problem:
        shutil.rmtree(target, ignore_errors=True)
        why = " ".join(str(problem).split())
        raise MeridianError(f"{archive.name}: not a whole artifact archive ({why})") from problem
    except MeridianError:
        shutil.rmtree(target, ignore_errors=True)
        raise


def verify(archive: Path, expected: str) -> None:
    """Check an archive against its sum.

    :param archive: file.
    :param expected: SHA-256 in hexadecimal.
    :raises MeridianError: it is missing or differs.
    """
    if not archive.exists():
        raise MeridianError(f"{archive}: the archive is missing")
    seen = sha256(archive)
    if seen != expected:
        raise MeridianError(
            f"{archive}: does not match its sum (SHA-256 {seen[:12]}… instead of {expected[:12]}…): "
            "truncated or tampered with"
        )


def check(tree: Path, ignore: Collection[str] = ()) -> dict[str, Any]:
    """Compare an unpacked tree with its manifest.

    :param tree: folder that :func:`unpack` made.
    :param ignore: paths that were put there since, and may be.
    :return: the manifest.
    :raises MeridianError: a file is missing, changed or was not packed; names the first one.
    """
    try:
        wanted = json.loads((tree / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise MeridianError(f"{tree}: has no readable manifest") from problem
    seen = manifest(tree, wanted["name"], wanted["version"])["files"]
    for path in sorted((wanted["files"].keys() | seen.keys()) - set(ignore)):
        if wanted["files"].get(path) != seen.get(path):
            both = path in seen and path in wanted["files"]
            what = "differs" if both else "was added" if path in seen else "is missing"
            raise MeridianError(f"{tree}: {path} {what}, says the manifest")
    return dict(wanted)


def _entries(tree: Path) -> Iterator[Path]:
    """All below a folder but its manifest, sorted by path."""
    return (
        path
        for path in sorted(tree.rglob("*"), key=lambda path: str(path.relative_to(tree)))
        if path.parent != tree or path.name != MANIFEST
    )


def _header(name: str, size: int = 0, mode: int = 0o644) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, mode
    return info


def _add(tar: tarfile.TarFile, path: Path, name: str) -> None:
    status = path.lstat()
    executable = bool(status.st_mode & stat.S_IXUSR)
    info = _header(name, mode=0o755 if executable else 0o644)
    if path.is_symlink():
        info.type, info.linkname, info.mode = tarfile.SYMTYPE, str(path.readlink()), 0o777
        tar.addfile(info)
    elif path.is_dir():
        info.type = tarfile.DIRTYPE
        tar.addfile(info)
    elif path.is_file():
        info.size = status.st_size
        with path.open("rb") as file:
            tar.addfile(info, file)
    else:
        raise MeridianError(f"{path}: neither file, folder nor link; it cannot be packed")


def members_inside(tar: tarfile.TarFile, target: Path) -> Iterator[tarfile.TarInfo]:
    """Yield a tar's members while they are extracted, and stop at one that would write outside the target.

    Debian 12's Python has no extraction filters yet.

    :param tar: the archive, read from its start.
    :param target: folder that it is extracted into; it exists.
    :raises MeridianError: a member lies outside, also by way of a link, or is a device.
    """
    root = target.resolve()
    for member in tar:
        inside = (root / member.name).parent.resolve().is_relative_to(root)
        for name in (member.name, member.linkname if member.islnk() else ""):
            if Path(name).is_absolute() or ".." in Path(name).parts or not inside:
                raise MeridianError(f"the archive holds {name}, which lies outside of it")
        if not (member.isfile() or member.isdir() or member.issym() or member.islnk()):
            raise MeridianError(f"the archive holds {member.name}, which is neither file, folder nor link")
        yield member
