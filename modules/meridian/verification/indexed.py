"""What the search clusters hold, asked of them and not of their sinks."""

import time
from collections.abc import Mapping

from meridian.services.elasticsearch import operator
from meridian.services.kafka import patterns
from meridian.topology.model import Topology

_POLL_SECONDS = 0.5


def keeps(topology: Topology, region: str, topic: str) -> bool:
    """Return whether a region's sink is meant to index a topic."""
    place = topology.region(region)
    if not place.search or not place.settings["elasticsearch"]["sink"]["enabled"]:
        return False
    sink = place.settings["elasticsearch"]["sink"]
    return bool(patterns.whole_names(sink["topics"], sink["exclude"], "elasticsearch:sink").match(topic))


def wait(
    topology: Topology,
    region: str,
    topic: str,
    start: Mapping[int, int],
    end: Mapping[int, int],
    wanted: int,
    patience: float,
) -> int:
    """Wait until a stretch of a topic is indexed, as long as more of it comes.

    :param start: partition → its first offset; ``end``: partition → the offset behind the last.
    :param wanted: how many records are in it.
    :param patience: seconds without any new document after which the sink has stopped; no error here, for
        what is missing shows in the number.
    :return: documents that a search finds; each stands for a place of its own, none twice.
    :raises MeridianError: no node of the cluster answers.
    """
    place = topology.region(region)
    client = operator.client(topology, place)
    index = f"{place.settings['elasticsearch']['sink']['prefix']}{topic.lower()}"
    parts = [
        {
            "bool": {
                "filter": [
                    {"term": {"@kafka.partition": number}},
                    {"range": {"@kafka.offset": {"gte": start.get(number, 0), "lt": behind}}},
                ]
            }
        }
        for number, behind in end.items()
    ]
    seen, deadline = -1, time.monotonic() + patience
    while seen < wanted and time.monotonic() < deadline:
        now = client.count(index, {"bool": {"should": parts, "minimum_should_match": 1}})
        if now > seen:
            seen, deadline = now, time.monotonic() + patience
        if seen < wanted:
            time.sleep(_POLL_SECONDS)
    return seen
