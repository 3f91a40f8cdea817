"""What goes into the node image is what a node's own check accepts."""

import io
import tarfile
from pathlib import Path

import pytest
from meridian.artifacts import node, packing
from meridian.artifacts.index import Entry
from meridian.artifacts.settings import Mirrors
from meridian.artifacts.store import Store
from meridian.cloud.local import image_files, image_layer


@pytest.fixture
def packed(tmp_path: Path) -> tuple[Store, Entry]:
    """A store with one artifact, which has a path longer than old tar headers hold."""
    tree = tmp_path / "tree"
    deep = tree / ("d" * 90) / ("e" * 90)
    deep.mkdir(parents=True)
    (deep / "file").write_text("deep")
    (tree / "program").write_text("run")
    (tree / "program").chmod(0o755)
    (tmp_path / "repository" / "salt").mkdir(parents=True)
    store = Store(tmp_path / "repository", tmp_path / "cache", Mirrors())
    store.folder.mkdir(parents=True)
    sha256 = packing.pack(tree, store.folder / "demo.tar.zst", "demo", "1")
    return store, Entry(version="1", sha256=sha256, file="demo.tar.zst")


def test_an_artifact_lies_as_a_node_would_have_unpacked_it(
    packed: tuple[Store, Entry], tmp_path: Path
) -> None:
    store, entry = packed
    root = tmp_path / "root"
    stream = b"".join(image_layer.artifacts(store, {"demo": entry}))
    with tarfile.open(fileobj=io.BytesIO(stream)) as tar:
        tar.extractall(root)
    place = root / "opt/meridian"
    assert node.status("demo", entry.version, entry.sha256, place).right
    assert node.verify("demo", place) == 2
    assert (place / "demo/current/program").stat().st_mode & 0o111


def test_a_failure_in_the_writer_reaches_the_reader(packed: tuple[Store, Entry]) -> None:
    store, entry = packed
    (store.folder / entry.file).unlink()
    with pytest.raises(FileNotFoundError):
        b"".join(image_layer.artifacts(store, {"demo": entry}))


def test_files_and_links_of_the_image(tmp_path: Path) -> None:
    stream = b"".join(image_layer.files())
    with tarfile.open(fileobj=io.BytesIO(stream)) as tar:
        names = {member.name for member in tar}
    assert names == image_files.FILES.keys() | image_files.LINKS.keys()
