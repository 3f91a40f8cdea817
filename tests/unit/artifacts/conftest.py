"""A small repository of recipes, and a cache, both of one test."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from meridian.artifacts.settings import Mirrors
from meridian.artifacts.store import Store


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A folder with a file, a program, a folder and a link."""
    root = tmp_path / "tree"
    (root / "lib" / "deep").mkdir(parents=True)
    (root / "lib" / "deep" / "data").write_text("data\n")
    (root / "run").write_text("#!/bin/sh\n")
    (root / "run").chmod(0o755)
    (root / "link").symlink_to("run")
    return root


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A checkout without recipes."""
    root = tmp_path / "repository"
    (root / "salt").mkdir(parents=True)
    return root


@pytest.fixture
def recipe(repository: Path) -> Callable[..., None]:
    """Write a formula's ``artifact.yaml``: ``recipe("kafka", kafka={"version": …, "sources": […]})``."""

    def write(formula: str, /, **artifacts: Any) -> None:
        folder = repository / "salt" / formula
        folder.mkdir(exist_ok=True)
        named = {name.replace("_", "-"): artifact for name, artifact in artifacts.items()}
        (folder / "artifact.yaml").write_text(yaml.safe_dump(named))

    return write


@pytest.fixture
def store(repository: Path, tmp_path: Path) -> Callable[..., Store]:
    """Open a store of the repository, in the test's one cache."""

    def opened(report: Callable[[str], None] | None = None) -> Store:
        return Store(repository, tmp_path / "cache", Mirrors(), report)

    return opened
