"""How far each region's archive is behind its cluster, and how large it has become."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from confluent_kafka import Consumer, IsolationLevel, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from meridian.common.errors import MeridianError
from meridian.services.archive import access, segment
from meridian.services.archive.settings import KafkaAccess
from meridian.services.archive.store import Store
from meridian.topology.model import Topology

# Seconds for one answer; several are asked for in turn, and a status is told within ten.
_TIMEOUT = 4.0


def of_topology(topology: Topology, secrets: Path, region: str = "") -> dict[str, dict[str, Any]]:
    """Return the archive's state in each region that has one.

    :param secrets: the environment's folder of secrets, :func:`meridian.common.paths.secrets`.
    :param region: only this one.
    :return: region to ``{"objects", "bytes", "lag_records"}``; what could not be found out is ``None``, and
        ``"problem"`` says why in one line.
    """
    chosen = [one for one in topology.regions if region in ("", one.name)]
    regions = [one.name for one in chosen if one.with_role("archive")]
    with ThreadPoolExecutor(max(1, min(8, len(regions)))) as pool:
        found = pool.map(lambda name: _region(topology, secrets, name), regions)
        return dict(zip(regions, found, strict=True))


def _region(topology: Topology, secrets: Path, region: str) -> dict[str, Any]:
    facts: dict[str, Any] = {"objects": None, "bytes": None, "lag_records": None}
    section = topology.region(region).settings["archive"]
    try:
        store = Store(access.of_topology(topology, secrets, region))
        sizes = [one.size for one in store.list(segment.region_prefix(topology.environment, region))]
        facts |= {"objects": len(sizes), "bytes": sum(sizes)}
        topics = segment.matcher(section["topics"], section["exclude"])
        facts["lag_records"] = lag(access.kafka(topology, secrets, region), topics)
    except MeridianError as error:
        facts["problem"] = str(error)
    return facts


def lag(kafka: KafkaAccess, topics: re.Pattern[str], group: str = segment.CONSUMER_GROUP) -> int:
    """Return the number of offsets that are readable in a cluster and not archived yet.

    :param topics: the topics that are archived.
    :raises MeridianError: when the cluster does not answer.
    """
    admin = AdminClient(kafka.client() | {"log_level": 2})
    try:
        listed = admin.list_topics(timeout=_TIMEOUT).topics
        places = [
            TopicPartition(name, number)
            for name, topic in listed.items()
            if topics.match(name)
            for number in topic.partitions
        ]
        done = _committed(kafka, group, places)
        ends = _offsets(admin, places, OffsetSpec.latest())
        starts = _offsets(admin, [one for one in places if _key(one) not in done], OffsetSpec.earliest())
    except KafkaException as error:
        raise MeridianError(f"Kafka {kafka.bootstrap}: {error.args[0].str()}") from error
    return sum(max(0, end - max(done.get(place, 0), starts.get(place, 0))) for place, end in ends.items())


def last_segments(
    topology: Topology, secrets: Path, region: str, topic: str = ""
) -> dict[tuple[str, int], int]:
    """Return the last segment of each partition that the archiver named when it committed.

    :param topic: only this one.
    :return: topic and partition → first offset of the segment; only partitions of which one was stored.
    :raises MeridianError: when the cluster does not answer.
    """
    section = topology.region(region).settings["archive"]
    topics = segment.matcher(section["topics"], section["exclude"])
    kafka = access.kafka(topology, secrets, region)
    admin = AdminClient(kafka.client() | {"log_level": 2})
    try:
        places = [
            TopicPartition(name, number)
            for name, one in admin.list_topics(timeout=_TIMEOUT).topics.items()
            if topics.match(name) and topic in ("", name)
            for number in one.partitions
        ]
        found = _group(kafka, segment.CONSUMER_GROUP, places)
    except KafkaException as error:
        raise MeridianError(f"Kafka {kafka.bootstrap}: {error.args[0].str()}") from error
    named = {_key(one): segment.of_hint(one.metadata) for one in found if one.error is None}
    return {place: first for place, first in named.items() if first is not None}


def _key(place: TopicPartition) -> tuple[str, int]:
    return place.topic, place.partition


def _committed(kafka: KafkaAccess, group: str, places: list[TopicPartition]) -> dict[tuple[str, int], int]:
    found = _group(kafka, group, places)
    return {_key(one): one.offset for one in found if one.error is None and one.offset >= 0}


def _group(kafka: KafkaAccess, group: str, places: list[TopicPartition]) -> list[TopicPartition]:
    """Return what a group has committed, as the client gives it."""
    if not places:
        return []
    # Not by the admin client: librdkafka 2.16 aborts the process (rd_kafka_enq_once_del_source_return) when
    # the group's coordinator is a broker that is gone. A consumer that only asks does not join the group.
    consumer = Consumer(kafka.client() | {"log_level": 2, "group.id": group, "enable.auto.commit": False})
    try:
        return list(consumer.committed(places, timeout=_TIMEOUT))
    finally:
        consumer.close()


def _offsets(
    admin: AdminClient, places: list[TopicPartition], which: OffsetSpec
) -> dict[tuple[str, int], int]:
    if not places:
        return {}
    asked = admin.list_offsets(
        dict.fromkeys(places, which),
        isolation_level=IsolationLevel.READ_COMMITTED,
        request_timeout=_TIMEOUT,
    )
    return {_key(place): future.result().offset for place, future in asked.items()}
