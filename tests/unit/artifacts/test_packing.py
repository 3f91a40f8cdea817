"""An archive depends on its content alone, and a damaged one is never used."""

import io
import os
import shutil
import tarfile
from pathlib import Path

import pytest
import zstandard
from meridian.artifacts import packing
from meridian.common.errors import MeridianError


def test_same_content_same_bytes(tree: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(tree, copy, symlinks=True)
    for path in copy.rglob("*"):
        os.utime(path, (1, 1), follow_symlinks=False)
    (copy / "lib" / "deep" / "data").chmod(0o600)
    first = packing.pack(tree, tmp_path / "one", "demo", "1")
    assert packing.pack(copy, tmp_path / "two", "demo", "1") == first
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_other_content_other_sum(tree: Path, tmp_path: Path) -> None:
    first = packing.pack(tree, tmp_path / "one", "demo", "1")
    (tree / "lib" / "deep" / "data").write_text("date\n")
    assert packing.pack(tree, tmp_path / "two", "demo", "1") != first


def test_what_goes_in_comes_out(tree: Path, tmp_path: Path) -> None:
    expected = packing.pack(tree, tmp_path / "archive", "demo", "1")
    found = packing.unpack(tmp_path / "archive", tmp_path / "out", expected)
    assert (found["name"], found["version"]) == ("demo", "1")
    assert (tmp_path / "out" / "lib" / "deep" / "data").read_text() == "data\n"
    assert os.access(tmp_path / "out" / "run", os.X_OK)
    assert (tmp_path / "out" / "link").readlink() == Path("run")


@pytest.mark.parametrize("position", [0, 40, -1])
def test_a_changed_byte_is_refused(tree: Path, tmp_path: Path, position: int) -> None:
    archive = tmp_path / "archive"
    expected = packing.pack(tree, archive, "demo", "1")
    content = bytearray(archive.read_bytes())
    content[position] ^= 1
    archive.write_bytes(content)
    with pytest.raises(MeridianError, match=r"archive: does not match its sum .* truncated or tampered"):
        packing.unpack(archive, tmp_path / "out", expected)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("kept", [0, 10, 100, -3])
def test_a_truncated_archive_is_refused_even_without_its_sum(tree: Path, tmp_path: Path, kept: int) -> None:
    (tree / "noise").write_bytes(os.urandom(5000))
    archive = tmp_path / "archive"
    packing.pack(tree, archive, "demo", "1")
    archive.write_bytes(archive.read_bytes()[:kept])
    with pytest.raises(MeridianError):
        packing.unpack(archive, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda root: (root / "run").write_text("#!/bin/bash\n"), "run differs"),
        (lambda root: (root / "lib" / "deep" / "data").unlink(), "lib/deep/data is missing"),
        (lambda root: (root / "extra").write_text(""), "extra was added"),
        (lambda root: ((root / "link").unlink(), (root / "link").symlink_to("/bin/sh")), "link differs"),
    ],
)
def test_a_changed_tree_does_not_pass(tree: Path, tmp_path: Path, change, message: str) -> None:  # type: ignore[no-untyped-def]
    packing.pack(tree, tmp_path / "archive", "demo", "1")
    packing.unpack(tmp_path / "archive", tmp_path / "out")
    change(tmp_path / "out")
    with pytest.raises(MeridianError, match=message):
        packing.check(tmp_path / "out")


def _crafted(path: Path, *members: tarfile.TarInfo) -> Path:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as tar:
        for member in members:
            tar.addfile(member, io.BytesIO(b"x" * member.size))
    path.write_bytes(zstandard.compress(raw.getvalue()))
    return path


def _member(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    info.size = 1 if kind == tarfile.REGTYPE else 0
    return info


@pytest.mark.parametrize(
    "members",
    [
        [_member("../outside")],
        [_member("/tmp/outside")],
        [_member("way", tarfile.SYMTYPE, ".."), _member("way/outside")],
        [_member("outside", tarfile.LNKTYPE, "../victim")],
        [_member("device", tarfile.CHRTYPE)],
    ],
)
def test_an_archive_cannot_write_outside(tmp_path: Path, members: list[tarfile.TarInfo]) -> None:
    (tmp_path / "victim").write_text("mine")
    with pytest.raises(MeridianError, match="the archive holds"):
        packing.unpack(_crafted(tmp_path / "archive", *members), tmp_path / "out")
    assert not (tmp_path / "outside").exists()
    assert not (tmp_path / "out").exists()
