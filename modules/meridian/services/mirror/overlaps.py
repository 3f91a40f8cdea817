"""Topics that two flows carry to one place: what the pillar's check cannot see of two expressions.

The check of the pillar tries the topics that it knows of. Two expressions may still match one topic that
somebody else made; MirrorMaker then writes each of its records twice.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import combinations
from pathlib import Path

from confluent_kafka import KafkaException

from meridian.common.errors import MeridianError
from meridian.common.tls import Tls
from meridian.services.kafka import client
from meridian.services.mirror.connectors import EXCLUDED_TOPICS
from meridian.topology.model import Flow, Topology
from meridian.topology.patterns import matches

_SECONDS = 6.0


def pairs(flows: Iterable[Flow]) -> list[tuple[Flow, Flow]]:
    """Return the flows that would write a topic of both under one name: same source, target and naming."""

    def way(flow: Flow) -> tuple[str, str, str]:
        return flow.source, flow.target, flow.settings["naming"]

    running = [flow for flow in flows if flow.settings["enabled"]]
    return [(one, other) for one, other in combinations(running, 2) if way(one) == way(other)]


def shared(one: Flow, other: Flow, topics: Iterable[str]) -> list[str]:
    """Return the topics that both flows carry.

    :param topics: names of the source's topics.
    """
    both = (flow.settings["topics"] for flow in (one, other))
    first, second = (list(patterns) for patterns in both)
    return sorted(
        topic
        for topic in topics
        if matches(first, topic) and matches(second, topic) and not re.fullmatch(EXCLUDED_TOPICS, topic)
    )


def of_topology(topology: Topology, client_folder: Path) -> list[str]:
    """Return, one line each, the topics of an environment that two flows carry. Asks only where two might.

    :param client_folder: the operator's PEM files, ``meridian.common.paths.secrets(environment) / "client"``.
    :raises MeridianError: when a source does not answer.
    """
    return list(_lines(topology, client_folder))


def _lines(topology: Topology, client_folder: Path) -> Iterator[str]:
    found: dict[str, list[str]] = {}
    for one, other in pairs(topology.flows):
        if one.source not in found:
            found[one.source] = _topics(topology, one.source, client_folder)
        for topic in shared(one, other, found[one.source]):
            yield (
                f"topic {topic} of {one.source} is carried to {one.target} by {one.name} and {other.name}: "
                "each of its records arrives twice; take it out of flows.<flow>.topics of one of them"
            )


def _topics(topology: Topology, region: str, client_folder: Path) -> list[str]:
    bootstrap = topology.region(region).kafka_bootstrap_external
    try:
        admin = client.admin(bootstrap, Tls.of_operator(client_folder))
        return list(admin.list_topics(timeout=_SECONDS).topics)
    except KafkaException as error:
        reason = client.explain(error)
        raise MeridianError(f"source {region} at {bootstrap} does not answer: {reason}") from error
