"""Kinds of sources, one file each. A recipe names them in order of preference."""

from typing import Any

from pydantic import ValidationError

from meridian.artifacts.sources.base import Source
from meridian.artifacts.sources.debian import Debian
from meridian.artifacts.sources.file import File
from meridian.artifacts.sources.go import Go
from meridian.artifacts.sources.java import Java
from meridian.artifacts.sources.maven import Maven
from meridian.artifacts.sources.maven_archive import MavenArchive
from meridian.artifacts.sources.named import Named
from meridian.artifacts.sources.pypi import Pypi
from meridian.artifacts.sources.tree import Tree
from meridian.artifacts.sources.url import Url
from meridian.common.errors import MeridianError

KINDS: dict[str, type[Source]] = {
    "debian": Debian,
    "file": File,
    "go": Go,
    "java": Java,
    "maven": Maven,
    "maven_archive": MavenArchive,
    "named": Named,
    "pypi": Pypi,
    "tree": Tree,
    "url": Url,
}


def parse(spec: dict[str, Any]) -> Source:
    """Make a source of its entry in a recipe.

    :param spec: the entry; ``kind`` says which one, the rest are its keys.
    :raises MeridianError: the kind is unknown, or a key is missing, unknown or of the wrong type.
    """
    kind = KINDS.get(str(spec.get("kind")))
    if kind is None:
        raise MeridianError(f"no source kind {spec.get('kind')!r}; there are {', '.join(sorted(KINDS))}")
    try:
        return kind.model_validate(spec)
    except ValidationError as problem:
        first = problem.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise MeridianError(f"source {spec['kind']}: {key}: {first['msg']}") from problem
