"""What a type cannot say: rules between keys, regions and counts."""

from collections import Counter
from collections.abc import Container, Iterator, Mapping

from meridian.topology import filters
from meridian.topology.layers import Merged
from meridian.topology.problems import Path, Problem, suggest
from meridian.topology.schema import EnvironmentSettings, NodeGroup, RegionSettings

# Broker settings that are replication factors of topics which Kafka makes by itself.
_REPLICATION_CONFIGS = (
    "default.replication.factor",
    "offsets.topic.replication.factor",
    "transaction.state.log.replication.factor",
    "share.coordinator.state.topic.replication.factor",
)
_CERTIFICATE_NAME_LIMIT = 64
_LOCAL_NODES = 240


def region(
    name: str, environment: str, pillar: RegionSettings, merged: Merged, regions: list[str]
) -> list[Problem]:
    """Return what is wrong within one region.

    :param merged: where each value of ``pillar`` came from.
    :param regions: the environment's regions.
    """
    found = [
        *_nodes(name, environment, pillar),
        *_zones(name, pillar),
        *_replication(name, pillar),
        *_flows(pillar, regions),
        *_memory(pillar),
        *_pki(pillar),
    ]
    return [_at(merged, path, message) for path, message in found]


def environment(
    settings: EnvironmentSettings,
    merged: Merged,
    regions: Mapping[str, RegionSettings],
    described: Container[str],
) -> list[Problem]:
    """Return what is wrong between the regions of an environment.

    :param regions: those of its regions that are right in themselves.
    :param described: regions that have a file.
    """
    found = [
        *_region_list(settings),
        *_origins(settings),
        *_round_trip_gaps(settings, described),
        *_services(settings, regions),
    ]
    return [_at(merged, path, message) for path, message in found]


def _at(merged: Merged, path: Path, message: str) -> Problem:
    origin = merged.origin(path)
    return Problem(origin.file, origin.path, message)


Found = Iterator[tuple[Path, str]]


def _nodes(name: str, environment: str, pillar: RegionSettings) -> Found:
    for group, wanted in pillar.nodes.items():
        if wanted.size not in pillar.sizes:
            yield (
                ("nodes", group, "size"),
                f"no such size '{wanted.size}'; {suggest(wanted.size, pillar.sizes)}",
            )
        for zone in wanted.zones or ():
            if zone not in pillar.region.zones:
                known = suggest(zone, pillar.region.zones)
                yield ("nodes", group, "zones"), f"region {name} has no zone '{zone}'; {known}"
        longest = f"objectstore.{group}-{wanted.count}.{name}.{environment}"
        if len(longest) > _CERTIFICATE_NAME_LIMIT:
            limit = f"{_CERTIFICATE_NAME_LIMIT} characters, the most that a certificate's name has"
            yield ("nodes", group), f"expected names that fit {limit}; '{longest}' has {len(longest)}"
        repeated = [role for role, times in Counter(wanted.roles).items() if times > 1]
        if repeated:
            yield ("nodes", group, "roles"), f"expected each role once, found {', '.join(repeated)} again"
    if brokers(pillar) == 0:
        yield ("nodes",), f"expected nodes with the role kafka; region {name} has none"


def brokers(pillar: RegionSettings) -> int:
    """Return how many brokers a region has."""
    return sum(group.count for group in pillar.nodes.values() if "kafka" in group.roles)


def _brokers_by_zone(pillar: RegionSettings) -> Counter[str]:
    counts: Counter[str] = Counter()
    for group in pillar.nodes.values():
        if "kafka" in group.roles:
            counts.update(group_zones(group, pillar))
    return counts


def group_zones(group: NodeGroup, pillar: RegionSettings) -> list[str]:
    """Return the zone of each node of a group: the group's (else the region's) zones in turn."""
    zones = group.zones or pillar.region.zones
    return [zones[position % len(zones)] for position in range(group.count)]


def _zones(name: str, pillar: RegionSettings) -> Found:
    repeated = [zone for zone, times in Counter(pillar.region.zones).items() if times > 1]
    if repeated:
        yield ("region", "zones"), f"expected each zone once, found {', '.join(repeated)} again"
        return
    used = _brokers_by_zone(pillar)
    everywhere = {zone: used[zone] for zone in pillar.region.zones}
    counts = ", ".join(f"{zone} {count}" for zone, count in everywhere.items())
    groups = [key for key, group in pillar.nodes.items() if "kafka" in group.roles]
    # A region with fewer brokers than zones is judged by its replication, not by the zones left empty.
    balanced = used if len(used) < len(everywhere) and max(used.values(), default=0) <= 1 else everywhere
    if used and max(balanced.values()) - min(balanced.values()) > 1:
        yield (
            ("nodes", groups[-1]),
            f"expected brokers spread evenly over the zones of {name}, at most one apart; found {counts}",
        )


def _replication(name: str, pillar: RegionSettings) -> Found:
    count, zones = brokers(pillar), len(_brokers_by_zone(pillar))
    if count == 0:
        return
    factors: list[tuple[Path, int]] = [
        (("topics", key, "replication_factor"), topic.replication_factor)
        for key, topic in pillar.topics.items()
    ]
    for key in _REPLICATION_CONFIGS:
        value = pillar.kafka.config.get(key)
        if isinstance(value, int) and not isinstance(value, bool):
            factors.append((("kafka", "config", key), value))
    for path, factor in factors:
        if factor > count:
            yield path, f"expected at most {count}, the brokers of region {name}; found {factor}"
        elif factor < 3 and not pillar.kafka.allow_low_replication:
            yield path, f"expected at least 3 (or kafka.allow_low_replication: true), found {factor}"
        elif factor > zones and not pillar.kafka.allow_low_replication:
            wanted = f"a zone for each of {factor} replicas (or kafka.allow_low_replication: true)"
            yield ("region", "zones"), f"expected {wanted}; brokers of {name} stand in {zones}"
    for key, topic in pillar.topics.items():
        if topic.min_insync_replicas > topic.replication_factor:
            most = f"at most replication_factor ({topic.replication_factor})"
            yield (
                ("topics", key, "min_insync_replicas"),
                f"expected {most}, found {topic.min_insync_replicas}",
            )


def _flows(pillar: RegionSettings, regions: list[str]) -> Found:
    for key, flow in pillar.flows.items():
        if flow.target not in regions:
            known = suggest(flow.target, regions)
            yield ("flows", key, "target"), f"no region '{flow.target}' in this environment; {known}"
        if flow.filter is not None:
            yield from filters.check(flow.filter.condition, ("flows", key, "filter", "condition"))


def _memory(pillar: RegionSettings) -> Found:
    for group, wanted in pillar.nodes.items():
        size = pillar.sizes.get(wanted.size)
        heaps = {"kafka": pillar.kafka.heap_mb, "connect": pillar.connect.heap_mb}
        needed = sum(heaps.get(role, 0) for role in wanted.roles)
        if size is not None and wanted.count and needed > size.memory_mb * 3 // 4:
            most = f"heaps of at most three quarters of its {size.memory_mb} MB"
            yield (
                ("nodes", group, "size"),
                f"expected a size with room, {most}; the roles' heaps are {needed} MB",
            )


def _pki(pillar: RegionSettings) -> Found:
    if pillar.pki.renew_before_days >= pillar.pki.validity_days:
        less = f"less than validity_days ({pillar.pki.validity_days})"
        yield ("pki", "renew_before_days"), f"expected {less}, found {pillar.pki.renew_before_days}"


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


def _origins(settings: EnvironmentSettings) -> Found:
    for airport, name in settings.verification.flights.origins.items():
        if name not in settings.environment.regions:
            known = suggest(name, settings.environment.regions)
            path = ("verification", "flights", "origins", airport)
            yield path, f"no region '{name}' in this environment; {known}"


def round_trips(settings: EnvironmentSettings) -> dict[str, dict[str, float]]:
    """Return milliseconds there and back between each two of the environment's regions, both ways round."""
    table = settings.local.round_trip_ms
    names = settings.environment.regions
    return {
        one: {
            other: table.get(one, {}).get(other, table.get(other, {}).get(one, 0.0))
            for other in names
            if other != one
        }
        for one in names
    }


def _round_trip_gaps(settings: EnvironmentSettings, described: Container[str]) -> Found:
    table = settings.local.round_trip_ms
    names = [name for name in dict.fromkeys(settings.environment.regions) if name in described]
    for position, one in enumerate(names):
        for other in names[position + 1 :]:
            there, back = table.get(one, {}).get(other), table.get(other, {}).get(one)
            path = ("local", "round_trip_ms", one)
            if (
                there is None
                and back is None
                and settings.local.wan
                and settings.environment.provider == "local"
            ):
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
    targets = {flow.target for pillar in regions.values() for flow in pillar.flows.values()}
    for name in sorted(targets & set(regions)):
        workers = sum(group.count for group in regions[name].nodes.values() if "connect" in group.roles)
        sources = [
            source
            for source, pillar in regions.items()
            if any(f.target == name for f in pillar.flows.values())
        ]
        if not workers and set(sources) != {name}:
            yield (
                ("environment", "regions"),
                f"expected nodes with the role connect in {name}, where flows end",
            )
    total = sum(group.count for pillar in regions.values() for group in pillar.nodes.values())
    if settings.environment.provider == "local" and total > _LOCAL_NODES:
        yield (
            ("environment", "regions"),
            f"expected at most {_LOCAL_NODES} nodes on one machine, found {total}",
        )
