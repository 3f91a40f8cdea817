"""Which tests a change asks for: ``./meridian test --changed REV``. By imports, and a table of all else."""

import ast
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from meridian.common.errors import MeridianError

_LINT = "tests/lint"
_DOCUMENTATION = "tests/lint/test_documentation.py"
_PLATFORM = "tests/integration/platform"
_RENDER = "tests/render"
# Folders and files → the tests that run them without importing them; the longest that fits counts.
_TABLE: Mapping[str, tuple[str, ...]] = {
    "docs": (_DOCUMENTATION, "tests/unit/generator"),
    "mkdocs.yml": (_DOCUMENTATION,),
    "README.md": (_DOCUMENTATION,),
    "LICENSE": (_LINT,),
    "benchmarks": (_LINT,),
    "molecule": (_LINT, _PLATFORM),
    "orchestrate": (_LINT, "tests/unit/operations", _PLATFORM),
    "pillar": (_LINT, "tests/unit", _RENDER, _PLATFORM),
    "cloud.providers.d": ("tests/unit", "tests/integration/cloud", "tests/integration/lifecycle", _PLATFORM),
    "cloud.profiles.d": ("tests/unit", "tests/integration/cloud", "tests/integration/lifecycle", _PLATFORM),
    "salt": (_LINT, _RENDER, "tests/unit/states", _PLATFORM),
    "salt/kafka": (_LINT, _RENDER, "tests/integration/kafka", "tests/integration/mirror", _PLATFORM),
    "salt/connect": (_LINT, _RENDER, "tests/integration/mirror", _PLATFORM),
    "salt/zookeeper": (_LINT, _RENDER, "tests/integration/zookeeper", _PLATFORM),
    "salt/elasticsearch": (_LINT, _RENDER, "tests/integration/elasticsearch", _PLATFORM),
    "salt/mesos": (_LINT, _RENDER, "tests/integration/mesos", _PLATFORM),
    "salt/marathon": (_LINT, _RENDER, "tests/integration/marathon", _PLATFORM),
    "salt/proxy": (_LINT, _RENDER, "tests/integration/discovery", _PLATFORM),
    "apps/archiver": (_LINT, "tests/unit/archiver", "tests/integration/archive", _PLATFORM),
    "apps/connect-predicates": ("tests/unit/connect_predicates", "tests/integration/mirror", _PLATFORM),
    "apps/elasticsearch-sink": (
        _LINT,
        "tests/unit/elasticsearch_sink",
        "tests/integration/elasticsearch",
        _PLATFORM,
    ),
    "apps/kafka-scheduler": (
        _LINT,
        "tests/unit/kafka_scheduler",
        "tests/integration/scheduler",
        "tests/integration/kafka",
        _PLATFORM,
    ),
    "apps/zookeeper-access": ("tests/integration/zookeeper",),
    # Deployed with every node: what no test imports shows there.
    "modules/meridian": (_LINT, _PLATFORM),
    "tests/infra": (_LINT, _PLATFORM),
    "tests/doubles": (_LINT, "tests/unit/doubles"),
    "tests/render/golden": (_RENDER,),
    "tests": (_LINT,),
}
#: Folders whose Python files import each other by name, and what their names begin with.
_SOURCES = {"modules": "", "tests": "tests.", "apps/archiver": "", "apps/kafka-scheduler": ""}


@dataclass(frozen=True)
class Choice:
    """The tests that a change asks for.

    :ivar places: folders and files of tests; empty where nothing is asked for.
    :ivar why: place → a changed file that asks for it.
    :ivar everything: a changed file of which nothing is known, so that all tests are asked for.
    """

    places: tuple[str, ...]
    why: Mapping[str, str] = field(default_factory=dict)
    everything: str = ""


def files(repository: Path, revision: str) -> list[str]:
    """Return the files that differ from a revision, with those that are not committed, relative to the root.

    :raises MeridianError: there is no such revision, or no git.
    """
    found: set[str] = set()
    for arguments in (
        ["diff", "--name-only", "--no-renames", "-z", revision, "--"],
        ["ls-files", "--others", "--exclude-standard", "-z"],
    ):
        try:
            done = subprocess.run(
                ["git", "-C", str(repository), *arguments], capture_output=True, text=True, check=False
            )
        except FileNotFoundError as error:
            raise MeridianError("--changed: git is not installed") from error
        if done.returncode:
            said = (done.stderr.strip().splitlines() or ["git failed"])[0]
            raise MeridianError(f"--changed {revision}: {said}")
        found.update(filter(None, done.stdout.split("\0")))
    return sorted(found)


def choose(repository: Path, changed: Iterable[str]) -> Choice:
    """Return which tests changed files ask for.

    Tests that import a changed file, however far, and those of the table; all for a file that neither knows.
    """
    why: dict[str, str] = {}
    users = _users(_imports(repository))
    for file in changed:
        wanted = [*_importing(file, users), *_listed(file)]
        if not wanted:
            return Choice((), {}, file)
        for place in wanted:
            if (repository / place).exists():
                why.setdefault(place, file)
    return Choice(tuple(_outermost(why)), why)


def _importing(file: str, users: Mapping[str, set[str]]) -> Iterator[str]:
    """Yield the files of tests that come to a file by imports; a ``conftest.py`` stands for its folder."""
    seen, waiting = {file}, [file]
    while waiting:
        here = waiting.pop()
        name = PurePosixPath(here)
        if name.parts[0] == "tests" and name.name == "conftest.py":
            yield str(name.parent)
        elif name.parts[0] == "tests" and name.name.startswith("test_"):
            yield here
        for user in users.get(here, ()):
            if user not in seen:
                seen.add(user)
                waiting.append(user)


def _listed(file: str) -> tuple[str, ...]:
    fitting = [key for key in _TABLE if file == key or file.startswith(f"{key}/")]
    return _TABLE[max(fitting, key=len)] if fitting else ()


def _outermost(places: Iterable[str]) -> Iterator[str]:
    """Yield places that no other of them holds."""
    every = sorted(set(places))
    for place in every:
        if not any(place != other and place.startswith(f"{other}/") for other in every):
            yield place


def _imports(repository: Path) -> dict[str, set[str]]:
    """Return which files each Python file of the repository imports."""
    names: dict[str, str] = {}
    for source, prefix in _SOURCES.items():
        for path in (repository / source).rglob("*.py"):
            parts = path.relative_to(repository / source).with_suffix("").parts
            parts = parts[:-1] if parts[-1] == "__init__" else parts
            names[prefix + ".".join(parts)] = str(path.relative_to(repository))
    return {
        file: {names[name] for name in _named(repository / file) if name in names} for file in names.values()
    }


def _named(path: Path) -> Iterator[str]:
    """Yield the names that a file imports, with what each may be a part of."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{one.name}" for one in node.names)


def _users(imports: Mapping[str, set[str]]) -> dict[str, set[str]]:
    users: dict[str, set[str]] = {}
    for file, used in imports.items():
        for one in used:
            users.setdefault(one, set()).add(file)
    return users


def said(choice: Choice, changed: Sequence[str]) -> Iterator[str]:
    """Yield what to tell the user: which tests, and why."""
    if choice.everything:
        yield f"all tests: nothing is known of {choice.everything}"
    elif not changed:
        yield "nothing changed"
    else:
        yield from (f"{place}: {choice.why[place]}" for place in choice.places)
