"""Pages of settings: each section of the pillar, and each formula's defaults."""

from collections.abc import Mapping
from pathlib import Path

from meridian.common import paths
from meridian.topology.schema import EnvironmentSettings, RegionSettings

from generator import schema
from generator.page import Page, code, fenced, inline, table
from generator.yaml_comments import Commented, Setting, read

HEADS = ("Key", "Takes", "Default", "What it does")


def pillar_pages() -> list[Page]:
    """Return the pages of the pillar: one that lists its sections, then one for each."""
    defaults = {
        file: read(file.read_text(encoding="utf-8"))
        for file in sorted(_root("pillar/defaults").glob("*.sls"))
    }
    pages, listing = [], []
    for scope, model in (("environment", EnvironmentSettings), ("region", RegionSettings)):
        for name, field in model.model_fields.items():
            what = inline(schema.summary(field.annotation))
            listing.append((f"[{name}]({name}.md)", f"each {scope}", what))
            keys = list(schema.keys(field.annotation, (name,)))
            pages.append(
                Page(f"reference/pillar/{name}.md", name, _section(name, scope, what, keys, defaults))
            )
    text = (
        "# Pillar keys\n\nWhat `pillar/environments/<env>.sls` and `pillar/regions/<region>.sls` may say, over "
        "the defaults in `pillar/defaults/`. Nothing else is taken: a wrong key is refused before anything is "
        "touched.\n\n"
        f"{table(('Section', 'Of', 'What it is about'), listing)}\n"
    )
    return [Page("reference/pillar/index.md", "Pillar keys", text), *pages]


def formula_pages() -> list[Page]:
    """Return the pages of the formulas: one that lists them, then one for each with its ``defaults.yaml``."""
    files = {file.parent.name: file for file in sorted(_root("salt").glob("*/defaults.yaml"))}
    pages, listing = [], []
    for name, file in files.items():
        text = file.read_text(encoding="utf-8")
        intro = inline(read(text).intro[""].replace("\n", " "))
        states = ", ".join(
            f"`{name}.{one.stem}`" for one in sorted(file.parent.glob("*.sls")) if one.stem != "init"
        )
        listing.append((f"[{name}]({name}.md)", intro))
        body = [
            f"# {name}",
            f"States: {states}. The formula's defaults are `salt/{name}/defaults.yaml`:",
            fenced(text, "yaml"),
        ]
        pages.append(Page(f"reference/formulas/{name}.md", name, "\n\n".join(body) + "\n"))
    text = f"# Formulas\n\n{table(('Formula', 'What it is about'), listing)}\n"
    return [Page("reference/formulas/index.md", "Formulas", text), *pages]


def _section(
    name: str, scope: str, what: str, keys: list[schema.Key], defaults: Mapping[Path, Commented]
) -> str:
    file, commented = next(((file, one) for file, one in defaults.items() if name in one.intro), (None, None))
    formula = name.replace("_", "-")
    formula_file = _root("salt") / formula / "defaults.yaml"
    known = (
        {}
        if not formula_file.is_file()
        else _by_path(read(formula_file.read_text(encoding="utf-8")), (name,))
    )
    if commented:
        known |= {path: one for path, one in _by_path(commented).items() if one.comment or path not in known}
    written = _by_path(commented) if commented else {}
    parts = [f"# {name}", f"{what or name} A section of each {scope}."]
    if file and commented and commented.intro[name]:
        parts.append(fenced(commented.intro[name], "text"))
    parts.append(table(HEADS, [_row(key, known, written) for key in keys]))
    homes = [f"`pillar/defaults/{file.name}`"] if file else []
    if formula_file.is_file():
        homes.append(f"`salt/{formula}/defaults.yaml` ([its page](../formulas/{formula}.md))")
    if homes:
        parts.append(f"Defaults are in {' and '.join(homes)}.")
    return "\n\n".join(parts) + "\n"


def _row(
    key: schema.Key, known: Mapping[tuple[str, ...], Setting], written: Mapping[tuple[str, ...], Setting]
) -> tuple[str, ...]:
    explained, value = known.get(key.path), written.get(key.path)
    default = (value.value if value else "") or (explained.value if explained else "") or key.default or ""
    return code(".".join(key.path)), key.takes, code(default), inline(explained.comment if explained else "")


def _by_path(commented: Commented, below: tuple[str, ...] = ()) -> dict[tuple[str, ...], Setting]:
    return {(*below, *one.path): one for one in commented.settings}


def _root(name: str) -> Path:
    return paths.repository() / name
