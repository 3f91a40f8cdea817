"""What may not be among flows of an environment: one name twice, a record that arrives twice or circles."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from meridian.topology import mirrored, names, patterns
from meridian.topology.layers import Merged
from meridian.topology.problems import Path, Problem
from meridian.topology.schema import FlowSettings, RegionSettings

Found = Iterator[tuple[str, Path, str]]
# A region, and the name that a topic has there.
_Place = tuple[str, str]


@dataclass(frozen=True)
class _Hop:
    """A flow as a record goes through it.

    :ivar place: where it arrives.
    """

    source: str
    key: str
    place: _Place


_Way = tuple[_Hop, ...]


def check(regions: Mapping[str, RegionSettings], merged: Mapping[str, Merged]) -> list[Problem]:
    """Return what is wrong between the flows of an environment.

    :param regions: those of its regions that are right in themselves, in the environment's order.
    :param merged: of each, where its values came from.
    """
    found = [*_names(regions), *_twice(regions), *_ways(regions), *_never(regions), *_groups(regions)]
    return [merged[region].problem(path, message) for region, path, message in found]


def _flows(region: str, pillar: RegionSettings) -> Iterator[tuple[str, FlowSettings]]:
    """Yield the flows out of a region that there will be: one to the region itself is left out."""
    return ((key, flow) for key, flow in pillar.flows.items() if flow.target != region)


def _names(regions: Mapping[str, RegionSettings]) -> Found:
    taken: dict[str, str] = {}
    for region, pillar in regions.items():
        for key, flow in _flows(region, pillar):
            name = names.flow(region, flow.target, key, flow.name)
            here = f"flows.{key} of {region}"
            if (other := taken.setdefault(name, here)) != here:
                path = ("flows", key, "name") if flow.name else ("flows", key)
                yield region, path, f"expected a name of its own (flows.{key}.name); {name} is {other}"


def _twice(regions: Mapping[str, RegionSettings]) -> Found:
    """Two flows side by side; MirrorMaker would write each record by both."""
    for region, pillar in regions.items():
        before: list[tuple[str, FlowSettings]] = []
        for key, flow in _flows(region, pillar):
            if not flow.enabled:
                continue
            for other, one in before:
                if (one.target, one.naming) != (flow.target, flow.naming):
                    continue
                topic = patterns.common(flow.topics, one.topics, pillar.topics)
                if topic is not None:
                    yield (
                        region,
                        ("flows", key, "topics"),
                        f"expected topics that no other flow takes to {flow.target}; flows.{other} takes "
                        f"{topic} there, and each of its records would arrive twice",
                    )
            before.append((key, flow))


def _ways(regions: Mapping[str, RegionSettings]) -> Found:
    """Ways over several regions: those that come back, and those that meet again."""
    told: set[frozenset[tuple[str, str]]] = set()
    for origin, pillar in regions.items():
        taken = patterns.examples(name for _, flow in _flows(origin, pillar) for name in flow.topics)
        for topic in dict.fromkeys([*pillar.topics, *taken]):
            arrived: dict[_Place, list[_Way]] = defaultdict(list)
            for way in _walk(regions, (origin, topic), ()):
                circle = _circle((origin, topic), way, len(regions))
                if not circle:
                    arrived[way[-1].place].append(way)
                elif _new(told, circle):
                    yield _told(
                        way[-1],
                        f"expected a way that ends; records of {topic} would go {_said(circle)} and round "
                        "again for ever; take the topic out of one of these flows, or name copies by "
                        "naming: source_prefix",
                    )
            for (target, name), ways in arrived.items():
                # Two flows side by side are told already.
                apart = len({tuple(hop.place[0] for hop in way) for way in ways}) > 1
                if apart and _new(told, [hop for way in ways for hop in way]):
                    yield _told(
                        ways[-1][-1],
                        f"expected one way for each record; those of {topic} of {origin} would arrive twice "
                        f"in {name} of {target}: {_said(ways[0])} and {_said(ways[-1])}",
                    )


def _never(regions: Mapping[str, RegionSettings]) -> Found:
    """Topics of a flow that MirrorMaker passes over: all that is known of what one of its patterns takes."""
    for region, pillar in regions.items():
        for key, flow in _flows(region, pillar):
            if "topics.exclude" in flow.config:
                continue
            for pattern in flow.topics:
                known = [name for name in pillar.topics if patterns.matches([pattern], name)]
                reasons = {
                    name: mirrored.why_not(name, flow.target, flow.naming)
                    for name in (*known, *patterns.examples([pattern]))
                }
                if reasons and all(reasons.values()):
                    name, reason = next(iter(reasons.items()))
                    message = f"expected topics that MirrorMaker mirrors; it never mirrors {name}: {reason}"
                    yield region, ("flows", key, "topics"), message


def _groups(regions: Mapping[str, RegionSettings]) -> Found:
    for region, pillar in regions.items():
        for key, flow in _flows(region, pillar):
            for section in ("groups", "groups_exclude"):
                for pattern in getattr(flow, section):
                    try:
                        re.compile(pattern)
                    except re.error as error:
                        message = f"expected regular expressions; {pattern!r} is none: {error}"
                        yield region, ("flows", key, section), message


def _new(told: set[frozenset[tuple[str, str]]], hops: Iterable[_Hop]) -> bool:
    """Note flows as told; return whether they were not yet."""
    flows = frozenset((hop.source, hop.key) for hop in hops)
    before = len(told)
    told.add(flows)
    return len(told) > before


def _told(hop: _Hop, message: str) -> tuple[str, Path, str]:
    return hop.source, ("flows", hop.key, "topics"), message


def _walk(regions: Mapping[str, RegionSettings], origin: _Place, so_far: _Way) -> Iterator[_Way]:
    """Yield each way of a record on from where it is; one that goes round is not followed further."""
    region, topic = so_far[-1].place if so_far else origin
    for key, flow in _flows(region, regions[region]) if region in regions else ():
        if not (flow.enabled and patterns.matches(flow.topics, topic)):
            continue
        if flow.naming == "source_prefix" and _came_from(topic, flow.target):
            continue
        arrives = topic if flow.naming == "identity" else f"{region}.{topic}"
        way = (*so_far, _Hop(region, key, (flow.target, arrives)))
        yield way
        if not _circle(origin, way, len(regions)):
            yield from _walk(regions, origin, way)


def _came_from(topic: str, region: str) -> bool:
    """Return whether a topic's name says that it has been in a region, as MirrorMaker itself asks."""
    return region in topic.split(".")[:-1]


def _circle(origin: _Place, way: _Way, regions: int) -> _Way:
    """Return the part of a way that goes round, when its last step closes it."""
    places = [origin, *(hop.place for hop in way[:-1])]
    if way[-1].place in places:
        return way[places.index(way[-1].place) :]
    # Names that grow with each round never meet one that was there before.
    return way if len(way) > 2 * regions else ()


def _said(way: _Way) -> str:
    return " → ".join([way[0].source, *(hop.place[0] for hop in way)])
