"""What a type cannot say of an environment: rules between its regions."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping

from meridian.topology.addressing import NODES
from meridian.topology.layers import Merged
from meridian.topology.problems import Path, Problem, suggest
from meridian.topology.schema import EnvironmentSettings, RegionSettings

Found = Iterator[tuple[Path, str]]


def check(
    settings: EnvironmentSettings,
    merged: Merged,
    regions: Mapping[str, RegionSettings],
    kinds: Mapping[str, str],
    aliases: Collection[str] = (),
) -> list[Problem]:
    """Return what is wrong between the regions of an environment.

    :param regions: those of its regions that are right in themselves.
    :param kinds: each region that has a file, and what libcloud calls its provider.
    :param aliases: the entries of ``cloud.providers.d/``, as far as any are known.
    """
    found = [
        *_region_list(settings),
        *_providers(settings, aliases),
        *_places(settings, regions, kinds),
        *_origins(settings),
        *_round_trip_gaps(settings, kinds),
        *_services(settings, regions),
        *_local_nodes(regions, kinds),
    ]
    return [merged.problem(path, message) for path, message in found]


def _region_list(settings: EnvironmentSettings) -> Found:
    chosen = settings.environment
    for name, times in Counter(chosen.regions).items():
        if times > 1:
            yield (
                ("environment", "regions"),
                f"expected each region once; {name} again would duplicate its nodes",
            )
    if chosen.central not in chosen.regions:
        yield (
            ("environment", "central"),
            f"no region '{chosen.central}'; {suggest(chosen.central, chosen.regions)}",
        )


def _providers(settings: EnvironmentSettings, aliases: Collection[str]) -> Found:
    chosen = settings.environment
    wanted: dict[Path, str] = {("environment", "provider"): chosen.provider}
    wanted |= {("environment", "providers", name): alias for name, alias in chosen.providers.items()}
    for path, alias in wanted.items():
        if aliases and alias not in aliases:
            yield path, f"cloud.providers.d/ has no provider '{alias}'; {suggest(alias, aliases)}"
    for name in chosen.providers:
        if name not in chosen.regions:
            known = suggest(name, chosen.regions)
            yield ("environment", "providers", name), f"no region '{name}' in this environment; {known}"


def _places(
    settings: EnvironmentSettings, regions: Mapping[str, RegionSettings], kinds: Mapping[str, str]
) -> Found:
    """A provider with places must be told which, or it would take one of its own choice, far away maybe."""
    with_places = {kind for pillar in regions.values() for kind in pillar.region.locations}
    for name, pillar in regions.items():
        kind = kinds[name]
        if kind in with_places and kind not in pillar.region.locations:
            own = name in settings.environment.providers
            path = ("environment", "providers", name) if own else ("environment", "provider")
            yield path, f"no place of {name} at {kind} is known; expected region.locations.{kind} in its file"


def provider_of(settings: EnvironmentSettings, region: str) -> str:
    """Return the alias of a region's provider: its own, else the environment's."""
    return settings.environment.providers.get(region, settings.environment.provider)


def _origins(settings: EnvironmentSettings) -> Found:
    for airport, name in settings.verification.flights.origins.items():
        if name not in settings.environment.regions:
            known = suggest(name, settings.environment.regions)
            path = ("verification", "flights", "origins", airport)
            yield path, f"no region '{name}' in this environment; {known}"


def _round_trip_gaps(settings: EnvironmentSettings, kinds: Mapping[str, str]) -> Found:
    table = settings.local.round_trip_ms
    names = [name for name in dict.fromkeys(settings.environment.regions) if kinds.get(name) == "local"]
    for position, one in enumerate(names):
        for other in names[position + 1 :]:
            there, back = table.get(one, {}).get(other), table.get(other, {}).get(one)
            path = ("local", "round_trip_ms", one)
            if there is None and back is None and settings.local.wan:
                yield path, f"expected milliseconds between {one} and {other}"
            elif there is not None and back is not None and there != back:
                yield (*path, other), f"expected each pair once; {other}.{one} says {back:g}, this {there:g}"


def _services(settings: EnvironmentSettings, regions: Mapping[str, RegionSettings]) -> Found:
    stores = [
        f"{key}.{name}"
        for name, pillar in regions.items()
        for key, group in pillar.nodes.items()
        if "objectstore" in group.roles
        for _ in range(group.count)
    ]
    if len(stores) > 1:
        yield (
            ("environment", "regions"),
            f"expected one node with the role objectstore, found {', '.join(stores)}",
        )
    archived = any("archive" in group.roles for pillar in regions.values() for group in pillar.nodes.values())
    if archived and not stores and len(regions) == len(settings.environment.regions):
        yield ("environment", "regions"), "expected a node with the role objectstore, where the archive goes"
    sources: dict[str, set[str]] = {}
    for source, pillar in regions.items():
        for flow in pillar.flows.values():
            sources.setdefault(flow.target, set()).add(source)
    for name in sorted(sources.keys() & set(regions)):
        workers = sum(group.count for group in regions[name].nodes.values() if "connect" in group.roles)
        if not workers and sources[name] != {name}:
            yield (
                ("environment", "regions"),
                f"expected nodes with the role connect in {name}, where flows end",
            )


def _local_nodes(regions: Mapping[str, RegionSettings], kinds: Mapping[str, str]) -> Found:
    for name, pillar in regions.items():
        total = sum(group.count for group in pillar.nodes.values())
        if kinds.get(name) == "local" and total > NODES:
            yield (
                ("environment", "regions"),
                f"expected at most {NODES} nodes of a region on one machine, found {total} in {name}",
            )
