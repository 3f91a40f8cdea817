"""What is documented is there: the site builds, its links lead somewhere, and what pages name exists."""

import ast
import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from meridian.cli import docs
from meridian.cli.main import parser
from meridian.common.errors import MeridianError
from meridian.topology.schema import EnvironmentSettings, RegionSettings

from tests.lint.repository import REPOSITORY, tracked

PAGES = [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").glob("*.md"))]
#: What Salt itself brings, of which pages tell.
SALTS_OWN = {"state.orchestrate", "salt.cmd"}
# Placeholders such as <env> stand for anything.
_PLACE = re.compile(r"(?<![\w./<>~$-])(?:[\w.<>*-]+/)+[\w.<>*-]*")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site: MkDocs is strict about pages that no one finds, links and anchors that lead nowhere."""
    return docs.build(tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="module")
def places() -> set[str]:
    """The repository's files and folders."""
    files = set(tracked())
    return files | {str(folder) for name in files for folder in Path(name).parents}


class _Fetched(HTMLParser):
    """Collects what a browser would fetch to show a page."""

    def __init__(self) -> None:
        super().__init__()
        self.places: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in {"script", "img", "iframe"} and "src" in given:
            self.places.append(given["src"])
        if tag == "link" and given.get("rel") in {"stylesheet", "icon", "preconnect"}:
            self.places.append(given.get("href", ""))


def test_a_link_that_leads_nowhere_ends_the_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / "copy"
    for name in ("docs", "pillar/defaults", "salt"):
        shutil.copytree(REPOSITORY / name, copy / name)
    for name in ("mkdocs.yml", "README.md"):
        shutil.copy(REPOSITORY / name, copy / name)
    (copy / "docs/plan.md").write_text("# Plan\n\n[gone](gone.md), [no place](mesos.md#nowhere)\n", "utf-8")
    (copy / "docs/lost.md").write_text("# Nobody finds it\n", "utf-8")
    monkeypatch.setattr(docs.paths, "repository", lambda: copy)
    with pytest.raises(MeridianError) as refused:
        docs.build(tmp_path / "site")
    for part in ("gone.md", "#nowhere", "lost.md"):
        assert part in str(refused.value)


def test_a_page_needs_nothing_from_elsewhere(site: Path) -> None:
    fetched = _Fetched()
    for page in site.rglob("*.html"):
        fetched.feed(page.read_text(encoding="utf-8"))
    assert fetched.places
    assert [place for place in fetched.places if place.startswith(("http:", "https:", "//"))] == []


def test_nothing_but_pages_is_published(site: Path) -> None:
    assert [str(file.relative_to(site)) for file in site.rglob("*.py*")] == []


@pytest.mark.parametrize("folder", ["runners", "modules", "states"])
def test_every_function_is_in_the_reference(site: Path, folder: str) -> None:
    """By its own name: a module may be called otherwise than its file."""
    text = "\n".join(page.read_text("utf-8") for page in (site / "reference" / folder).glob("*.html"))
    missing = [
        f"{file.name} {function.name}"
        for file in (REPOSITORY / "modules" / "meridian" / folder).glob("*.py")
        for function in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(function, ast.FunctionDef)
        and not function.name.startswith("_")
        and f".{function.name.rstrip('_')}<" not in text
    ]
    assert missing == []


@pytest.mark.parametrize("model", [EnvironmentSettings, RegionSettings])
def test_every_section_of_the_pillar_is_in_the_reference(
    site: Path, model: type[EnvironmentSettings] | type[RegionSettings]
) -> None:
    for section in model.model_fields:
        assert f"<code>{section}" in (site / "reference" / "pillar" / f"{section}.html").read_text("utf-8")


def test_a_setting_is_shown_with_its_default_and_meaning(site: Path) -> None:
    row = next(
        line
        for line in (site / "reference/pillar/kafka.html").read_text("utf-8").split("<tr>")
        if "<code>kafka.heap_mb</code>" in line
    )
    assert "whole number, ≥ 128" in row
    assert "<code>4096</code>" in row
    assert "MiB, -Xms and -Xmx of a broker" in row


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_place_in_the_repository_that_a_page_names_is_there(page: Path, places: set[str]) -> None:
    tops = {name.split("/")[0] for name in places if "/" in name}
    missing = [
        place
        for place in _places(page.read_text(encoding="utf-8"))
        if place.split("/")[0] in tops and not _exists(place, places)
    ]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_command_that_a_page_names_is_one(page: Path) -> None:
    action = next(one for one in parser()._actions if isinstance(one.choices, dict))
    named = set(re.findall(r"\./meridian ([a-z]+)", page.read_text(encoding="utf-8")))
    assert named <= set(action.choices or ())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_runner_that_a_page_names_is_one(page: Path, site: Path) -> None:
    index = (site / "reference" / "runners" / "index.html").read_text("utf-8")
    known = {".".join(found) for found in re.findall(r'href="(\w+)\.html#[^"]*">(\w+)<', index)}
    assert "mirror.status" in known
    named = set(re.findall(r"salt-run ([a-z_]+\.[a-z_]+)", page.read_text(encoding="utf-8")))
    # The one that docs/extending.md makes.
    assert named - SALTS_OWN - {"groups.regions"} <= known


def _places(text: str) -> Iterator[str]:
    for found in _PLACE.findall(text):
        yield found.rstrip(".-")


def _exists(place: str, known: set[str]) -> bool:
    pattern = re.compile(re.sub(r"<[^>]*>|\\\*", "[^/]*", re.escape(place.rstrip("/"))))
    return any(pattern.fullmatch(name) for name in known)
