"""What an artifact is: name, version and where it can be had, read from ``salt/<formula>/artifact.yaml``."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from meridian.artifacts import sources
from meridian.artifacts.sources.base import Source
from meridian.common.errors import MeridianError


class _Written(BaseModel):
    """One artifact as the file has it."""

    model_config = ConfigDict(extra="forbid")

    version: str = Field(pattern=r"^[A-Za-z0-9._+]+$")
    sources: list[dict[str, Any]] = Field(min_length=1)
    needs: list[str] = []
    exclude: list[str] = []
    scope: str = "nodes"


@dataclass(frozen=True)
class Definition:
    """An artifact's recipe.

    :ivar folder: the formula's folder; paths in the recipe are relative to the repository or to it.
    :ivar sources: in order of preference.
    :ivar needs: names of artifacts that must be there first.
    :ivar exclude: patterns of paths (as :func:`fnmatch.fnmatch` has them) left out of the archive.
    :ivar scope: ``nodes`` for what states install on nodes, ``local`` for what the local cloud alone needs.
    :ivar written: the recipe as it stands in the file; part of what decides whether a cached one still holds.
    """

    name: str
    version: str
    folder: Path
    sources: tuple[Source, ...]
    needs: tuple[str, ...]
    exclude: tuple[str, ...]
    scope: str
    written: dict[str, Any]


def load(salt_root: Path) -> dict[str, Definition]:
    """Read every definition below ``salt/``, in an order in which each comes after what it needs.

    :param salt_root: the repository's ``salt`` folder.
    :raises MeridianError: a file is wrong (names file, artifact and key), a name is taken twice, or a needed
        artifact is not defined.
    """
    found: dict[str, Definition] = {}
    for file in sorted(salt_root.glob("*/artifact.yaml")):
        try:
            data = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
        except (OSError, yaml.YAMLError) as problem:
            raise MeridianError(f"{file}: no valid YAML ({' '.join(str(problem).split())})") from problem
        for name, written in data.items():
            if name in found:
                raise MeridianError(f"{file}: artifact {name} is defined in {found[name].folder} as well")
            found[name] = _parse(file, name, written)
    return _ordered(found)


def _parse(file: Path, name: str, written: Any) -> Definition:
    try:
        checked = _Written.model_validate(written)
        parsed = tuple(sources.parse(spec) for spec in checked.sources)
    except ValidationError as problem:
        first = problem.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise MeridianError(f"{file}: {name}: {key}: {first['msg']}") from problem
    except MeridianError as problem:
        raise MeridianError(f"{file}: {name}: {problem}") from problem
    return Definition(
        name=name,
        version=checked.version,
        folder=file.parent,
        sources=parsed,
        needs=tuple(checked.needs),
        exclude=tuple(checked.exclude),
        scope=checked.scope,
        written=dict(written),
    )


def _ordered(found: dict[str, Definition]) -> dict[str, Definition]:
    ordered: dict[str, Definition] = {}

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            raise MeridianError(f"artifacts need each other in a circle: {' → '.join((*path, name))}")
        if name in ordered:
            return
        if name not in found:
            raise MeridianError(f"artifact {path[-1]} needs {name}, which no salt/*/artifact.yaml defines")
        for needed in found[name].needs:
            visit(needed, (*path, name))
        ordered[name] = found[name]

    for name in found:
        visit(name, ())
    return ordered
