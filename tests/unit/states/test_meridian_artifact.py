"""The state says what it would do, does it, and then has nothing to do."""

from pathlib import Path
from typing import Any

import pytest
from meridian.artifacts import node, packing
from meridian.modules import meridian_artifact as module
from meridian.states import meridian_artifact as state


@pytest.fixture
def wanted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A minion whose pillar wants an artifact that its master serves; returns the minion's options."""
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "program").write_text("run")
    served = tmp_path / "served.tar.zst"
    entry = {"version": "1", "sha256": packing.pack(tree, served, "demo", "1"), "file": served.name}

    def cache_file(url: str) -> str:
        assert url == "salt://served.tar.zst"
        cached = tmp_path / "cached"
        cached.write_bytes(served.read_bytes())
        return str(cached)

    options = {"test": False}
    # Both default to the node's real folder.
    for function in (node.status, node.install):
        monkeypatch.setattr(function, "__defaults__", (tmp_path / "opt",))
    monkeypatch.setattr(module, "__salt__", {"cp.cache_file": cache_file}, raising=False)
    monkeypatch.setattr(state, "__salt__", {"meridian_artifact.install": module.install}, raising=False)
    monkeypatch.setattr(state, "__pillar__", {"artifacts": {"demo": entry}}, raising=False)
    monkeypatch.setattr(state, "__opts__", options, raising=False)
    return options


def test_plans_installs_and_is_done(wanted: dict[str, Any], tmp_path: Path) -> None:
    wanted["test"] = True
    planned = state.installed("demo")
    assert planned["result"] is None
    assert not (tmp_path / "opt").exists()
    wanted["test"] = False
    done = state.installed("demo")
    assert done["result"] is True
    assert done["changes"] == planned["changes"]
    assert (tmp_path / "opt/demo/current/program").read_text() == "run"
    assert not (tmp_path / "cached").exists()
    again = state.installed("demo")
    assert (again["result"], again["changes"]) == (True, {})


def test_a_tampered_archive_fails_with_its_reason(wanted: dict[str, Any], tmp_path: Path) -> None:
    served = tmp_path / "served.tar.zst"
    served.write_bytes(served.read_bytes()[:-1])
    failed = state.installed("demo")
    assert failed["result"] is False
    assert "does not match its sum" in failed["comment"]
    assert failed["changes"] == {}
    assert not (tmp_path / "opt/demo/current").exists()


def test_an_artifact_that_the_pillar_does_not_have(wanted: dict[str, Any]) -> None:
    assert (
        state.installed("other")["comment"] == "artifact other is not in this node's pillar (artifacts:other)"
    )
