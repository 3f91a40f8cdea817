"""Pillar files as layers, and their merge with a memory of which file each value came from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from meridian.topology.problems import Path, Problem


@dataclass(frozen=True)
class Source:
    """One rendered pillar file.

    :ivar file: how messages name it, e.g. ``pillar/defaults/kafka.sls``.
    :ivar data: its top-level mapping.
    """

    file: str
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Layers:
    """The rendered files that one environment is made of.

    :ivar defaults: ``pillar/defaults/*.sls``, in order of their names.
    :ivar environments: the environment's file, preceded by those it extends (the furthest first).
    :ivar regions: ``pillar/regions/<region>.sls`` by region; those the environment does not use do no harm.
    :ivar providers: alias in ``cloud.providers.d/`` to what libcloud calls the provider; an alias that is not
        there counts as libcloud's own name.
    """

    defaults: tuple[Source, ...]
    environments: tuple[Source, ...]
    regions: Mapping[str, Source]
    providers: Mapping[str, str] = field(default_factory=dict)

    def kind(self, alias: str) -> str:
        """Return what libcloud calls the provider of an alias."""
        return self.providers.get(alias, alias)


@dataclass(frozen=True)
class Origin:
    """Where a value was written.

    :ivar path: keys within that file; they differ from the merged ones under ``overrides``.
    """

    file: str
    path: Path


@dataclass
class Merged:
    """Layers laid over one another.

    :ivar data: the result. Mappings merge key by key, anything else is replaced, ``None`` removes.
    """

    data: dict[str, Any] = field(default_factory=dict)
    _origins: dict[Path, Origin] = field(default_factory=dict)
    _sealed: set[Path] = field(default_factory=set)

    def lay(
        self,
        data: Mapping[str, Any],
        file: str,
        prefix: Path = (),
        *,
        seal: bool = False,
        heed_seals: bool = False,
    ) -> None:
        """Lay one more layer on top.

        :param file: the file that ``data`` comes from.
        :param prefix: keys in that file under which ``data`` stands.
        :param seal: what this layer removes stays away from layers that heed it.
        :param heed_seals: leave out what an earlier layer removed and sealed: what is said for all regions
            must not bring back half of a thing that one region does without.
        """
        self._lay(self.data, data, file, prefix, (), seal, heed_seals)

    def _lay(
        self,
        onto: dict[str, Any],
        data: Mapping[str, Any],
        file: str,
        prefix: Path,
        at: Path,
        seal: bool,
        heed_seals: bool,
    ) -> None:
        for key, value in data.items():
            path = (*at, str(key))
            if heed_seals and path in self._sealed:
                continue
            self._origins[path] = Origin(file, (*prefix, *path))
            if isinstance(value, Mapping):
                if not isinstance(onto.get(key), dict):
                    onto[key] = {}
                self._lay(onto[key], value, file, prefix, path, seal, heed_seals)
                continue
            # Below what was no mapping nothing was ever laid; looking for it takes as long as there are keys.
            if isinstance(onto.get(key), dict):
                self._forget_below(path)
            if value is None:
                onto.pop(key, None)
                if seal:
                    self._sealed.add(path)
            else:
                onto[key] = _plain(value)

    def _forget_below(self, path: Path) -> None:
        size = len(path)
        for known in [key for key in self._origins if len(key) > size and key[:size] == path]:
            del self._origins[known]

    def origin(self, path: Path, fallback: str = "pillar") -> Origin:
        """Return where the value at a merged path was written.

        :param path: keys in the merged data; for one that was never written, the nearest key above counts.
        :param fallback: file to name when nothing above was written either.
        """
        for size in range(len(path), 0, -1):
            known = self._origins.get(path[:size])
            if known is not None:
                return Origin(known.file, (*known.path, *path[size:]))
        return Origin(fallback, path)

    def problem(self, path: Path, expected: str) -> Problem:
        """Return what is wrong with the value at a merged path, told by where it was written."""
        origin = self.origin(path)
        return Problem(origin.file, origin.path, expected)


def _plain(value: Any) -> Any:
    """Copy a value; mappings become plain dicts (Salt renders ordered ones) and tuples lists."""
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value
