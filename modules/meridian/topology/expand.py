"""Pillar layers to :class:`~meridian.topology.model.Topology`: the one place that expands anything."""

from collections.abc import Iterable, Mapping
from typing import Any

from meridian.common.errors import MeridianError
from meridian.topology import checks, environment_checks, flow_checks, topic_checks
from meridian.topology.addressing import DEFAULT_NETWORK, LocalNetwork
from meridian.topology.build import build
from meridian.topology.layers import Layers, Merged, Source
from meridian.topology.model import Addresses, Topology
from meridian.topology.problems import Problem, TopologyError, suggest
from meridian.topology.schema import ENVIRONMENT_SECTIONS, EnvironmentSettings, RegionSettings
from meridian.topology.validation import validate


def expand(
    layers: Layers,
    environment: str,
    network: str | None = None,
    slot: int = 0,
    known: Mapping[str, Addresses] | None = None,
) -> Topology:
    """Merge, check and expand the pillar of one environment.

    :param layers: the rendered files.
    :param environment: its name: the last label of every node's id.
    :param network: /16 that this clone was allotted, if it was; ``local.network`` must not say another.
    :param slot: which of the clone's environments this is, see :class:`LocalNetwork`.
    :param known: by node id, the addresses that clouds have chosen so far.
    :raises TopologyError: with every mistake at once.
    """
    own_file = layers.environments[-1].file
    whole, problems = _merge_environment(layers)
    checked = validate(EnvironmentSettings, whole, own_file)
    settings = checked.settings
    problems += checked.problems
    names = _region_names(whole)
    problems += _unknown_regions(layers, whole, names, own_file)
    merged = {name: _merge_region(layers, name, problems) for name in names if name in layers.regions}
    kinds = _kinds(layers, whole, merged)
    regions: dict[str, RegionSettings] = {}
    for name, pillar in merged.items():
        one = validate(RegionSettings, pillar, layers.regions[name].file)
        problems += one.problems
        if (region := one.settings) is not None:
            regions[name] = region
            told = checks.region(name, environment, kinds[name], region, pillar, names)
            problems += [problem for problem in told if not one.follows(problem, pillar)]
    if settings is not None:
        told = environment_checks.check(settings, whole, regions, kinds, layers.providers)
        problems += [problem for problem in told if not checked.follows(problem, whole)]
    problems += flow_checks.check(regions, merged)
    problems += topic_checks.between(regions, merged)
    addressing = None
    if settings is not None and "local" in kinds.values():
        try:
            addressing = _addressing(settings.local.network, network, slot)
        except MeridianError as error:
            origin = whole.origin(("local", "network"), own_file)
            problems.append(Problem(origin.file, origin.path, str(error)))
    if problems or settings is None:
        raise TopologyError(problems)
    return build(environment, settings, regions, kinds, addressing, known or {})


def _kinds(layers: Layers, whole: Merged, regions: Iterable[str]) -> dict[str, str]:
    """Return what libcloud calls the provider of each region, as far as the pillar says it rightly."""
    section = whole.data.get("environment")
    section = section if isinstance(section, dict) else {}
    own = section.get("providers")
    own = own if isinstance(own, dict) else {}
    return {name: layers.kind(str(own.get(name, section.get("provider")))) for name in regions}


def _addressing(wished: str | None, allotted: str | None, slot: int) -> LocalNetwork:
    if wished and allotted and wished != allotted:
        raise MeridianError(
            f"expected null or {allotted}, which this clone has; ./meridian destroy --purge gives that back"
        )
    return LocalNetwork(wished or allotted or DEFAULT_NETWORK, slot)


def _merge_environment(layers: Layers) -> tuple[Merged, list[Problem]]:
    """Return the sections that concern the whole environment."""
    merged = Merged()
    for source in (*layers.defaults, *layers.environments):
        merged.lay(
            {key: value for key, value in source.data.items() if key in ENVIRONMENT_SECTIONS}, source.file
        )
    overrides = merged.data.pop("overrides", {})
    problems = []
    names = _region_names(merged)
    if isinstance(overrides, dict):
        for name in overrides:
            if name not in layers.regions:
                origin = merged.origin(("overrides", str(name)))
                known = suggest(str(name), names or layers.regions)
                problems.append(Problem(origin.file, origin.path, f"no such region; {known}"))
    for source in layers.defaults:
        problems += [
            Problem(
                source.file,
                (key,),
                "belongs into an environment's file, pillar/environments/<environment>.sls",
            )
            for key in ("environment", "overrides")
            if key in source.data
        ]
    return merged, problems


def _region_names(merged: Merged) -> list[str]:
    section = merged.data.get("environment")
    regions = section.get("regions") if isinstance(section, dict) else None
    if not isinstance(regions, list):
        return []
    return list(dict.fromkeys(name for name in regions if isinstance(name, str)))


def _unknown_regions(layers: Layers, whole: Merged, names: list[str], own_file: str) -> list[Problem]:
    origin = whole.origin(("environment", "regions"), own_file)
    return [
        Problem(
            origin.file, origin.path, f"no file pillar/regions/{name}.sls; {suggest(name, layers.regions)}"
        )
        for name in names
        if name not in layers.regions
    ]


def _merge_region(layers: Layers, name: str, problems: list[Problem]) -> Merged:
    """Lay the layers of one region over one another; note sections that may not stand there."""
    merged = Merged()
    for source in layers.defaults:
        merged.lay(_regional(source.data), source.file)
    own = layers.regions[name]
    problems += _misplaced(own, (), own.data)
    merged.lay(_regional(own.data), own.file, seal=True)
    for source in layers.environments:
        merged.lay(_regional(source.data), source.file, heed_seals=True)
    for source in layers.environments:
        overrides = source.data.get("overrides") or {}
        if not isinstance(overrides, dict):
            problems.append(Problem(source.file, ("overrides",), "expected a mapping of region to sections"))
            continue
        override = overrides.get(name) or {}
        if not isinstance(override, dict):
            problems.append(Problem(source.file, ("overrides", name), "expected a mapping of sections"))
            continue
        problems += _misplaced(source, ("overrides", name), override)
        merged.lay(_regional(override), source.file, ("overrides", name))
    return merged


def _regional(data: Any) -> dict[str, Any]:
    return {key: value for key, value in data.items() if key not in ENVIRONMENT_SECTIONS}


def _misplaced(source: Source, prefix: tuple[str, ...], data: Any) -> list[Problem]:
    message = (
        "concerns the whole environment; expected in pillar/defaults/ or at the top of an environment's file"
    )
    return [Problem(source.file, (*prefix, key), message) for key in data if key in ENVIRONMENT_SECTIONS]
