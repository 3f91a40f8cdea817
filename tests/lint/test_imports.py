"""Which package of ours may import which: dependencies point one way, and Salt is known in few places."""

import ast
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "modules" / "meridian"
# A package may import those of its own layer and of the layers below it.
LAYERS = (
    {"common"},
    {"topology"},
    {"artifacts", "pki"},
    {"services", "cloud", "node"},
    {"plan", "verification", "salt_api"},
    {"operations"},
    {"cli", "modules", "states", "runners", "clouds", "pillar"},
)
HEIGHT = {name: height for height, layer in enumerate(LAYERS) for name in layer}
KNOW_SALT = {"salt_api", "modules", "states", "runners", "clouds", "pillar", "cli"}


def imports(file: Path) -> Iterator[tuple[int, str]]:
    """Return the line and the dotted name of each import of a file."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            names = [f"{base}.{alias.name}" for alias in node.names] if base == "meridian" else [base]
            yield from ((node.lineno, name) for name in names)


def sources() -> Iterator[tuple[Path, str]]:
    """Return each file below a package of ours, and the package's name."""
    for file in sorted(PACKAGE.rglob("*.py")):
        place = file.relative_to(PACKAGE)
        if len(place.parts) > 1:
            yield file, place.parts[0]


def test_every_package_has_its_layer() -> None:
    assert {package for _, package in sources()} == set(HEIGHT)


def test_no_package_imports_one_above_it() -> None:
    wrong = [
        f"{file.relative_to(PACKAGE)}:{line} {name}"
        for file, package in sources()
        for line, name in imports(file)
        if name.startswith("meridian.") and HEIGHT[name.split(".")[1]] > HEIGHT[package]
    ]
    assert wrong == []


def test_salt_is_imported_where_it_may_be() -> None:
    wrong = [
        f"{file.relative_to(PACKAGE)}:{line} {name}"
        for file, package in sources()
        for line, name in imports(file)
        if name.split(".")[0] == "salt" and package not in KNOW_SALT
    ]
    assert wrong == []
