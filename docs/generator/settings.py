"""Pages of settings: each section of the pillar, and each formula's defaults."""

import itertools
from collections.abc import Iterator, Mapping
from pathlib import Path

from meridian.common import paths
from meridian.topology.schema import EnvironmentSettings, RegionSettings

from generator import schema
from generator.page import Page, code, fenced, inline, table
from generator.yaml_comments import Commented, Setting, read

_HEADS = ("Key", "Takes", "Default", "What it does")
Settings = Mapping[tuple[str, ...], Setting]


def pillar_pages() -> list[Page]:
    """Return the pages of the pillar: one that lists its sections, then one for each."""
    pages, listing = [], []
    for scope, model in (("environment", EnvironmentSettings), ("region", RegionSettings)):
        for name, field in model.model_fields.items():
            what = inline(schema.summary(field.annotation)) or _formula_intro(name)
            keys = list(schema.keys(field.annotation, (name,)))
            listing.append((f"[{name}]({name}.md)", f"each {scope}", what))
            pages.append(Page(f"reference/pillar/{name}.md", name, _section(name, scope, what, keys)))
    text = (
        "# Pillar keys\n\nWhat `pillar/environments/<env>.sls` and `pillar/regions/<region>.sls` may say,\n"
        "over the defaults in `pillar/defaults/`. Nothing else is taken: a wrong key is refused before\n"
        f"anything is touched.\n\n{table(('Section', 'Of', 'What it is about'), listing)}\n"
    )
    return [Page("reference/pillar/index.md", "Pillar keys", text), *pages]


def formula_pages() -> list[Page]:
    """Return the pages of the formulas: one that lists them, then one for each with its ``defaults.yaml``."""
    pages, listing = [], []
    for file in sorted(_root("salt").glob("*/defaults.yaml")):
        name = file.parent.name
        verbs = sorted(one.stem for one in file.parent.glob("*.sls") if one.stem != "init")
        listing.append((f"[{name}]({name}.md)", _formula_intro(name)))
        text = (
            f"# {name}\n\nStates: {', '.join(code(f'{name}.{verb}') for verb in verbs)}.\n\n"
            f"The formula's defaults, `salt/{name}/defaults.yaml`:\n\n"
            f"{fenced(file.read_text(encoding='utf-8'), 'yaml')}\n"
        )
        pages.append(Page(f"reference/formulas/{name}.md", name, text))
    text = f"# Formulas\n\n{table(('Formula', 'What it is about'), listing)}\n"
    return [Page("reference/formulas/index.md", "Formulas", text), *pages]


def _section(name: str, scope: str, what: str, keys: list[schema.Key]) -> str:
    home, defaults = _pillar_defaults(name)
    formula = _formula_defaults(name)
    # What explains a key: the file that has its default in the end, else whichever says something of it.
    said: dict[tuple[str, ...], Setting] = {}
    for source in (_examples(name), formula, defaults):
        said |= {path: one for path, one in source.items() if one.comment}
    parts = [f"# {name}", what, f"A section of each {scope}."]
    if home and (intro := read(home.read_text(encoding="utf-8")).intro[name]):
        parts.append(fenced(intro, "text"))
    rows = list(_rows(keys, said, defaults, formula))
    width = 4 if any(row[3] for row in rows) else 3
    parts.append(table(_HEADS[:width], [row[:width] for row in rows]))
    homes = [f"`pillar/defaults/{home.name}`"] if home else []
    if formula:
        folder = _folder(name)
        homes.append(f"`salt/{folder}/defaults.yaml` ([the formula](../formulas/{folder}.md))")
    if homes:
        parts.append(f"Defaults are in {' and '.join(homes)}.")
    return "\n\n".join(part for part in parts if part) + "\n"


def _rows(keys: list[schema.Key], said: Settings, *defaults: Settings) -> Iterator[tuple[str, ...]]:
    """Return a row for each key, and before the first of a mapping's one for what is said of all of them."""
    begun: set[tuple[str, ...]] = set()
    for key in keys:
        for size in range(2, len(key.path)):
            above = key.path[:size]
            if above in said and above not in begun:
                yield code(".".join(above)), "mapping", "", inline(said[above].comment)
            begun.add(above)
        yield _row(key, said, *defaults)


def _row(key: schema.Key, said: Settings, *defaults: Settings) -> tuple[str, ...]:
    values = [source[key.path].value for source in defaults if key.path in source]
    default = next((value for value in values if value), key.default or "")
    comment = said[key.path].comment if key.path in said else ""
    return code(".".join(key.path)), key.takes, code(default), inline(comment)


def _pillar_defaults(section: str) -> tuple[Path | None, Settings]:
    """Return the file of ``pillar/defaults`` that has a section, and what it says of that."""
    for file in sorted(_root("pillar/defaults").glob("*.sls")):
        commented = read(file.read_text(encoding="utf-8"))
        if section in commented.intro:
            return file, _by_path(commented)
    return None, {}


def _formula_defaults(section: str) -> Settings:
    file = _root("salt") / _folder(section) / "defaults.yaml"
    return _by_path(read(file.read_text(encoding="utf-8")), (section,)) if file.is_file() else {}


def _formula_intro(section: str) -> str:
    file = _root("salt") / _folder(section) / "defaults.yaml"
    return (
        inline(read(file.read_text(encoding="utf-8")).intro[""].replace("\n", " ")) if file.is_file() else ""
    )


def _examples(section: str) -> Settings:
    """Return what shipped environments and regions explain of a section that has no defaults."""
    found: dict[tuple[str, ...], Setting] = {}
    for file in itertools.chain(
        *(sorted(_root(f"pillar/{one}").glob("*.sls")) for one in ("regions", "environments"))
    ):
        settings = _by_path(read(file.read_text(encoding="utf-8")))
        found = {path: one for path, one in settings.items() if path[0] == section and one.comment} | found
    return found if _pillar_defaults(section)[0] is None else {}


def _by_path(commented: Commented, below: tuple[str, ...] = ()) -> Settings:
    return {(*below, *one.path): one for one in commented.settings}


def _folder(section: str) -> str:
    return section.replace("_", "-")


def _root(name: str) -> Path:
    return paths.repository() / name
