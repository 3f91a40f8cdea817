"""What profiles and providers say of a machine, read from their files alone: without credentials or cloud."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from meridian.common.errors import MeridianError

# Keys of a provider's `arguments` that say where it makes machines, by libcloud's drivers.
_PLACES = ("region", "datacenter", "location", "ex_force_service_region")


@dataclass(frozen=True)
class Offer:
    """A machine as a provider sells it.

    :ivar provider: alias of the provider, a key in ``cloud.providers.d/``.
    :ivar kind: libcloud's name of it, e.g. ``ec2``.
    :ivar size: the provider's id of the size, e.g. ``m5.large``.
    :ivar location: the provider's name of the place, e.g. ``us-east-1``; empty when nothing says one.
    """

    provider: str
    kind: str
    size: str
    location: str


@dataclass(frozen=True)
class Catalogue:
    """Profiles and providers by name, as their files have them."""

    profiles: Mapping[str, Mapping[str, Any]]
    providers: Mapping[str, Mapping[str, Any]]

    @classmethod
    def read(cls, folder: Path) -> "Catalogue":
        """Read ``cloud.profiles.d/*.conf`` and ``cloud.providers.d/*.conf`` below a folder.

        :raises MeridianError: a file is no YAML mapping; names it.
        """
        return cls(
            _read(sorted((folder / "cloud.profiles.d").glob("*.conf"))),
            _read(sorted((folder / "cloud.providers.d").glob("*.conf"))),
        )

    def profile(self, name: str) -> dict[str, Any]:
        """Return a profile's settings, with those of the profiles that it extends.

        :raises MeridianError: no file has it.
        """
        return _extended(self.profiles, name, "cloud.profiles.d/")

    def offer(self, profile: str, location: str = "") -> Offer:
        """Return what a profile asks its provider for.

        :param location: the place that the pillar says; else the profile's, else the provider's.
        :raises MeridianError: profile or provider is in no file.
        """
        settings = self.profile(profile)
        alias = str(settings.get("provider", "")).partition(":")[0]
        provider = _extended(self.providers, alias, f"profile {profile}: cloud.providers.d/")
        arguments = provider.get("arguments") or {}
        places = (settings.get("location"), provider.get("location"), *map(arguments.get, _PLACES))
        place = location or next((str(one) for one in places if one), "")
        kind = str(provider.get("provider") or provider.get("driver") or "")
        return Offer(alias, kind, str(settings.get("size", "")), place)


def _read(files: Iterable[Path]) -> dict[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {}
    for file in files:
        try:
            entries = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
        except yaml.YAMLError as error:
            raise MeridianError(f"{file.parent.name}/{file.name}: {' '.join(str(error).split())}") from error
        if not isinstance(entries, Mapping) or not all(isinstance(one, Mapping) for one in entries.values()):
            raise MeridianError(f"{file.parent.name}/{file.name}: expected a mapping of names to settings")
        found |= entries
    return found


def _extended(entries: Mapping[str, Mapping[str, Any]], name: str, where: str) -> dict[str, Any]:
    """Return an entry with those that it extends below it."""
    if name not in entries:
        raise MeridianError(f"{where} has no entry '{name}'; it has: {', '.join(sorted(entries)) or 'none'}")
    chain = [name]
    while base := str(entries[chain[-1]].get("extends") or "").partition(":")[0]:
        if base not in entries or base in chain:
            raise MeridianError(f"{where} {chain[-1]} extends '{base}', which is not there or extends it too")
        chain.append(base)
    return {key: value for entry in reversed(chain) for key, value in entries[entry].items()}
