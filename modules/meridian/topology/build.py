"""Checked settings to regions, nodes, flows and endpoints."""

from collections.abc import Mapping
from dataclasses import replace

from meridian.topology import checks, environment_checks, mirrored, names, nodes, sizes
from meridian.topology.addressing import LocalNetwork
from meridian.topology.model import Addresses, Flow, Node, Region, Topology
from meridian.topology.schema import EnvironmentSettings, FlowSettings, RegionSettings


def build(
    environment: str,
    settings: EnvironmentSettings,
    regions: Mapping[str, RegionSettings],
    kinds: Mapping[str, str],
    addressing: LocalNetwork | None,
    known: Mapping[str, Addresses],
) -> Topology:
    """Return the topology of an environment whose settings are right.

    :param kinds: what libcloud calls the provider of each region.
    :param addressing: addresses in the local cloud; ``None`` when no region is there.
    :param known: by node id, the addresses that clouds have chosen so far.
    """
    chosen = settings.environment
    built: list[Region] = []
    for index, name in enumerate(chosen.regions):
        place = None
        if addressing is not None and kinds[name] == "local":
            place = nodes.AddressPlan(addressing, index, settings.local.wan)
        provider = environment_checks.provider_of(settings, name)
        made = nodes.of_region(environment, name, provider, kinds[name], regions[name], place, known)
        built.append(_region(environment, name, index, settings, regions[name], kinds[name], made))
    whole = settings.model_dump()
    whole["environment"].pop("extends")
    whole["local"]["wished_network"] = settings.local.network
    whole["local"]["network"] = addressing.network if addressing else None
    whole["local"]["slot"] = addressing.slot if addressing else 0
    return Topology(
        environment=environment,
        provider=chosen.provider,
        central=chosen.central,
        regions=tuple(built),
        flows=tuple(flow for name in chosen.regions for flow in _flows(name, regions)),
        settings=whole,
        object_store=_object_store(built),
        object_store_region=_object_store_region(built),
    )


def _region(
    environment: str,
    name: str,
    index: int,
    settings: EnvironmentSettings,
    pillar: RegionSettings,
    kind: str,
    made: tuple[Node, ...],
) -> Region:
    region = Region(
        name=name,
        index=index,
        zones=tuple(checks.zones(pillar, kind)),
        is_central=name == settings.environment.central,
        nodes=made,
        settings=pillar.model_dump(),
        kafka_bootstrap_internal="",
        kafka_bootstrap_external="",
        provider=environment_checks.provider_of(settings, name),
        kind=kind,
        location=pillar.region.locations.get(kind, ""),
    )
    internal, external = _bootstrap(environment, region)
    return replace(region, kafka_bootstrap_internal=internal, kafka_bootstrap_external=external)


def _bootstrap(environment: str, region: Region) -> tuple[str, str]:
    """Return what clients of the region and those elsewhere begin with."""
    brokers = region.with_role("kafka")
    proxy, kafka = region.settings["proxy"]["ports"], region.settings["kafka"]["ports"]
    external = proxy["external"] if region.proxied else kafka["external"]
    internal = ",".join(f"{node.id}:{kafka['internal']}" for node in brokers)
    if region.proxied:
        internal = f"{names.bootstrap(region.name, environment)}:{proxy['bootstrap']}"
    return internal, ",".join(f"{node.addresses.external}:{external}" for node in brokers)


def _flows(source: str, regions: Mapping[str, RegionSettings]) -> list[Flow]:
    wanted = {key: flow for key, flow in regions[source].flows.items() if flow.target != source}
    beating = {_heartbeats_to(target, wanted) for target in {flow.target for flow in wanted.values()}}
    return [
        Flow(
            name=names.flow(source, flow.target, key, flow.name),
            source=source,
            target=flow.target,
            settings=flow.model_dump(exclude={"name"})
            | {
                "heartbeats": key in beating,
                "max_message_bytes": sizes.of_flow(regions[source], flow),
                "target_settings": _of_the_target(source, flow, regions),
            },
        )
        for key, flow in wanted.items()
    ]


def _of_the_target(source: str, flow: FlowSettings, regions: Mapping[str, RegionSettings]) -> list[str]:
    declared = {name: topic.config for name, topic in regions[flow.target].topics.items()}
    return mirrored.settings_of_the_target(source, flow.topics, flow.naming, declared)


def _heartbeats_to(target: str, flows: Mapping[str, FlowSettings]) -> str | None:
    """Return the key of the flow that has the heartbeats to a target: by two, each would arrive twice."""
    able = [key for key, flow in flows.items() if flow.target == target and flow.heartbeats]
    running = [key for key in able if flows[key].enabled]
    return min(running or able, key=lambda key: key != target, default=None)


def _object_store(regions: list[Region]) -> str:
    for region in regions:
        for node in region.with_role("objectstore"):
            return f"https://{node.addresses.external}:{region.settings['objectstore']['port']}"
    return ""


def _object_store_region(regions: list[Region]) -> str:
    for region in regions:
        if region.with_role("objectstore"):
            return str(region.settings["objectstore"]["region_name"])
    return ""
