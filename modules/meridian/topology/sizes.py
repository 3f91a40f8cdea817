"""How large a batch of records may be, and so on the way: from the settings of topics and brokers. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from meridian.topology import patterns
from meridian.topology.model import Flow
from meridian.topology.schema import FlowSettings, RegionSettings

TOPIC_LIMIT, BROKER_LIMIT = "max.message.bytes", "message.max.bytes"
#: Kafka's own limit, of brokers and so of topics without one; ``ServerLogConfigs.MAX_MESSAGE_BYTES_DEFAULT``.
DEFAULT = 1048588
#: What a batch may grow by when a mirror compresses it anew: of what does not compress, frames are left over.
GROWTH = 65536


def of_flow(source: RegionSettings, flow: FlowSettings) -> int:
    """Return the largest batch, in bytes, that a flow meets in the topics that the pillar knows.

    :param source: the region that it comes from.
    """
    limits = [_limit(source.kafka.config, BROKER_LIMIT, DEFAULT)]
    limits += [
        _limit(topic.config, TOPIC_LIMIT, 0)
        for name, topic in source.topics.items()
        if patterns.matches(flow.topics, name)
    ]
    return max(limits)


def of_target(flows: Iterable[Flow], region: str, config: Mapping[str, Any]) -> int | None:
    """Return the limit, in bytes, of the brokers of a region that flows end in, so that they take what comes.

    :param config: what pillar says of its brokers, which wins.
    :return: ``None`` where Kafka's own, or pillar's, is enough.
    """
    arriving = [int(flow.settings["max_message_bytes"]) for flow in flows if flow.target == region]
    return None if BROKER_LIMIT in config or not arriving else max(arriving) + GROWTH


def _limit(config: Mapping[str, Any], key: str, default: int) -> int:
    try:
        return int(float(str(config.get(key, default))))
    except (ValueError, OverflowError):
        # What is wrong with a value is told where settings are checked.
        return default
