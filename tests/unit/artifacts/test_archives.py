"""Archives as artifacts: of a Maven repository, and named by the user."""

import hashlib
import http.server
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from meridian.artifacts import maven_settings
from meridian.artifacts.store import Store
from meridian.common.errors import MeridianError

Opened = Callable[..., Store]
Recipe = Callable[..., None]
COORDINATES = "org.example:tool:1.0:zip"


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder that is served over HTTP, and its URL."""
    folder = tmp_path / "served"
    folder.mkdir()

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments: object) -> None:
            super().__init__(*arguments, directory=str(folder))  # type: ignore[arg-type]

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield folder, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def zipped(file: Path) -> None:
    """Write a release: a program that may be run and a text that may not, below one folder."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(file, "w") as archive:
        for name, mode in (("tool-1.0/bin/tool", 0o755), ("tool-1.0/README", 0o644)):
            entry = zipfile.ZipInfo(name)
            entry.external_attr = mode << 16
            archive.writestr(entry, name)


def unpacked(store: Store, name: str, into: Path) -> Path:
    return store.unpacked(store.prepare([name])[name], into)


def test_a_distribution_of_a_maven_repository_keeps_its_programs_executable(
    store: Opened, recipe: Recipe, served: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, url = served
    archive = folder / "org/example/tool/1.0/tool-1.0.zip"
    zipped(archive)
    monkeypatch.setattr(maven_settings, "central", lambda: url)
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    source = {"kind": "maven_archive", "file": COORDINATES, "sha256": digest, "strip": 1}
    recipe("demo", tool={"version": "1.0", "sources": [source]})
    tree = unpacked(store(), "tool", tmp_path / "out")
    assert (tree / "bin/tool").stat().st_mode & 0o777 == 0o755
    assert (tree / "README").stat().st_mode & 0o777 == 0o644


def test_another_file_than_the_pinned_one_is_refused(
    store: Opened, recipe: Recipe, served: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, url = served
    zipped(folder / "org/example/tool/1.0/tool-1.0.zip")
    monkeypatch.setattr(maven_settings, "central", lambda: url)
    source = {"kind": "maven_archive", "file": COORDINATES, "sha256": "0" * 64}
    recipe("demo", tool={"version": "1.0", "sources": [source]})
    with pytest.raises(MeridianError, match="does not match its sum"):
        store().prepare(["tool"])


@pytest.fixture
def named(recipe: Recipe, repository: Path) -> None:
    """A recipe whose archive the user may name, else a file of the repository."""
    (repository / "default").write_text("default")
    sources = [{"kind": "named", "setting": "tool"}, {"kind": "file", "path": "default"}]
    recipe("demo", tool={"version": "1.0", "sources": sources})


@pytest.mark.usefixtures("named")
def test_what_the_user_names_comes_first_and_a_change_of_it_is_seen(
    store: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MERIDIAN_TOOL_ARTIFACT", raising=False)
    assert (unpacked(store(), "tool", tmp_path / "one") / "default").exists()
    archive = tmp_path / "tool.zip"
    zipped(archive)
    monkeypatch.setenv("MERIDIAN_TOOL_ARTIFACT", str(archive))
    assert (unpacked(store(), "tool", tmp_path / "two") / "bin/tool").exists()


@pytest.mark.usefixtures("named")
def test_a_named_url_needs_its_sum(
    store: Opened, served: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, url = served
    zipped(folder / "tool.zip")
    digest = hashlib.sha512((folder / "tool.zip").read_bytes()).hexdigest()
    monkeypatch.setenv("MERIDIAN_TOOL_ARTIFACT", f"{url}/tool.zip#sha512={digest}")
    assert (unpacked(store(), "tool", tmp_path / "out") / "bin/tool").exists()
    monkeypatch.setenv("MERIDIAN_TOOL_ARTIFACT", f"{url}/tool.zip")
    lines: list[str] = []
    assert (unpacked(store(lines.append), "tool", tmp_path / "again") / "default").exists()
