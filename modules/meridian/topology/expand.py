"""Pillar layers to :class:`~meridian.topology.model.Topology`: the one place that expands anything."""

from typing import Any

from meridian.errors import MeridianError
from meridian.topology import checks
from meridian.topology.addressing import DEFAULT_NETWORK, LocalNetwork
from meridian.topology.layers import Layers, Merged, Source
from meridian.topology.model import Addresses, Flow, Node, Region, Topology
from meridian.topology.problems import Problem, TopologyError, suggest
from meridian.topology.schema import (
    ENVIRONMENT_SECTIONS,
    EnvironmentSettings,
    RegionSettings,
)
from meridian.topology.validation import validate


def expand(layers: Layers, environment: str, network: str | None = None, slot: int = 0) -> Topology:
    """Merge, check and expand the pillar of one environment.

    :param layers: the rendered files.
    :param environment: its name: the last label of every node's id.
    :param network: /16 that this clone was allotted, if it was; ``local.network`` must not say another.
    :param slot: which of the clone's environments this is, see :class:`LocalNetwork`.
    :raises TopologyError: with every mistake at once.
    """
    own_file = layers.environments[-1].file
    whole, problems = _merge_environment(layers)
    settings, found = validate(EnvironmentSettings, whole, own_file)
    problems += found
    names = _region_names(whole)
    problems += _unknown_regions(layers, whole, names, own_file)
    merged = {name: _merge_region(layers, name, problems) for name in names if name in layers.regions}
    regions: dict[str, RegionSettings] = {}
    for name, pillar in merged.items():
        region, found = validate(RegionSettings, pillar, layers.regions[name].file)
        problems += found
        if region is not None:
            regions[name] = region
            problems += checks.region(name, environment, region, pillar, names)
    if settings is not None:
        problems += checks.environment(settings, whole, regions, layers.regions)
    addressing = None
    if settings is not None and settings.environment.provider == "local":
        try:
            addressing = _addressing(settings.local.network, network, slot)
        except MeridianError as error:
            origin = whole.origin(("local", "network"), own_file)
            problems.append(Problem(origin.file, origin.path, str(error)))
    if problems or settings is None:
        raise TopologyError(problems)
    return _build(environment, settings, regions, addressing)


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


def _build(
    environment: str,
    settings: EnvironmentSettings,
    regions: dict[str, RegionSettings],
    addressing: LocalNetwork | None,
) -> Topology:
    chosen = settings.environment
    built: list[Region] = []
    count = 0
    for index, name in enumerate(chosen.regions):
        nodes = _nodes(environment, settings, name, index, regions[name], addressing, count)
        count += len(nodes)
        built.append(_region(name, index, chosen.central, regions[name], nodes))
    whole = settings.model_dump()
    whole["environment"].pop("extends")
    whole["local"]["round_trip_ms"] = checks.round_trips(settings)
    whole["local"]["wished_network"] = settings.local.network
    whole["local"]["network"] = addressing.network if addressing else None
    whole["local"]["slot"] = addressing.slot if addressing else 0
    return Topology(
        environment=environment,
        provider=chosen.provider,
        central=chosen.central,
        regions=tuple(built),
        flows=tuple(flow for name in chosen.regions for flow in _flows(name, regions[name])),
        settings=whole,
        object_store=_object_store(built),
    )


def _nodes(
    environment: str,
    settings: EnvironmentSettings,
    region: str,
    region_index: int,
    pillar: RegionSettings,
    addressing: LocalNetwork | None,
    before: int,
) -> tuple[Node, ...]:
    nodes: list[Node] = []
    brokers = 0
    for group, wanted in pillar.nodes.items():
        for index, zone in enumerate(checks.group_zones(wanted, pillar), start=1):
            brokers += "kafka" in wanted.roles
            node_id = f"{group}-{index}.{region}.{environment}"
            nodes.append(
                Node(
                    id=node_id,
                    name=f"{group}-{index}",
                    group=group,
                    index=index,
                    environment=environment,
                    region=region,
                    zone=zone,
                    roles=tuple(wanted.roles),
                    profile=f"{settings.environment.provider}-{wanted.size}",
                    addresses=_addresses(
                        node_id, settings.local.wan, addressing, region_index, len(nodes), before + len(nodes)
                    ),
                    kafka_id=brokers if "kafka" in wanted.roles else None,
                )
            )
    return tuple(nodes)


def _addresses(
    node_id: str, wan: bool, addressing: LocalNetwork | None, region: int, in_region: int, in_environment: int
) -> Addresses:
    if addressing is None:
        return Addresses(node_id, node_id, node_id)
    management = addressing.node_management(in_environment)
    regional = addressing.node_region(region, in_region)
    return Addresses(management, regional, regional if wan else management)


def _region(name: str, index: int, central: str, pillar: RegionSettings, nodes: tuple[Node, ...]) -> Region:
    brokers = [node for node in nodes if "kafka" in node.roles]
    ports = pillar.kafka.ports
    return Region(
        name=name,
        index=index,
        zones=tuple(pillar.region.zones),
        is_central=name == central,
        nodes=nodes,
        settings=pillar.model_dump(),
        kafka_bootstrap_internal=",".join(f"{node.id}:{ports.internal}" for node in brokers),
        kafka_bootstrap_external=",".join(f"{node.addresses.external}:{ports.external}" for node in brokers),
    )


def _flows(source: str, pillar: RegionSettings) -> list[Flow]:
    wanted = {key: flow for key, flow in pillar.flows.items() if flow.target != source}
    targets = [flow.target for flow in wanted.values()]
    return [
        Flow(
            name=f"{source}-to-{flow.target}" + (f"-{key}" if targets.count(flow.target) > 1 else ""),
            source=source,
            target=flow.target,
            settings=flow.model_dump(),
        )
        for key, flow in wanted.items()
    ]


def _object_store(regions: list[Region]) -> str:
    for region in regions:
        for node in region.with_role("objectstore"):
            return f"https://{node.addresses.external}:{region.settings['objectstore']['port']}"
    return ""
