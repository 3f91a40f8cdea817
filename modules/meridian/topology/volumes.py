"""Disks for data of a node."""

from collections.abc import Iterable, Iterator

from meridian.topology import references
from meridian.topology.model import Volume
from meridian.topology.problems import Path
from meridian.topology.schema import RegionSettings, Role


def of_roles(pillar: RegionSettings, roles: Iterable[Role], kind: str) -> tuple[Volume, ...]:
    """Return the volumes of a node with these roles, in order of the roles.

    A role that runs as tasks of Mesos has none: its data are on persistent volumes of the agent's.

    :param kind: what libcloud calls the region's provider.
    :raises references.Unknown: see :func:`check`.
    """
    return tuple(
        Volume(
            name=f"{role}-{name}",
            size_gb=settings.size_gb,
            type=_type(pillar, settings.type, kind),
            mount=references.folder(pillar, settings.mount),
        )
        for role in roles
        if not _by_tasks(pillar, role)
        for name, settings in pillar.volumes.get(role, {}).items()
    )


def _by_tasks(pillar: RegionSettings, role: Role) -> bool:
    return role in ("kafka", "elasticsearch") and getattr(pillar, role).runtime == "mesos"


def _type(pillar: RegionSettings, wanted: str, kind: str) -> str:
    return pillar.volume_types[wanted].get(kind, "") if wanted in pillar.volume_types else wanted


def check(pillar: RegionSettings) -> Iterator[tuple[Path, str]]:
    """Yield what is wrong with the volumes of a region: path and what was expected."""
    taken: dict[str, str] = {}
    for role, volumes in pillar.volumes.items():
        for name, settings in volumes.items():
            path = ("volumes", role, name, "mount")
            try:
                folder = references.folder(pillar, settings.mount)
            except references.Unknown as error:
                yield path, str(error)
                continue
            other = next((at for at in taken if _overlap(at, folder)), None)
            if other is not None:
                yield path, f"expected a folder apart from {other}, which {taken[other]} has; found {folder}"
            taken[folder] = f"volumes.{role}.{name}"


def _overlap(one: str, other: str) -> bool:
    return f"{one}/".startswith(f"{other}/") or f"{other}/".startswith(f"{one}/")
