"""Which tests a change asks for."""

import subprocess
from pathlib import Path

import pytest
from meridian.cli import changed
from meridian.common import paths
from meridian.common.errors import MeridianError


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with a package, its tests, and one formula."""
    for name, text in {
        "modules/meridian/__init__.py": "",
        "modules/meridian/low.py": "",
        "modules/meridian/high.py": "from meridian import low",
        "modules/meridian/other.py": "",
        "tests/unit/test_low.py": "from meridian.low import x",
        "tests/unit/test_high.py": "import meridian.high",
        "tests/unit/test_other.py": "from meridian import other",
        "tests/integration/kafka/conftest.py": "from tests.helping import z",
        "tests/integration/kafka/test_a.py": "",
        "tests/integration/platform/test_all.py": "",
        "tests/helping.py": "",
        "tests/lint/test_documentation.py": "",
        "tests/render/test_states.py": "",
        "docs/a.md": "",
        "salt/kafka/init.sls": "",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_tests_that_come_to_it_by_imports_are_chosen_and_no_others(repository: Path) -> None:
    choice = changed.choose(repository, ["modules/meridian/low.py"])
    assert {"tests/unit/test_low.py", "tests/unit/test_high.py"} <= set(choice.places)
    assert "tests/unit/test_other.py" not in choice.places
    assert choice.why["tests/unit/test_high.py"] == "modules/meridian/low.py"
    # It is on every node that the platform's tests deploy.
    assert "tests/integration/platform" in choice.places


def test_a_helper_of_a_suite_asks_for_the_suite(repository: Path) -> None:
    assert "tests/integration/kafka" in changed.choose(repository, ["tests/helping.py"]).places


def test_documentation_asks_for_its_own_tests_alone(repository: Path) -> None:
    assert changed.choose(repository, ["docs/a.md"]).places == ("tests/lint/test_documentation.py",)


def test_a_formula_asks_for_its_suites(repository: Path) -> None:
    places = changed.choose(repository, ["salt/kafka/init.sls"]).places
    assert {"tests/render", "tests/integration/kafka", "tests/integration/platform"} <= set(places)


def test_what_nobody_knows_asks_for_everything(repository: Path) -> None:
    choice = changed.choose(repository, ["docs/a.md", "somewhere/new.txt"])
    assert (choice.places, choice.everything) == ((), "somewhere/new.txt")
    assert list(changed.said(choice, ["x"])) == ["all tests: nothing is known of somewhere/new.txt"]


def test_every_folder_that_the_table_names_is_there() -> None:
    root = paths.repository()
    named = {place for places in changed._TABLE.values() for place in places} | set(changed._TABLE)
    assert {place for place in named if not (root / place).exists()} == set()


def test_changes_since_a_revision_are_those_not_committed_as_well(repository: Path) -> None:
    def git(*arguments: str) -> None:
        own = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main"]
        subprocess.run(["git", "-C", str(repository), *own, *arguments], check=True, capture_output=True)

    git("init")
    git("add", "docs", "salt")
    git("commit", "-m", "first")
    git("add", "modules", "tests")
    git("commit", "-m", "second")
    (repository / "docs/a.md").write_text("more")
    (repository / "new.txt").write_text("")
    found = changed.files(repository, "HEAD")
    assert found == ["docs/a.md", "new.txt"]
    assert "modules/meridian/low.py" in changed.files(repository, "HEAD~1")
    with pytest.raises(MeridianError, match="--changed nowhere: fatal: bad revision 'nowhere'"):
        changed.files(repository, "nowhere")
