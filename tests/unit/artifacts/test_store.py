"""The store resolves what is missing, two at a time, and trusts nothing that does not match its sum."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from meridian.artifacts import index
from meridian.artifacts.sources.base import Context
from meridian.artifacts.sources.file import File
from meridian.artifacts.store import Store
from meridian.common.errors import MeridianError

Opened = Callable[..., Store]
Recipe = Callable[..., None]


def _file(path: str) -> dict[str, Any]:
    return {"version": "1", "sources": [{"kind": "file", "path": path}]}


def test_a_second_run_builds_nothing(store: Opened, recipe: Recipe, repository: Path) -> None:
    (repository / "tool").write_text("a tool")
    recipe("demo", demo=_file("tool"))
    built: list[str] = []
    first = store(built.append).prepare(["demo"])
    assert store(built.append).prepare(["demo"]) == first
    assert built == ["demo 1 from file tool"]
    entry = first["demo"]
    assert entry.file == f"demo-1-{entry.sha256[:12]}.tar.zst"
    assert (store().folder / entry.file).exists()


def test_a_changed_input_is_built_anew(store: Opened, recipe: Recipe, repository: Path) -> None:
    (repository / "tool").write_text("a tool")
    recipe("demo", demo=_file("tool"))
    first = store().prepare(["demo"])
    (repository / "tool").write_text("a better tool")
    assert store().prepare(["demo"]) != first


def test_what_needs_a_changed_one_is_judged_anew(store: Opened, recipe: Recipe, repository: Path) -> None:
    (repository / "library").write_text("1")
    (repository / "program").write_text("main")
    recipe("demo", library=_file("library"), program={**_file("program"), "needs": ["library"]})
    before = store().input_digest("program")
    (repository / "library").write_text("2")
    assert store().input_digest("program") != before


@pytest.mark.parametrize("damage", [lambda data: data[:-5], lambda data: data[:30] + b"!" + data[31:]])
def test_a_damaged_archive_is_refused_and_deleting_it_helps(
    store: Opened, recipe: Recipe, repository: Path, damage: Callable[[bytes], bytes]
) -> None:
    (repository / "tool").write_text("a tool")
    recipe("demo", demo=_file("tool"))
    entry = store().prepare(["demo"])["demo"]
    archive = store().folder / entry.file
    archive.write_bytes(damage(archive.read_bytes()))
    with pytest.raises(MeridianError) as refused:
        store().prepare(["demo"])
    assert str(archive) in str(refused.value)
    assert "delete that file" in str(refused.value)
    assert "\n" not in str(refused.value)
    archive.unlink()
    assert store().prepare(["demo"])["demo"] == entry


def test_refetch_replaces_a_damaged_archive(store: Opened, recipe: Recipe, repository: Path) -> None:
    (repository / "tool").write_text("a tool")
    recipe("demo", demo=_file("tool"))
    entry = store().prepare(["demo"])["demo"]
    (store().folder / entry.file).write_bytes(b"")
    assert store().prepare(["demo"], refetch=True)["demo"] == entry
    assert store().prepare(["demo"])["demo"] == entry


def test_the_next_source_is_tried(store: Opened, recipe: Recipe, repository: Path) -> None:
    (repository / "tool").write_text("a tool")
    sources = [{"kind": "file", "path": "absent"}, {"kind": "file", "path": "tool"}]
    recipe("demo", demo={"version": "1", "sources": sources})
    built: list[str] = []
    store(built.append).prepare(["demo"])
    assert built == ["demo 1 from file absent", "demo 1 from file tool"]


def test_a_failure_names_every_source_and_why(store: Opened, recipe: Recipe, repository: Path) -> None:
    (repository / "text").write_text("no archive")
    sources = [{"kind": "file", "path": "absent"}, {"kind": "file", "path": "text", "unpack": True}]
    recipe("demo", demo={"version": "1", "sources": sources})
    with pytest.raises(MeridianError) as failed:
        store().prepare(["demo"])
    text = str(failed.value)
    assert text.startswith("artifact demo 1: no source worked: file absent: ")
    assert "absent: no such file or folder" in text
    assert "file text: " in text
    assert "neither a tar nor a zip archive" in text
    assert "\n" not in text


def test_one_failure_leaves_the_others_in_the_cache(store: Opened, recipe: Recipe, repository: Path) -> None:
    (repository / "tool").write_text("a tool")
    recipe("demo", bad=_file("absent"), good=_file("tool"))
    with pytest.raises(MeridianError, match="artifact bad 1"):
        store().prepare(["bad", "good"])
    built: list[str] = []
    store(built.append).prepare(["good"])
    assert built == []


def test_two_at_a_time(
    store: Opened, recipe: Recipe, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ["a", "b", "c", "d"]
    for name in names:
        (repository / name).write_text(name)
    recipe("demo", **{name: _file(name) for name in names})
    meeting = threading.Barrier(2, timeout=20)
    running, most, guard = 0, 0, threading.Lock()
    fetch = File.fetch

    def counted(self: File, into: Path, context: Context) -> None:
        nonlocal running, most
        with guard:
            running += 1
            most = max(most, running)
        # Would one come alone, nobody would meet it here.
        meeting.wait()
        fetch(self, into, context)
        with guard:
            running -= 1

    monkeypatch.setattr(File, "fetch", counted)
    assert set(store().prepare(names)) == set(names)
    assert most == 2


def test_two_clones_build_once(store: Opened, recipe: Recipe, repository: Path) -> None:
    (repository / "tool").write_text("a tool")
    recipe("demo", demo=_file("tool"))
    built: list[str] = []
    clones = [store(built.append) for _ in range(4)]
    threads = [threading.Thread(target=clone.prepare, args=(["demo"],)) for clone in clones]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert built == ["demo 1 from file tool"]


def test_patterns_are_left_out(store: Opened, recipe: Recipe, repository: Path, tmp_path: Path) -> None:
    (repository / "package" / "tests").mkdir(parents=True)
    (repository / "package" / "tests" / "test_it.py").write_text("")
    (repository / "package" / "code.py").write_text("")
    recipe("demo", demo={**_file("package"), "exclude": ["tests/*"]})
    entry = store().prepare(["demo"])["demo"]
    out = store().unpacked(entry, tmp_path / "out")
    assert (out / "code.py").exists()
    assert not list(out.rglob("test_it.py"))


def test_the_index_is_written_when_it_changes(store: Opened, recipe: Recipe, repository: Path) -> None:
    (repository / "tool").write_text("a tool")
    recipe("demo", demo=_file("tool"))
    entries = store().prepare(["demo"])
    path = repository / ".platform" / "artifacts.json"
    assert index.write(path, entries)
    assert not index.write(path, entries)
    assert index.read(path) == entries


def test_a_missing_index_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(MeridianError, match=r"artifacts\.json: .*salt-run artifact\.prepare"):
        index.read(tmp_path / "artifacts.json")
