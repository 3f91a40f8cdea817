"""What a type cannot say of one region: rules between keys and counts."""

from collections import Counter
from collections.abc import Iterator

from meridian.topology import (
    filters,
    firewall,
    port_checks,
    roles,
    runtime_checks,
    search_checks,
    setting_checks,
    topic_checks,
    volumes,
)
from meridian.topology.layers import Merged
from meridian.topology.problems import Path, Problem, suggest
from meridian.topology.schema import NodeGroup, RegionSettings, Role

# Broker settings that are replication factors of topics which Kafka makes by itself.
_REPLICATION_CONFIGS = (
    "default.replication.factor",
    "offsets.topic.replication.factor",
    "transaction.state.log.replication.factor",
    "share.coordinator.state.topic.replication.factor",
)
_CERTIFICATE_NAME_LIMIT = 64


def region(
    name: str, environment: str, kind: str, pillar: RegionSettings, merged: Merged, regions: list[str]
) -> list[Problem]:
    """Return what is wrong within one region.

    :param kind: what libcloud calls the region's provider.
    :param merged: where each value of ``pillar`` came from.
    :param regions: the environment's regions.
    """
    found = [
        *runtime_checks.check(name, pillar),
        *search_checks.check(name, pillar),
        *_nodes(name, environment, kind, pillar),
        *_zones(name, kind, pillar),
        *_replication(name, kind, pillar),
        *_flows(pillar, regions),
        *_memory(pillar),
        *_pki(pillar),
        *_archive(pillar),
        *_volumes(kind, pillar),
        *firewall.check(pillar),
        *topic_checks.check(pillar),
        *port_checks.check(pillar),
        *setting_checks.check(pillar),
    ]
    return [merged.problem(path, message) for path, message in found]


Found = Iterator[tuple[Path, str]]


def _nodes(name: str, environment: str, kind: str, pillar: RegionSettings) -> Found:
    for group, wanted in pillar.nodes.items():
        if wanted.size not in pillar.sizes:
            yield (
                ("nodes", group, "size"),
                f"no such size '{wanted.size}'; {suggest(wanted.size, pillar.sizes)}",
            )
        for zone in wanted.zones or ():
            if zone not in zones(pillar, kind):
                known = suggest(zone, zones(pillar, kind))
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


def _brokers_by_zone(pillar: RegionSettings, kind: str) -> Counter[str]:
    counts: Counter[str] = Counter()
    for group in pillar.nodes.values():
        if "kafka" in group.roles:
            counts.update(group_zones(group, pillar, kind))
    return counts


def zones(pillar: RegionSettings, kind: str) -> list[str]:
    """Return a region's zones as its provider calls them.

    :param kind: what libcloud calls the provider.
    """
    return pillar.region.location_zones.get(kind, pillar.region.zones)


def _zones_path(pillar: RegionSettings, kind: str) -> Path:
    there = kind in pillar.region.location_zones
    return ("region", "location_zones", kind) if there else ("region", "zones")


def group_zones(group: NodeGroup, pillar: RegionSettings, kind: str) -> list[str]:
    """Return the zone of each node of a group: the group's (else the region's) zones in turn."""
    chosen = group.zones or zones(pillar, kind)
    return [chosen[position % len(chosen)] for position in range(group.count)]


def _zones(name: str, kind: str, pillar: RegionSettings) -> Found:
    named = zones(pillar, kind)
    repeated = [zone for zone, times in Counter(named).items() if times > 1]
    if repeated:
        yield _zones_path(pillar, kind), f"expected each zone once, found {', '.join(repeated)} again"
        return
    used = _brokers_by_zone(pillar, kind)
    everywhere = {zone: used[zone] for zone in named}
    counts = ", ".join(f"{zone} {count}" for zone, count in everywhere.items())
    groups = [key for key, group in pillar.nodes.items() if "kafka" in group.roles]
    # A region with fewer brokers than zones is judged by its replication, not by the zones left empty.
    balanced = used if len(used) < len(everywhere) and max(used.values(), default=0) <= 1 else everywhere
    if used and max(balanced.values()) - min(balanced.values()) > 1:
        yield (
            ("nodes", groups[-1]),
            f"expected brokers spread evenly over the zones of {name}, at most one apart; found {counts}",
        )


def _replication(name: str, kind: str, pillar: RegionSettings) -> Found:
    count, spread = brokers(pillar), len(_brokers_by_zone(pillar, kind))
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
        elif factor > spread and not pillar.kafka.allow_low_replication:
            wanted = f"a zone for each of {factor} replicas (or kafka.allow_low_replication: true)"
            yield _zones_path(pillar, kind), f"expected {wanted}; brokers of {name} stand in {spread}"
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
        needed = sum(_heap(pillar, role) for role in wanted.roles)
        if size is not None and wanted.count and needed > size.memory_mb * 3 // 4:
            most = f"heaps of at most three quarters of its {size.memory_mb} MB"
            yield (
                ("nodes", group, "size"),
                f"expected a size with room, {most}; the roles' heaps are {needed} MB",
            )


def _heap(pillar: RegionSettings, role: Role) -> int:
    formulas = roles.TABLE[role].formulas
    section = getattr(pillar, formulas[-1], None) if "java" in formulas else None
    return int(section.heap_mb) if section else 0


def _archive(pillar: RegionSettings) -> Found:
    held, segment = pillar.archive.memory_mb, pillar.archive.segment.max_bytes / 2**20
    if held is not None and held < segment:
        room = f"room for a segment, {segment:g} MiB (segment.max_bytes)"
        yield ("archive", "memory_mb"), f"expected {room}; found {held}"


def _volumes(kind: str, pillar: RegionSettings) -> Found:
    if kind == "local" and pillar.volumes:
        yield ("volumes",), "expected null; the local cloud's containers have no disks of their own"
    yield from volumes.check(pillar)


def _pki(pillar: RegionSettings) -> Found:
    if pillar.pki.renew_before_days >= pillar.pki.validity_days:
        less = f"less than validity_days ({pillar.pki.validity_days})"
        yield ("pki", "renew_before_days"), f"expected {less}, found {pillar.pki.renew_before_days}"
