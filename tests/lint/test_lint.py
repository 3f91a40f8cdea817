"""Static checks: each tool over everything it knows, its own words on a failure."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lint.repository import REPOSITORY, tracked

TOOLS = Path(sys.executable).parent


def run(*command: str) -> None:
    """Run a tool in the repository and fail with what it prints."""
    done = subprocess.run(
        command,
        cwd=REPOSITORY,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        env=os.environ | {"NO_COLOR": "1"},
    )
    if done.returncode != 0:
        pytest.fail(
            f"{Path(command[0]).name}: exit code {done.returncode}\n{done.stdout[-6000:]}", pytrace=False
        )


def test_ruff() -> None:
    run(str(TOOLS / "ruff"), "check", "--no-cache", ".")


def test_mypy() -> None:
    run(str(TOOLS / "mypy"))


def test_salt_lint() -> None:
    files = [name for name in tracked(".sls") if name.startswith(("salt/", "orchestrate/"))]
    run(str(TOOLS / "salt-lint"), *files)


def test_shell_syntax() -> None:
    scripts = [*tracked(".sh"), "meridian", ".ci/run"]
    for script in scripts:
        run(shutil.which("bash") or "bash", "-n", script)


def test_every_function_that_salt_users_call_has_an_example() -> None:
    """A function's docstring is its user documentation."""
    import ast

    missing = []
    for name in tracked(".py"):
        folder = str(Path(name).parent)
        if folder not in {f"modules/meridian/{kind}" for kind in ("modules", "runners", "states")}:
            continue
        for function in ast.parse((REPOSITORY / name).read_text(encoding="utf-8")).body:
            if not isinstance(function, ast.FunctionDef) or function.name.startswith("_"):
                continue
            wanted = "CLI Example:" if not folder.endswith("states") else ".. code-block::"
            if wanted not in (ast.get_docstring(function) or ""):
                missing.append(f"{name}:{function.lineno} {function.name}")
    assert missing == []
