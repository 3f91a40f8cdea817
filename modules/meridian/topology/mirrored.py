"""Which topics MirrorMaker carries, and which it passes over whatever a flow says. Pure.

The rules are those of Kafka 4.3: ``MirrorSourceConnector.shouldReplicateTopic`` with its topic filter, and
``ReplicationPolicy.isInternalTopic``.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from meridian.topology import patterns

#: What ``topics.exclude`` of every flow says: regular expressions that match whole names.
EXCLUDED = (r"mm2.*\.internal", r".*\.replica", r"__.*")
_LAST_PART_IS_NO_REGION = re.compile(r"\.+\Z")


def why_not(topic: str, target: str, naming: str, exclude: Iterable[str] = EXCLUDED) -> str:
    """Return why MirrorMaker never mirrors a topic; empty when it does.

    :param target: the flow's target region.
    :param naming: the flow's, ``source_prefix`` or ``identity``.
    :param exclude: what ``topics.exclude`` of its source connector says.
    """
    if reason := internal(topic):
        return reason
    if naming == "source_prefix" and target in _regions(topic):
        return f"MirrorMaker takes its name for a copy that came from {target}, and does not send it back"
    for pattern in exclude:
        if re.fullmatch(pattern, topic):
            return f"MirrorMaker leaves out names like {pattern} (topics.exclude)"
    return ""


def internal(topic: str) -> str:
    """Return why a topic is one of Kafka's or MirrorMaker's own; empty when it is none of them."""
    if topic.startswith("__"):
        return "names that begin with __ are Kafka's own"
    if topic.startswith("."):
        return "MirrorMaker takes names that begin with a dot for Kafka's own"
    if (topic.startswith("mm2") and topic.endswith(".internal")) or topic.endswith(".checkpoints.internal"):
        return "its name is one of MirrorMaker's own topics"
    return ""


def settings_of_the_target(
    source: str, topics: Iterable[str], naming: str, declared: Mapping[str, Mapping[str, Any]]
) -> list[str]:
    """Return the settings that pillar gives copies in the target, which MirrorMaker must not overwrite.

    :param source: the flow's source region.
    :param topics: the flow's.
    :param naming: the flow's.
    :param declared: the target's topics, each with its settings.
    """
    begins = "" if naming == "identity" else f"{source}."
    wanted = list(topics)
    return sorted(
        {
            key
            for name, config in declared.items()
            if name.startswith(begins) and patterns.matches(wanted, name.removeprefix(begins))
            for key in config
        }
    )


def copies(topic: str, regions: Iterable[str]) -> bool:
    """Return whether a topic's name is that of a copy from one of these regions.

    :param regions: the regions that have a flow to where the topic is.
    """
    return not _regions(topic).isdisjoint(regions)


def _regions(topic: str) -> set[str]:
    """Return the regions that a name says its records came through, as Java's ``split`` sees them."""
    return set(_LAST_PART_IS_NO_REGION.sub("", topic).split(".")[:-1])
