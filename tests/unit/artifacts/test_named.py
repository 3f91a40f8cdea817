"""Software that a user names: taken as it is, refused where it is not what it should be."""

import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from meridian.artifacts.store import Store
from meridian.common.errors import MeridianError

Opened = Callable[..., Store]
Recipe = Callable[..., None]
RECIPE = {
    "kind": "named",
    "setting": "machine",
    "layout": ["bin/machine", "lib/part.so"],
    "advice": "docs/machine.md says where to get one",
}


def tarball(folder: Path, *paths: str) -> Path:
    for path in paths:
        (folder / "tree" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "tree" / path).write_text(path)
    with tarfile.open(folder / "machine.tar.gz", "w:gz") as tar:
        tar.add(folder / "tree", "machine-1.0")
    return folder / "machine.tar.gz"


def test_a_named_tarball_is_taken(
    store: Opened, recipe: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe("demo", machine={"version": "named", "sources": [RECIPE]})
    monkeypatch.setenv("MERIDIAN_MACHINE_ARTIFACT", str(tarball(tmp_path, "bin/machine", "lib/part.so")))
    opened = store()
    tree = opened.unpacked(opened.prepare(["machine"])["machine"], tmp_path / "unpacked")
    assert (tree / "bin/machine").read_text() == "bin/machine"


def test_without_a_name_it_is_said_where_to_get_one(
    store: Opened, recipe: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe("demo", machine={"version": "named", "sources": [RECIPE]})
    monkeypatch.delenv("MERIDIAN_MACHINE_ARTIFACT", raising=False)
    with pytest.raises(
        MeridianError, match=r"MERIDIAN_MACHINE_ARTIFACT: not set; docs/machine.md says where"
    ):
        store().prepare(["machine"])


def test_another_layout_is_refused_with_what_is_missing(
    store: Opened, recipe: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe("demo", machine={"version": "named", "sources": [RECIPE]})
    monkeypatch.setenv("MERIDIAN_MACHINE_ARTIFACT", str(tarball(tmp_path, "sbin/machine", "lib/part.so")))
    with pytest.raises(MeridianError, match=r"machine.tar.gz: lacks bin/machine; docs/machine.md"):
        store().prepare(["machine"])
