"""On a node: the old artifact or the new one, never half of one."""

from pathlib import Path

import pytest
from meridian.artifacts import node, packing
from meridian.common.errors import MeridianError


def _archive(tmp_path: Path, content: str) -> tuple[Path, str]:
    tree = tmp_path / f"tree-{content}"
    tree.mkdir()
    (tree / "program").write_text(content)
    archive = tmp_path / f"{content}.tar.zst"
    return archive, packing.pack(tree, archive, "demo", "1")


def test_installs_once_and_switches(tmp_path: Path) -> None:
    root = tmp_path / "opt"
    first, first_sum = _archive(tmp_path, "first")
    second, second_sum = _archive(tmp_path, "second")
    assert node.install("demo", "1", first_sum, lambda: str(first), root).right
    assert (root / "demo" / "current" / "program").read_text() == "first"
    assert node.install("demo", "2", second_sum, lambda: str(second), root).right
    assert (root / "demo" / "current" / "program").read_text() == "second"
    # Going back needs no archive: the one before is kept for programs that still have it open.
    assert node.install("demo", "1", first_sum, lambda: None, root).right
    assert (root / "demo" / "current" / "program").read_text() == "first"


def test_older_ones_go(tmp_path: Path) -> None:
    root = tmp_path / "opt"
    for content in ("first", "second", "third"):
        archive, expected = _archive(tmp_path, content)
        node.install("demo", content, expected, lambda archive=archive: str(archive), root)
    names = sorted(path.name.split("-")[0] for path in (root / "demo").iterdir())
    assert names == ["current", "second", "third"]


@pytest.mark.parametrize("damage", [lambda data: data[:-5], lambda data: b"?" + data[1:]])
def test_refuses_what_was_not_packed_and_changes_nothing(tmp_path: Path, damage) -> None:  # type: ignore[no-untyped-def]
    root = tmp_path / "opt"
    good, good_sum = _archive(tmp_path, "good")
    node.install("demo", "1", good_sum, lambda: str(good), root)
    bad, bad_sum = _archive(tmp_path, "bad")
    bad.write_bytes(damage(bad.read_bytes()))
    with pytest.raises(MeridianError, match="does not match its sum"):
        node.install("demo", "2", bad_sum, lambda: str(bad), root)
    assert (root / "demo" / "current" / "program").read_text() == "good"
    assert len(list((root / "demo").iterdir())) == 2


def test_says_so_when_the_master_has_none(tmp_path: Path) -> None:
    with pytest.raises(MeridianError, match="demo 1: the master does not serve"):
        node.install("demo", "1", "0" * 64, lambda: None, tmp_path)


def test_an_interrupted_unpacking_is_no_artifact(tmp_path: Path) -> None:
    archive, expected = _archive(tmp_path, "whole")
    root = tmp_path / "opt"
    half = node.place("demo", "1", expected, root)
    half.mkdir(parents=True)
    (half / "program").write_text("ha")
    assert not node.status("demo", "1", expected, root).present
    node.install("demo", "1", expected, lambda: str(archive), root)
    assert (root / "demo" / "current" / "program").read_text() == "whole"


def test_verify_finds_a_changed_file(tmp_path: Path) -> None:
    root = tmp_path / "opt"
    archive, expected = _archive(tmp_path, "good")
    node.install("demo", "1", expected, lambda: str(archive), root)
    assert node.verify("demo", root) == 1
    (root / "demo" / "current" / "program").write_text("evil")
    with pytest.raises(MeridianError, match="program differs"):
        node.verify("demo", root)
