"""Topics of a region's cluster. Topics that the pillar does not name are none of its business."""

from collections.abc import Iterator, Mapping
from typing import Any

from meridian.common.errors import MeridianError
from meridian.plan.change import Change, ChangeKind, Difference, told
from meridian.plan.observed import World
from meridian.services.kafka import topics as kafka_topics
from meridian.topology.model import Region

_KIND = "topic"


def wanted(name: str, settings: Mapping[str, Any]) -> kafka_topics.Topic:
    """Return a topic as a region's pillar describes it."""
    return kafka_topics.wanted(
        name,
        settings["partitions"],
        settings["replication_factor"],
        settings["min_insync_replicas"],
        settings["config"],
    )


def compare(region: Region, world: World) -> Iterator[Change]:
    """Yield what becomes of each topic that is not as the pillar says."""
    brokers = region.with_role("kafka")
    section = region.settings["topics"]
    seen: Mapping[str, kafka_topics.Topic | None] | str = {}
    if any(node.id in world.nodes for node in brokers):
        seen = world.topics.get(region.name, "its cluster was not asked")
    if isinstance(seen, str):
        if section:
            reason = f"topics could not be compared: {seen}"
            yield Change(_KIND, region.name, region.name, ChangeKind.UNKNOWN, reason=reason)
        return
    # As they will be once every broker is there: that is when topics are made.
    # Mesos chooses the hosts of its tasks; one for each, taken in turn, are as many racks as there will be.
    racks = dict(zip(region.broker_ids, (node.zone for node in brokers), strict=False))
    for name, settings in sorted(section.items()):
        yield from _topic(region.name, wanted(name, settings), seen.get(name), racks)


def _topic(
    region: str, topic: kafka_topics.Topic, actual: kafka_topics.Topic | None, racks: Mapping[int, str]
) -> Iterator[Change]:
    identity = f"{region}/{topic.name}"
    if actual is None:
        partitions = f"{topic.partition_count} partitions"
        yield Change(_KIND, identity, region, ChangeKind.MISSING, reason=partitions)
        return
    try:
        todo = kafka_topics.plan(topic, actual, racks)
    except MeridianError as error:
        difference: tuple[Difference, ...] = ()
        if topic.partition_count != actual.partition_count:
            difference = (Difference("partitions", topic.partition_count, actual.partition_count),)
        yield Change(_KIND, identity, region, ChangeKind.BLOCKED, difference, str(error))
        return
    if todo:
        yield Change(_KIND, identity, region, ChangeKind.DIFFERS, told(todo.changes()))
